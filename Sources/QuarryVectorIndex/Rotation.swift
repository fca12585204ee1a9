import QuarryLinearAlgebra

/// A random rotation of vectors, the same for the same seed on every processor.
///
/// After it no direction of the data is a special one, so that the error of a code has a known distribution. Signs drawn
/// at random and Hadamard's matrix take turns (Ailon and Chazelle, “The fast Johnson–Lindenstrauss transform”, 2009):
/// O(n log n), without a matrix to keep.
struct Rotation: Sendable {
    /// The length of a rotated vector: the dimension, filled up with zeros to a multiple of 64.
    let columns: Int
    private let signs: [UInt32]

    init(dimension: Int, seed: UInt64) {
        columns = (dimension + 63) / 64 * 64
        var state = seed
        var signs: [UInt32] = []
        signs.reserveCapacity(columns * CodeKernels.rotationRounds)
        for _ in 0..<columns / 64 * CodeKernels.rotationRounds {
            let bits = Self.next(&state)
            for bit in 0..<64 { signs.append(bits >> UInt64(bit) & 1 == 0 ? 0 : 0x8000_0000) }
        }
        self.signs = signs
    }

    /// Rotates ``columns`` numbers in place.
    func apply(to values: UnsafeMutablePointer<Float>) {
        signs.withUnsafeBufferPointer { signs in
            guard let signs = signs.baseAddress else { return }
            CodeKernels.rotate(values, columns: columns, signs: signs)
        }
    }

    /// SplitMix64 (Steele, Lea and Flood, “Fast splittable pseudorandom number generators”, 2014).
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
