#if canImport(Accelerate)
    import Accelerate
#else
    import CQuarryBLAS
#endif

/// The single-precision BLAS routines that Quarry uses, on row-major matrices.
///
/// Accelerate on Apple platforms, OpenBLAS elsewhere. Dimensions must fit 32 bits.
package enum BLAS {
    /// The kernels that OpenBLAS selected for this processor (`Haswell`, `SkylakeX` …), or `Accelerate`.
    package static var coreName: String {
        #if canImport(Accelerate)
            "Accelerate"
        #else
            openblas_get_corename().map { String(cString: $0) } ?? "unknown"
        #endif
    }

    /// Sets the maximum number of threads per call, for the whole process. It has no effect on Accelerate.
    ///
    /// Callers with parallel calls should use 1. Otherwise their threads multiply with the threads of BLAS.
    package static func setThreadCount(_ count: Int) {
        #if !canImport(Accelerate)
            openblas_set_num_threads(Int32(clamping: max(1, count)))
        #endif
    }

    /// C (m, n) = alpha · A (m, k) · Bᵀ + beta · C, where B is (n, k): the rows of C are inner products of rows.
    ///
    /// A stride is the distance between two rows in floats. By default rows are contiguous.
    package static func gemm(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int, aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil,
        alpha: Float = 1, beta: Float = 0
    ) {
        guard m > 0, n > 0 else { return }
        multiply(
            a, b, transposed: true, into: c, m: m, n: n, k: k, aStride: aStride ?? k, bStride: bStride ?? k,
            cStride: cStride ?? n, alpha: alpha, beta: beta)
    }

    /// C (m, n) = alpha · A (m, k) · B (k, n) + beta · C.
    package static func gemmUntransposed(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int, aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil,
        alpha: Float = 1, beta: Float = 0
    ) {
        guard m > 0, n > 0 else { return }
        multiply(
            a, b, transposed: false, into: c, m: m, n: n, k: k, aStride: aStride ?? k, bStride: bStride ?? n,
            cStride: cStride ?? n, alpha: alpha, beta: beta)
    }

    private static func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, transposed: Bool, into c: UnsafeMutablePointer<Float>,
        m: Int, n: Int, k: Int, aStride: Int, bStride: Int, cStride: Int, alpha: Float, beta: Float
    ) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, Size(m), Size(n), Size(k), alpha,
            a, Size(aStride), b, Size(bStride), beta, c, Size(cStride))
    }

    /// scores (rows) = matrix (rows, columns) · vector (columns).
    package static func gemv(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, _ vector: UnsafePointer<Float>,
        into scores: UnsafeMutablePointer<Float>
    ) {
        guard rows > 0 else { return }
        cblas_sgemv(
            CblasRowMajor, CblasNoTrans, Size(rows), Size(columns), 1, matrix, Size(max(1, columns)), vector, 1, 0,
            scores, 1)
    }

    /// The inner product of two vectors.
    package static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        cblas_sdot(Size(count), a, 1, b, 1)
    }

    #if canImport(Accelerate)
        private typealias Size = __LAPACK_int
    #else
        private typealias Size = Int32
    #endif
}
