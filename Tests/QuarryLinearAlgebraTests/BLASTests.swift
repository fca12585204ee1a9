import QuarryLinearAlgebra
import QuarryTestSupport
import Testing

struct BLASTests {
    @Test func `the processor's kernels have a name`() {
        #expect(!BLAS.coreName.isEmpty)
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 7), (17, 33, 64), (130, 70, 9)])
    func `gemm multiplies by the transpose`(m: Int, n: Int, k: Int) {
        var numbers = SeededGenerator(seed: 1)
        let (a, b) = (numbers.floats(m * k), numbers.floats(n * k))
        var c = [Float](repeating: .nan, count: m * n)
        BLAS.gemm(a, b, into: &c, m: m, n: n, k: k)
        let expected = (0..<m * n).map { at in
            (0..<k).reduce(0) { $0 + Double(a[at / n * k + $1]) * Double(b[at % n * k + $1]) }
        }
        #expect(distance(c, expected) < 1e-5)
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 7), (17, 33, 64), (130, 70, 9)])
    func `gemmUntransposed multiplies without a transpose`(m: Int, n: Int, k: Int) {
        var numbers = SeededGenerator(seed: 2)
        let (a, b) = (numbers.floats(m * k), numbers.floats(k * n))
        var c = [Float](repeating: .nan, count: m * n)
        BLAS.gemmUntransposed(a, b, into: &c, m: m, n: n, k: k)
        let expected = (0..<m * n).map { at in
            (0..<k).reduce(0) { $0 + Double(a[at / n * k + $1]) * Double(b[$1 * n + at % n]) }
        }
        #expect(distance(c, expected) < 1e-5)
    }

    @Test func `strides, alpha and beta are applied, and gaps are unchanged`() {
        let a: [Float] = [1, 2, -9, 3, 4, -9]
        let b: [Float] = [1, 0, -9, -9, 0, 1, -9, -9]
        var c: [Float] = [10, 20, 7, 30, 40, 7]
        BLAS.gemm(a, b, into: &c, m: 2, n: 2, k: 2, aStride: 3, bStride: 4, cStride: 3, alpha: 2, beta: 1)
        #expect(c == [12, 24, 7, 36, 48, 7])
    }

    @Test func `gemv and dot are inner products`() {
        let matrix: [Float] = [1, 2, 3, 4, 5, 6]
        var scores: [Float] = [.nan, .nan]
        BLAS.gemv(matrix, rows: 2, columns: 3, [1, 0, -1], into: &scores)
        #expect(scores == [-2, -2])
        #expect(BLAS.dot([1, 2, 3], [4, 5, 6], count: 3) == 32)
    }

    @Test func `without rows nothing is written`() {
        var c: [Float] = [5]
        BLAS.gemm([1], [1], into: &c, m: 0, n: 1, k: 1)
        BLAS.gemv([1], rows: 0, columns: 1, [1], into: &c)
        #expect(c == [5])
    }
}
