import CQuarryKernels

/// Converts stored number formats to `Float`. The bytes need not be aligned.
package enum Widening {
    /// The number of weights in a Q4_0 block: a half-precision scale, then sixteen bytes with two weights each.
    package static let q4BlockWeights = Int(QUARRY_Q4_0_BLOCK_WEIGHTS)
    package static let q4BlockBytes = Int(QUARRY_Q4_0_BLOCK_BYTES)

    /// Writes `blockCount` · 32 floats from Q4_0 blocks (the layout of ggml): weight = (nibble − 8) · scale.
    package static func q4(
        _ blocks: UnsafeRawPointer, blockCount: Int, into values: UnsafeMutablePointer<Float>
    ) {
        quarry_dequantize_q4_0(blocks.assumingMemoryBound(to: UInt8.self), blockCount, values)
    }

    /// Writes `count` floats from little-endian half precision. The conversion is exact.
    package static func float16(
        _ halves: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        quarry_widen_float16(halves.assumingMemoryBound(to: UInt8.self), count, values)
    }

    /// Writes `count` floats from little-endian bfloat16. The conversion is exact.
    package static func bfloat16(
        _ halves: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        quarry_widen_bfloat16(halves.assumingMemoryBound(to: UInt8.self), count, values)
    }
}
