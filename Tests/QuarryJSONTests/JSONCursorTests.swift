import Foundation
import QuarryJSON
import QuarryTestSupport
import Testing

@Suite struct JSONCursorTests {
    @Test(arguments: [
        "{}", " [ ] ", #"{"a":[1,2,{"b":null}],"c":"\"\\\u0041","d":true,"e":false,"f":-1.5e-3}"#, "\"x\"", "1", "null",
    ])
    func `what JSONSerialization takes is passed over`(text: String) throws {
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        try JSONCursor.reading(Array(text.utf8)) { try $0.skip() }
        for length in 0..<text.utf8.count where text.utf8.count - length > 1 && text != " [ ] " {
            let cut = Array(text.utf8.prefix(length))
            #expect(throws: JSONFault.self) { try JSONCursor.reading(cut) { try $0.skip() } }
        }
    }

    @Test(arguments: [
        "", "[", "]", "[1,]", "[,1]", "{1:2}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "[1 2]", "[1]x", "tru", "nulll",
        "\"a",
        "\"a\u{1}\"", "'a'", "[1]]", "\"\\",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONFault.self) { try JSONCursor.reading(Array(text.utf8)) { try $0.skip() } }
    }

    @Test func `deep nesting is refused before it costs the stack`() {
        let deep = Array(String(repeating: "[", count: 1_000_000).utf8)
        #expect(throws: JSONFault.self) { try JSONCursor.reading(deep) { try $0.skip() } }
    }

    @Test func `arrays and objects nest as deep as is stated and no deeper`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            let half = depth / 2
            return Array(
                (String(repeating: #"{"a":["#, count: half) + "1" + String(repeating: "]}", count: half)).utf8)
        }
        try JSONCursor.reading(nested(JSONCursor.maximumDepth)) { try $0.skip() }
        _ = try JSONValue(parsing: nested(JSONCursor.maximumDepth))
        #expect(throws: JSONFault.self) {
            try JSONCursor.reading(nested(JSONCursor.maximumDepth + 2)) { try $0.skip() }
        }
        #expect(throws: JSONFault.self) { try JSONValue(parsing: nested(JSONCursor.maximumDepth + 2)) }
        // Neighbours do not add up.
        let wide = Array(("[" + Array(repeating: "[[1],{}]", count: 10_000).joined(separator: ",") + "]").utf8)
        try JSONCursor.reading(wide) { try $0.skip() }
    }

    @Test func `values are found where they are written`() throws {
        let text = #" {"a\u0062" : [1, "x"], "b": -2.5e3 , "c":null,"d":"\"é"} "#
        var found: [String: String] = [:]
        var keys: [String] = []
        try JSONCursor.reading(Array(text.utf8)) { cursor in
            try cursor.spans { key, cursor in
                keys.append(try cursor.string(key))
                let value = try cursor.value()
                found[cursor.text(of: key)] = "\(value.kind): " + cursor.text(of: value)
                #expect(Array(text.utf8)[value.range].elementsEqual(cursor.text(of: value).utf8))
            }
        }
        #expect(keys == ["ab", "b", "c", "d"])
        #expect(
            found == [
                #""a\u0062""#: #"array: [1, "x"]"#, #""b""#: "number: -2.5e3", #""c""#: "null: null",
                #""d""#: #"string: "\"é""#,
            ])
    }

    @Test func `each piece of a string leads to its bytes`() throws {
        let text = Array(#""a\n\ud83c\udf7aé\u0436b""#.utf8)
        try JSONCursor.reading(text) { cursor in
            let string = try cursor.value()
            var pieces: [String] = []
            var sizes: [Int] = []
            let utf8 = try cursor.unescaped(string) { source, count in
                pieces.append(String(decoding: text[source], as: UTF8.self))
                sizes.append(count)
            }
            #expect(String(decoding: utf8, as: UTF8.self) == "a\n🍺éжb")
            #expect(pieces == ["a", #"\n"#, #"\ud83c\udf7a"#, "é", #"\u0436"#, "b"])
            #expect(sizes == [1, 1, 4, 2, 2, 1])
        }
    }

    @Test(arguments: [#""\x""#, #""\u12g4""#, #""\u12""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, #""\u""#])
    func `an escape that means nothing is refused where the string is read`(text: String) throws {
        #expect(throws: JSONFault.self) { try JSONCursor.reading(Array(text.utf8)) { try $0.string() } }
        try JSONCursor.reading(Array(text.utf8)) { try $0.skip() }
    }

    @Test func `invalid UTF-8 is repaired, and a byte order mark is skipped`() throws {
        let value = try JSONValue(parsing: [0xEF, 0xBB, 0xBF, 0x22, 0x61, 0xFF, 0x62, 0x22])
        #expect(value == "a\u{FFFD}b")
    }

    @Test(arguments: 0..<20) func `no bytes trap, and what is parsed is JSON`(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let sample = Array(
            #"{"_id":"a\u00e9\ud83c\udf7a","v":[1,-2.5e-3,0.0,[],{}],"t":true,"f":false,"n":null,"s":"\"\\é"}"#.utf8)
        let marks = Array("{}[]\",:\\0-.eEtfnu \u{1}".utf8) + [0, 0xFF, 0xC3, 0xEF]
        for _ in 0..<2_000 {
            var text = sample
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text[place] = marks[Int.random(in: 0..<marks.count, using: &generator)]
                case 1: text.insert(marks[Int.random(in: 0..<marks.count, using: &generator)], at: place)
                case 2: text.remove(at: place)
                default: text.removeSubrange(place...)
                }
                if text.isEmpty { text = [0x5B] }
            }
            let parsed = try? JSONValue(parsing: text)
            let isPassed = (try? JSONCursor.reading(text) { try $0.skip() }) != nil
            // What can be read can be skipped; the reverse is not true of escapes.
            #expect(parsed == nil || isPassed)
            if String(validating: text, as: UTF8.self) != nil, parsed != nil {
                let object = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
                #expect(object != nil, "\(String(decoding: text, as: UTF8.self))")
            }
            var values: [Float] = []
            _ = try? JSONCursor.reading(text) { try $0.floats(appendingTo: &values) }
            _ = try? JSONCursor.reading(text) { cursor in
                try cursor.members { _, cursor in
                    switch cursor.next() {
                    case UInt8(ascii: "["): try cursor.floats(appendingTo: &values)
                    case UInt8(ascii: "\""): _ = try cursor.withString { $0.count }
                    default: _ = try cursor.count()
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `time grows with the bytes and not with their square`() throws {
        for unit in ["\\n", "\\u0436", "\"", "[", "{\"a\":", "1", "1,", "\\"] {
            for start in ["\"", "[", "{\"a\":", ""] {
                let text = Array((start + String(repeating: unit, count: 2_000_000)).utf8)
                _ = try? JSONValue(parsing: text)
            }
        }
    }
}
