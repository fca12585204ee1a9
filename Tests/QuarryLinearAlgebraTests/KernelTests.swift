import Foundation
import QuarryLinearAlgebra
import QuarryTestSupport
import Testing

/// Compares each kernel with the formula in double precision, at lengths around the width of a vector register.
struct KernelTests {
    static let widths = [1, 2, 15, 16, 17, 31, 33, 100, 384]

    @Test func `gelu is exact to a millionth from -12 to 12`() {
        let x = (-12_000...12_000).map { Float($0) / 1_000 }
        var y = x
        Kernels.addBiasGELU([Float](repeating: 0, count: x.count), to: &y, rows: 1, columns: x.count)
        let expected = x.map { 0.5 * Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) }
        let error = zip(zip(x, y), expected).map { abs(Double($0.1) - $1) / max(1, abs(Double($0.0))) }.max() ?? 1
        #expect(error < 1e-6)
    }

    @Test(arguments: widths) func `gelu adds the bias of its column`(columns: Int) {
        var numbers = SeededGenerator(seed: 3)
        let (x, bias) = (numbers.floats(3 * columns, in: -4...4), numbers.floats(columns))
        var y = x
        Kernels.addBiasGELU(bias, to: &y, rows: 3, columns: columns)
        let expected = x.indices.map { at in
            let v = Double(x[at] + bias[at % columns])
            return 0.5 * v * (1 + erf(v / 2.0.squareRoot()))
        }
        #expect(distance(y, expected) < 2e-6)
    }

    @Test(arguments: widths) func `softmax is exact to a millionth, also for large scores`(columns: Int) {
        var numbers = SeededGenerator(seed: 4)
        let stride = columns + 3
        for (range, scale) in [(Float(-1)...1, Float(1)), (-60...60, 0.18), (-10_000...10_000, 1)] {
            let x = numbers.floats(4 * stride, in: range)
            var y = x
            Kernels.softmax(&y, rows: 4, columns: columns, stride: stride, scale: scale)
            for row in 0..<4 {
                let scores = x[row * stride..<row * stride + columns].map { Double($0) * Double(scale) }
                let top = scores.max() ?? 0
                let weights = scores.map { exp($0 - top) }
                let sum = weights.reduce(0, +)
                let found = Array(y[row * stride..<row * stride + columns])
                #expect(distance(found, weights.map { $0 / sum }) < (range.upperBound > 100 ? 1e-4 : 2e-6))
                #expect(abs(found.reduce(0, +) - 1) < 1e-5)
            }
            #expect((0..<4).allSatisfy { y[$0 * stride + columns] == x[$0 * stride + columns] }, "gaps are left alone")
        }
    }

    @Test(arguments: widths) func `layer norms have mean, deviation, weight and bias`(columns: Int) {
        var numbers = SeededGenerator(seed: 5)
        let (x, update) = (numbers.floats(3 * columns, in: 2...6), numbers.floats(3 * columns))
        let (weight, bias, updateBias) = (numbers.floats(columns), numbers.floats(columns), numbers.floats(columns))
        var (plain, added) = (x, x)
        Kernels.layerNorm(&plain, weight: weight, bias: bias, rows: 3, columns: columns, epsilon: 1e-5)
        Kernels.addLayerNorm(
            &added, update: update, updateBias: updateBias, weight: weight, bias: bias, rows: 3, columns: columns,
            epsilon: 1e-5)
        let sums = x.indices.map { Double(x[$0]) + Double(update[$0]) + Double(updateBias[$0 % columns]) }
        let tolerance = columns < 3 ? 1e-2 : 2e-5
        #expect(distance(plain, Self.layerNorm(x.map(Double.init), weight, bias)) < tolerance)
        #expect(distance(added, Self.layerNorm(sums, weight, bias)) < tolerance)
    }

    @Test(arguments: widths) func `rows have a bias, a mean and a length`(columns: Int) {
        var numbers = SeededGenerator(seed: 6)
        let (x, bias) = (numbers.floats(5 * columns), numbers.floats(columns))
        var shifted = x
        Kernels.addBias(bias, to: &shifted, rows: 5, columns: columns)
        #expect(distance(shifted, x.indices.map { Double(x[$0] + bias[$0 % columns]) }) < 1e-6)

        var mean = [Float](repeating: .nan, count: columns)
        Kernels.meanOfRows(x, rows: 5, columns: columns, into: &mean)
        let expected = (0..<columns).map { column in (0..<5).reduce(0) { $0 + Double(x[$1 * columns + column]) } / 5 }
        #expect(distance(mean, expected) < 1e-6)

        let length = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(Double(Kernels.l2Normalize(&mean, count: columns)) - length) < 1e-6)
        #expect(distance(mean, expected.map { $0 / length }) < 1e-5)
    }

    @Test func `a zero or infinite vector is unchanged`() {
        var (zero, infinite): ([Float], [Float]) = ([0, 0, 0], [1, .infinity])
        #expect(Kernels.l2Normalize(&zero, count: 3) == 0)
        #expect(zero == [0, 0, 0])
        #expect(!Kernels.l2Normalize(&infinite, count: 2).isFinite)
        #expect(infinite == [1, .infinity])
    }

    @Test(arguments: [(1, 1), (16, 16), (17, 3), (5, 40), (64, 384)])
    func `a transpose swaps rows and columns`(rows: Int, columns: Int) {
        let x = (0..<rows * columns).map(Float.init)
        let stride = rows + 2
        var y = [Float](repeating: -1, count: columns * stride)
        Kernels.transpose(x, rows: rows, columns: columns, into: &y, outStride: stride)
        let expected = y.indices.map { $0 % stride < rows ? x[$0 % stride * columns + $0 / stride] : -1 }
        #expect(y == expected)
    }

    private static func layerNorm(_ x: [Double], _ weight: [Float], _ bias: [Float]) -> [Double] {
        let columns = weight.count
        return stride(from: 0, to: x.count, by: columns).flatMap { start in
            let row = x[start..<start + columns]
            let mean = row.reduce(0, +) / Double(columns)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
            return zip(row, zip(weight, bias)).map {
                ($0 - mean) / (variance + 1e-5).squareRoot() * Double($1.0) + Double($1.1)
            }
        }
    }
}
