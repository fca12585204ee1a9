import Foundation
import QuarryJSON
import Testing

@Suite struct JSONValueTests {
    @Test func `a value is read as it was written`() throws {
        let value: JSONValue = [
            "null": .null, "flags": [true, false], "int": .int(.max), "least": .int(.min), "double": .number(0.1),
            "text": "a\"\\\n\u{1}é🍺", "none": [], "empty": [:], "deep": [["a": ["b": .strings(["c", "d"])]]],
        ]
        #expect(try JSONValue(parsing: Array(try JSONEncoder().encode(value))) == value)
    }

    @Test func `integers are exact as far as they fit, and other numbers are doubles`() throws {
        let value = try JSONValue(parsing: Array("[9007199254740993, 1e2, -0.5, 9223372036854775808, 2.0]".utf8))
        #expect(
            value == [
                .int(9_007_199_254_740_993), .number(100), .number(-0.5), .number(9_223_372_036_854_775_808),
                .number(2),
            ])
        #expect(throws: JSONFault.self) { try JSONValue(parsing: Array("1e999".utf8)) }
    }

    @Test func `of equal keys the last wins`() throws {
        #expect(try JSONValue(parsing: Array(#"{"a":1,"b":2,"\u0061":3}"#.utf8)) == ["a": .int(3), "b": .int(2)])
    }

    @Test func `a fault says what is wrong and where`() {
        let fault = #expect(throws: JSONFault.self) { try JSONValue(parsing: Array(#"{"a" 1}"#.utf8)) }
        #expect(fault?.description == "a key lacks its colon at byte 5")
    }
}
