import Foundation
import QuarryJSON
import QuarryTestSupport
import Testing

@Suite struct NumberReadingTests {
    private func read(_ text: String) -> Float? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var position = 0
            let value = DecimalFloat.read(bytes, at: &position)
            return position == bytes.count ? value : nil
        }
    }

    /// What the standard library makes of a number, correctly rounded from its decimal digits.
    private func exact(_ text: String) -> Float? { Float(text) }

    @Test func `numbers of every size are rounded as the standard library rounds them`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200_000 {
            let bits = UInt32(truncatingIfNeeded: generator.next())
            let float = Float(bitPattern: bits)
            guard float.isFinite else { continue }
            let texts = [
                "\(float)", "\(Double(float))",
                "\(Double(float) * (1 + Double.random(in: -1e-9...1e-9, using: &generator)))",
            ]
            for text in texts {
                let found = read(text)
                #expect(found?.bitPattern == exact(text)?.bitPattern, "\(text)")
            }
        }
    }

    @Test func `numbers as embedding models send them are read right, with any number of digits`() {
        var generator = SeededGenerator(seed: 8)
        for round in 0..<200_000 {
            let digits = String(
                (0..<(1 + round % 30)).map { _ in Character("\(Int.random(in: 0...9, using: &generator))") })
            let text =
                (Bool.random(using: &generator) ? "-" : "") + "0." + digits
                + (round % 5 == 0 ? "e\(Int.random(in: -45...40, using: &generator))" : "")
            #expect(read(text)?.bitPattern == exact(text)?.bitPattern, "\(text)")
        }
    }

    @Test func `numbers in the middle between two floats go to the even one`() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<20_000 {
            let bits = UInt32(truncatingIfNeeded: generator.next()) & 0x7FFF_FFFF
            let low = Float(bitPattern: bits)
            guard low.isFinite, low.nextUp.isFinite, low > 1e-20, low < 1e20 else { continue }
            let middle = (Double(low) + Double(low.nextUp)) / 2
            for text in ["\(middle)", "\(middle.nextUp)", "\(middle.nextDown)"] {
                #expect(read(text)?.bitPattern == exact(text)?.bitPattern, "\(text)")
            }
        }
    }

    @Test(arguments: [
        "0", "-0", "0.0", "-0.0", "1", "-1", "1e5", "1E+5", "1e-5", "123456789012345678901234567890", "1e-50", "1e400",
        "-1e400", "1e-400", "3.4028235e38", "3.4028236e38", "3.4028235677973366e38", "1.1754944e-38", "1e-45", "7e-46",
        "16777217", "16777219", "0.1", "9007199254740993", "1e22", "1e23", "0.000000000000000000000000000001",
        "100000000000000000000000000000000000000000e-41",
    ])
    func `edges are read as JSONDecoder and the standard library read them`(text: String) throws {
        #expect(read(text)?.bitPattern == exact(text)?.bitPattern)
        if let decoded = try? JSONDecoder().decode([Float].self, from: Data("[\(text)]".utf8)) {
            #expect(read(text) == decoded[0])
        }
    }

    @Test(arguments: [
        "", "-", "+1", ".5", "5.", "01", "-01", "1e", "1e+", "1.e5", "0x10", "NaN", "nan", "Infinity", "1_0", "1,0",
        " 1",
        "1 ",
    ])
    func `what is no number of JSON is refused`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `a list of numbers is what JSONDecoder makes of it`() throws {
        var generator = SeededGenerator(seed: 10)
        for size in [0, 1, 2, 384] {
            let values = (0..<size).map { _ in Float.random(in: -1...1, using: &generator) }
            let body = try JSONEncoder().encode(values)
            var found: [Float] = []
            try JSONCursor.reading(Array(body)) { try $0.floats(appendingTo: &found) }
            #expect(found == values)
            #expect(found == (try JSONDecoder().decode([Float].self, from: body)))
        }
    }
}
