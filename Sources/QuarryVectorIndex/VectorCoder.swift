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
/// A second code keeps two bits of each magnitude beside the sign, which makes the error about a quarter (Gao et al.,
/// “Practical and asymptotically optimal quantization of high-dimensional vectors in Euclidean space for approximate
/// nearest neighbor search”, SIGMOD 2025). It is looked at for those rows that the signs leave.
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
        /// Two bits of each magnitude.
        var magnitudes: [UInt8]
        /// The scale and the error of the estimate from signs and magnitudes.
        var fineFactors: (scale: Float, error: Float)
    }

    func encode(_ vector: UnsafePointer<Float>) -> Row {
        var rotated = difference(vector)
        let product = dot(offset, rotated)
        let (squares, magnitudes) = rotate(&rotated)
        var fine = [UInt8](repeating: 0, count: CodeKernels.magnitudeBytes(columns: columns))
        guard magnitudes > 0 else {
            return Row(
                rotated: rotated, factors: (Float(product), 0, 0), magnitudes: fine, fineFactors: (0, 0))
        }
        let length = squares.squareRoot()
        // The best steps for eight levels of normal numbers.
        let steps = Float(Double(columns).squareRoot() / (0.586 * length))
        let (fineProduct, fineSquares) = CodeKernels.writeMagnitudes(
            of: rotated, columns: columns, steps: steps, to: &fine)
        func error(product: Double, codeLength: Double) -> Float {
            let cosine = min(1, product / (codeLength * length))
            return Float(length * (1 - cosine * cosine).squareRoot() / (cosine * Double(columns - 1).squareRoot()))
        }
        return Row(
            rotated: rotated,
            factors: (
                Float(product), Float(squares / magnitudes),
                error(product: magnitudes, codeLength: Double(columns).squareRoot())
            ),
            magnitudes: fine,
            fineFactors: (
                Float(squares / fineProduct), error(product: fineProduct, codeLength: fineSquares.squareRoot())
            ))
    }

    /// How sure the bounds of a search are.
    struct Confidence: Sendable {
        /// Bounds are so many standard deviations from the estimate; nil for the largest possible error.
        fileprivate let deviations: Double?

        /// A neighbour is missed with at most this probability, between 0 and ½. Either code may miss it.
        static func missing(_ probability: Double) -> Confidence {
            Confidence(deviations: normalQuantile(probability / 2))
        }

        /// On average this share of the neighbours is found, above ½; all of them with 1.
        static func finding(_ recall: Double) -> Confidence {
            recall < 1 ? .missing(1 - max(0.5, recall)) : .strict
        }

        /// No neighbour is missed. For codes of one bit that leaves most of the rows.
        static let strict = Confidence(deviations: nil)
    }

    /// A query for both codes.
    struct Query {
        var coarse: CodeKernels.Query
        /// The rotated difference to the center, in steps.
        var values: [Int8]
        var step: Float
        /// An estimate of the fine code is wrong by at most its error · `rowError` + its scale · `stepError` + slack.
        var rowError: Float
        var stepError: Float
    }

    /// - `unit`: A vector of length 1.
    func query(_ unit: UnsafePointer<Float>, confidence: Confidence) -> Query {
        let center = dot(offset, Array(UnsafeBufferPointer(start: unit, count: dimension)))
        var rotated = difference(unit)
        let length = rotate(&rotated).squares.squareRoot()
        let tableCount = columns / 4
        var magnitudes = [Float](repeating: 0, count: tableCount)
        for column in 0..<columns { magnitudes[column / 4] += abs(rotated[column]) }
        let largest = min(63, 65_535 / tableCount)
        let step = 2 * (magnitudes.max() ?? 0) / Float(largest)
        let tables =
            step > 0
            ? CodeKernels.tables(of: rotated, step: step, largest: largest)
            : [UInt8](repeating: 0, count: 4 * columns)
        let fineStep = (rotated.reduce(0) { max($0, abs($1)) }) / 127
        let values = rotated.map { fineStep > 0 ? Int8(max(-127, min(127, ($0 / fineStep).rounded()))) : 0 }
        let loss = zip(rotated, values).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(fineStep) * Double(pair.1)
            return sum + difference * difference
        }.squareRoot()
        /// Errors as multiples of their standard deviations, and of those of the tables and steps.
        let (deviations, tableError, stepError): (Double, Double, Double) =
            if let deviations = confidence.deviations {
                // The errors of rounding are independent, and magnitudes are at most 7.
                (
                    deviations, deviations * Double(step) * (Double(tableCount) / 12).squareRoot(),
                    deviations * 7 * loss
                )
            } else {
                (
                    Double(columns - 1).squareRoot(), Double(step) * Double(tableCount) / 2,
                    7 * Double(columns).squareRoot() * loss
                )
            }
        let coarse = CodeKernels.Query(
            tables: tables, step: step, base: -magnitudes.reduce(0, +), center: Float(center),
            rowError: Float(deviations * length), tableError: Float(tableError), slack: Self.slack)
        return Query(
            coarse: coarse, values: values, step: fineStep, rowError: Float(deviations * length),
            stepError: Float(stepError))
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
