import CQuarryKernels

/// Vectorised loops that BLAS does not have. They work in place on row-major matrices of `rows` × `columns`.
package enum Kernels {
    package typealias Pointer = UnsafeMutablePointer<Float>
    package typealias Input = UnsafePointer<Float>

    /// x += bias (columns), row by row.
    package static func addBias(_ bias: Input, to x: Pointer, rows: Int, columns: Int) {
        quarry_add_bias(x, bias, rows, columns)
    }

    /// x = gelu(x + bias) with the exact (erf) GELU; erf has an absolute error below 5e-7.
    package static func addBiasGELU(_ bias: Input, to x: Pointer, rows: Int, columns: Int) {
        quarry_add_bias_gelu(x, bias, rows, columns)
    }

    /// Each row becomes softmax(scale · row). Rows are `stride` floats apart; scale > 0.
    package static func softmax(_ x: Pointer, rows: Int, columns: Int, stride: Int? = nil, scale: Float = 1) {
        quarry_softmax(x, rows, columns, stride ?? columns, scale)
    }

    /// Each row becomes (row − mean) / √(variance + epsilon) · weight + bias.
    package static func layerNorm(
        _ x: Pointer, weight: Input, bias: Input, rows: Int, columns: Int, epsilon: Float
    ) {
        quarry_layer_norm(x, weight, bias, rows, columns, epsilon)
    }

    /// x = layerNorm(x + update + updateBias), the last step of both halves of an encoder layer.
    package static func addLayerNorm(
        _ x: Pointer, update: Input, updateBias: Input, weight: Input, bias: Input, rows: Int, columns: Int,
        epsilon: Float
    ) {
        quarry_add_layer_norm(x, update, updateBias, weight, bias, rows, columns, epsilon)
    }

    /// The mean (columns) of the rows of x.
    package static func meanOfRows(_ x: Input, rows: Int, columns: Int, into mean: Pointer) {
        quarry_mean_rows(x, rows, columns, mean)
    }

    /// Scales x to length 1 and returns its former length. A zero or non-finite vector is unchanged.
    @discardableResult
    package static func l2Normalize(_ x: Pointer, count: Int) -> Float {
        quarry_l2_normalize(x, count)
    }

    /// out (columns, rows) = xᵀ. The rows of `out` are `outStride` floats apart.
    package static func transpose(_ x: Input, rows: Int, columns: Int, into out: Pointer, outStride: Int) {
        quarry_transpose(x, rows, columns, out, outStride)
    }
}
