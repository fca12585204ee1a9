import Foundation
import QuarryEmbedders
import QuarryJSON
import QuarryTestSupport
import Testing

@Suite struct Base64FloatsTests {
    @Test func `base64 is decoded as by Foundation, also with escaped slashes`() throws {
        var generator = SeededGenerator(seed: 11)
        for count in 0..<40 {
            let values = (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
            for text in [base64(values), base64(values).replacing("/", with: #"\/"#)] {
                var found: [Float] = [1]
                try JSONCursor.reading(Array(text.utf8)) { try $0.base64Floats(appendingTo: &found) }
                #expect(found.dropFirst().map(\.bitPattern) == values.map(\.bitPattern))
            }
        }
        for text in ["A", "AAAA", "AAA=", "AAAAAA==AAAA", "AAAA*A==", "====", "AAAAA===", "AAAAA=A=", "AAAAAA\u{E9}="] {
            var found: [Float] = []
            #expect(throws: JSONFault.self, "\(text)") {
                try JSONCursor.reading(Array("\"\(text)\"".utf8)) { try $0.base64Floats(appendingTo: &found) }
            }
            #expect(found.isEmpty)
        }
    }
}
