import Foundation
import QuarryLinearAlgebra
import Testing

struct WideningTests {
    @Test func `every half-precision number is exact`() {
        let halves = (0...UInt16.max).map(\.littleEndian)
        var values = [Float](repeating: 0, count: halves.count)
        halves.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { Widening.float16(start, count: halves.count, into: &values) }
        }
        let wrong = (0...UInt16.max).filter { half in
            let (found, expected) = (values[Int(half)], Self.half(half))
            return expected.isNaN ? !found.isNaN : found.bitPattern != expected.bitPattern
        }
        #expect(wrong.isEmpty)
    }

    @Test func `bfloat16 is the upper half of a float`() {
        let values: [Float] = [0, -0, 1, -2.5, 0x1p99, .infinity, 0x1p-133]
        let bytes = values.flatMap { value in
            [UInt8(truncatingIfNeeded: value.bitPattern >> 16), UInt8(truncatingIfNeeded: value.bitPattern >> 24)]
        }
        var found = [Float](repeating: .nan, count: values.count)
        Widening.bfloat16(bytes, count: values.count, into: &found)
        #expect(found.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test func `a Q4_0 block has the low nibbles first, then the high ones, minus eight`() {
        // Scales 0.5 (0x3800) and -2 (0xc000); byte j holds weights j and 16 + j.
        let nibbles = (0..<16).map { UInt8($0) | UInt8(15 - $0) << 4 }
        let blocks: [UInt8] = [0x00, 0x38] + nibbles + [0x00, 0xc0] + nibbles
        var weights = [Float](repeating: .nan, count: 64)
        Widening.q4(blocks, blockCount: 2, into: &weights)
        let low = (0..<16).map { Float($0 - 8) }
        let expected = low + low.map { -$0 - 1 }
        #expect(weights == expected.map { $0 * 0.5 } + expected.map { $0 * -2 })
    }

    /// IEEE 754 binary16 by its definition.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023) / 1024)
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
