import QuarryCore
import QuarryTestSupport
import Testing

struct ChecksumTests {
    /// Known values of XXH64 without a seed.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
        ] as [(String, UInt64)])
    func `checksums are those of the published algorithm`(text: String, sum: UInt64) {
        #expect(Checksum.of(text) == sum)
    }

    @Test func `every bit of a text counts, and so does the seed`() {
        var generator = SeededGenerator(seed: 4)
        for length in [1, 3, 4, 7, 8, 31, 32, 33, 100] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            func sum(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
                bytes.withUnsafeBytes { Checksum.of($0, seed: seed) }
            }
            var sums: Set<UInt64> = [sum(bytes), sum(bytes, seed: 1), sum(bytes + [0])]
            for bit in 0..<8 * length {
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                sums.insert(sum(changed))
            }
            #expect(sums.count == 3 + 8 * length)
        }
        #expect(Checksum.combining(1, 2) != Checksum.combining(2, 1))
    }
}
