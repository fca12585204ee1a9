import Foundation
import QuarryLinearAlgebra

/// Makes codes of vectors and of queries: RaBitQ (Gao and Long, “RaBitQ: quantizing high-dimensional vectors with a
/// theoretical error bound for approximate nearest neighbor search”, SIGMOD 2024).
///
/// A vector o of length 1 is o = c + r with a center c that all vectors share. Of the rotated r only the signs s are kept,
/// and |r|² / ‖r‖₁, which makes ⟨s, x⟩ |r|² / ‖r‖₁ an estimate of ⟨r, x⟩ for every x. With the cosine a of s and r, its
/// error is at most |r| |x| √(1 − a²) / a. As the rotation is random, the error is close to normal with that bound over
/// √(n − 1) as its standard deviation.
///
/// A query q has ⟨q, o⟩ = ⟨q, c⟩ + ⟨c, r⟩ + ⟨q − c, r⟩. The second term is kept for each vector, the third is estimated.
struct VectorCoder: Sendable {
    let dimension: Int
    let seed: UInt64
    /// (dimension).
    let center: [Float]
    private let rotation: Rotation
    /// The center, filled up with zeros.
    private let offset: [Float]

    /// Longer vectors are only searched exactly.
    static let maximumDimension = 8192

    /// - `center`: As long as the vectors, which are at most ``maximumDimension`` long.
    init(seed: UInt64, center: [Float]) {
        dimension = center.count
        self.seed = seed
        self.center = center
        rotation = Rotation(dimension: center.count, seed: seed)
        offset = center + Array(repeating: 0, count: rotation.columns - center.count)
    }

    var columns: Int { rotation.columns }

    /// The code of one vector.
    struct Row {
        /// The rotated difference to the center. Its signs are stored.
        var rotated: [Float]
        /// ⟨c, r⟩, |r|² / ‖r‖₁, and the standard deviation of the estimate for a query of length 1.
        var factors: (offset: Float, scale: Float, error: Float)
    }

    func encode(_ vector: UnsafePointer<Float>) -> Row {
        var rotated = difference(vector)
        let product = dot(offset, rotated)
        let (squares, magnitudes) = rotate(&rotated)
        guard magnitudes > 0 else { return Row(rotated: rotated, factors: (Float(product), 0, 0)) }
        let length = squares.squareRoot()
        let cosine = min(1, magnitudes / (Double(columns).squareRoot() * length))
        let error = length * (1 - cosine * cosine).squareRoot() / (cosine * Double(columns - 1).squareRoot())
        return Row(rotated: rotated, factors: (Float(product), Float(squares / magnitudes), Float(error)))
    }

    /// How sure the bounds of a search are.
    enum Confidence: Sendable {
        /// A neighbour is missed with at most this probability, between 0 and ½.
        case missing(Double)
        /// No neighbour is missed. For codes of one bit that leaves most of the rows.
        case strict
    }

    /// - `unit`: A vector of length 1.
    func query(_ unit: UnsafePointer<Float>, confidence: Confidence) -> CodeKernels.Query {
        let center = dot(offset, Array(UnsafeBufferPointer(start: unit, count: dimension)))
        var rotated = difference(unit)
        let length = rotate(&rotated).squares.squareRoot()
        let tableCount = columns / 4
        var magnitudes = [Float](repeating: 0, count: tableCount)
        for column in 0..<columns { magnitudes[column / 4] += abs(rotated[column]) }
        let largest = min(255, 65_535 / tableCount)
        let step = 2 * (magnitudes.max() ?? 0) / Float(largest)
        var tables = [UInt8](repeating: 0, count: 4 * columns)
        if step > 0 {
            for table in 0..<tableCount {
                for signs in 0..<16 {
                    var sum = magnitudes[table]
                    for bit in 0..<4 {
                        let value = rotated[4 * table + bit]
                        sum += signs >> bit & 1 == 0 ? -value : value
                    }
                    tables[16 * table + signs] = UInt8(max(0, min(Float(largest), (sum / step).rounded())))
                }
            }
        }
        let (rowError, tableError): (Double, Double) =
            switch confidence {
            case .missing(let probability):
                // Rounding errors of the tables are independent and uniform.
                (
                    normalQuantile(probability) * length,
                    normalQuantile(probability) * Double(step) * (Double(tableCount) / 12).squareRoot()
                )
            case .strict: (Double(columns - 1).squareRoot() * length, Double(step) * Double(tableCount) / 2)
            }
        return CodeKernels.Query(
            tables: tables, step: step, base: -magnitudes.reduce(0, +), center: Float(center),
            rowError: Float(rowError), tableError: Float(tableError), slack: Self.slack)
    }

    /// More than single precision can lose in the rotations of both vectors and in the estimate.
    private static let slack: Float = 4e-5

    private func difference(_ vector: UnsafePointer<Float>) -> [Float] {
        var difference = [Float](repeating: 0, count: columns)
        for index in 0..<dimension { difference[index] = vector[index] - offset[index] }
        return difference
    }

    /// The sums are those of the rotated vector.
    private func rotate(_ values: inout [Float]) -> (squares: Double, magnitudes: Double) {
        values.withUnsafeMutableBufferPointer { values in
            guard let values = values.baseAddress else { return (0, 0) }
            rotation.apply(to: values)
            return CodeKernels.sums(values, columns: columns)
        }
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
                return UnitVector.dot(first, second, count: min(a.count, b.count))
            }
        }
    }
}

/// The x that a standard normal variable exceeds with a probability, between 0 and ½.
///
/// By bisection of `erfc`, so that it is as exact as that.
private func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (0.0, 40.0)
    for _ in 0..<64 {
        let middle = (low + high) / 2
        if erfc(middle / 2.0.squareRoot()) / 2 > probability { low = middle } else { high = middle }
    }
    return high
}
