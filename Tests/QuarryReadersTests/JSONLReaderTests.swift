import QuarryCore
import QuarryReaders
import Testing

struct JSONLReaderTests {
    private func read(_ text: String) -> ReadResult {
        JSONLReader().read(Source(id: "c.jsonl", bytes: Array(text.utf8)))
    }

    @Test func `a record becomes a document with its metadata`() throws {
        let result = read(
            """
            {"_id": "d1", "title": "A  title", "text": "Body.", "metadata": {"year": 2024, "draft": false, "tags": ["a", "б"], "none": null, "author": {"name": "Eve"}}, "url": "x"}

            {"_id": 7, "text": "Second."}
            {"text": "Third."}
            """)
        #expect(result.rejected.isEmpty)
        #expect(result.documents.map(\.id) == ["d1", "7", "c.jsonl#L4"])
        #expect(result.documents.map(\.title) == ["A title", nil, nil])
        #expect(
            result.documents[0].metadata == [
                "year": 2024, "draft": false, "tags": .strings(["a", "б"]), "author.name": "Eve", "url": "x",
            ])
        #expect(result.documents.map { $0.sourceMap.lines(of: 0..<3) } == [1...1, 3...3, 4...4])
    }

    @Test func `a citation maps through escapes to the bytes of the file`() throws {
        let source =
            #"{"_id":"a","text":"one"}"# + "\n"
            + #"{"_id":"b","text":"q\n\u0438\u0306\"\ud83c\udf7a мо\u0301ре\u00a0x"}"#
        let bytes = Array(source.utf8)
        let document = try #require(read(source).documents.last)
        #expect(document.text == "q\nй\"🍺 море x")
        let text = Array(document.text.utf8)
        func written(_ part: String) throws -> String {
            let start = try #require(text.indices.first { text[$0...].starts(with: part.utf8) })
            let range = document.sourceMap.sourceRange(of: start..<start + part.utf8.count)
            return String(decoding: bytes[range], as: UTF8.self)
        }
        #expect(try written("\n") == #"\n"#)
        #expect(try written("й") == #"\u0438\u0306"#)
        #expect(try written("\"🍺") == #"\"\ud83c\udf7a"#)
        #expect(try written("море") == #"мо\u0301ре"#)
        #expect(try written(" x") == #"\u00a0x"#)
        #expect(document.sourceMap.lines(of: 0..<text.count) == 2...2)
    }

    @Test func `invalid lines are rejected by number, and the others are read`() {
        let lines = [
            #"{"_id":"a","text":"good"}"#, #"{"_id":"b","text":"cut"#, "[1, 2]", #"{"_id":"c"}"#,
            #"{"_id":"d","text":5}"#,
            #"{"_id":"a","text":"again"}"#, #"{"_id":"e","text":" "}"#, #"{"_id":"f","text":"\ud800"}"#,
            #"{"_id":"g","text":"t"} x"#, #"{"_id":"h","text":"last"}"#,
        ]
        let result = read(lines.joined(separator: "\n"))
        #expect(result.documents.map(\.id) == ["a", "h"])
        #expect(result.rejected.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9])
        #expect(
            result.rejected.map(\.reason) == [
                .brokenRecord, .brokenRecord, .brokenRecord, .brokenRecord, .duplicateID, .empty, .brokenRecord,
                .brokenRecord,
            ])
        #expect(result.rejected[0].description.hasPrefix("c.jsonl:2: "))
    }

    @Test func `a record with only a title can be found by its title`() throws {
        let source = #"{"_id":"a","title":"Only a title","text":""}"#
        let document = try #require(read(source).documents.first)
        #expect(document.text == "Only a title")
        let range = document.sourceMap.sourceRange(of: 0..<document.text.utf8.count)
        #expect(String(decoding: Array(source.utf8)[range], as: UTF8.self) == "Only a title")
    }

    @Test func `a damaged line does not affect the rest, and another encoding is not damage`() throws {
        var damaged = Array("{\"_id\":\"a\",\"text\":\"первая запись\"}\n{\"_id\":\"b\",\"text\":\"x\"}\n".utf8)
        damaged.insert(0xFF, at: damaged.count - 4)
        let result = JSONLReader().read(Source(id: "c.jsonl", bytes: damaged))
        #expect(result.documents.map(\.id) == ["a"])
        #expect(result.rejected.map(\.line) == [2])
        #expect(result.rejected.first?.reason == .undecodable)

        // «Привет, мир» in Windows-1251.
        let record: [UInt8] =
            Array(#"{"_id":"a","text":""#.utf8) + [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0x20, 0xEC, 0xE8, 0xF0]
            + Array(#""}"#.utf8)
        let other = JSONLReader().read(Source(id: "c.jsonl", bytes: record))
        #expect(other.documents.first?.text == "Привет, мир")
        #expect(other.documents.first?.sourceMap.sourceRange(of: 14..<20) == 27..<30)
    }

    @Test(arguments: [(2, 1), (9, 40)])
    func `a few bytes, or one line of many, are not evidence of another encoding`(letters: Int, lines: Int) {
        var bytes = Array("{\"text\":\"\"}\n".utf8)
        bytes.insert(contentsOf: [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0xEC, 0xE8, 0xF0].prefix(letters), at: 9)
        for number in 1...lines { bytes += Array("{\"text\":\"record \(number)\"}\n".utf8) }
        let result = JSONLReader().read(Source(id: "c.jsonl", bytes: bytes))
        #expect(result.documents.count == lines)
        #expect(result.rejected.map(\.line) == [1] && result.rejected.first?.reason == .undecodable)
        #expect(result.warnings.isEmpty)
    }

    @Test(arguments: [3, 20, 60, 5000])
    func `a zero byte invalidates only its own record`(place: Int) {
        var bytes = (1...300).flatMap { Array("{\"text\":\"record number \($0) of many\"}\n".utf8) }
        if !bytes.count.isMultiple(of: 4) { bytes += [UInt8](repeating: 0x20, count: 4 - bytes.count % 4) }
        bytes[place] = 0
        let result = JSONLReader().read(Source(id: "c.jsonl", bytes: bytes))
        #expect(result.documents.count == 299)
        #expect(result.rejected.map(\.reason) == [.brokenRecord])
    }

    @Test func `UTF-16 records map to their own bytes and lines`() throws {
        let text = "{\"_id\":\"a\",\"text\":\"one\"}\n{\"_id\":\"b\",\"text\":\"д\\nва\"}"
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let result = JSONLReader().read(Source(id: "c.jsonl", bytes: bytes))
        let document = try #require(result.documents.last)
        #expect(document.text == "д\nва")
        #expect(document.sourceMap.lines(of: 0..<3) == 2...2)
        let range = document.sourceMap.sourceRange(of: 3..<7)
        #expect(Array(bytes[range]) == [0x32, 0x04, 0x30, 0x04])
    }

    @Test func `an integer too long for a Double keeps its digits`() {
        let record = #"{"text":"t","id":9007199254740993,"n":9007199254740992,"big":123456789012345678901,"f":1e300}"#
        #expect(
            read(record).documents.first?.metadata == [
                "id": "9007199254740993", "n": .number(9_007_199_254_740_992), "big": "123456789012345678901",
                "f": 1e300,
            ])
    }

    @Test func `a record without _id is named by its id`() {
        let result = read(
            #"{"id":"k-1","text":"a"}"# + "\n" + #"{"id":2,"_id":"k-2","text":"b"}"# + "\n" + #"{"id":7,"text":"c"}"#
                + "\n" + #"{"id":{"part":1},"text":"d"}"# + "\n" + #"{"id":"","_id":null,"text":"e"}"#)
        #expect(result.documents.map(\.id) == ["k-1", "k-2", "7", "c.jsonl#L4", "c.jsonl#L5"])
        #expect(result.documents.map { $0.metadata["id"] }.prefix(2) == ["k-1", 2])
        #expect(result.rejected.isEmpty)
    }

    @Test func `ids that are canonically equivalent are two ids`() {
        let result = read("{\"_id\":\"caf\u{E9}\",\"text\":\"a\"}\n{\"_id\":\"cafe\u{301}\",\"text\":\"b\"}")
        #expect(result.documents.map(\.text) == ["a", "b"])
        #expect(result.rejected.isEmpty)
    }

    @Test func `elements of lists read as strings, others as they are written`() {
        let record = #"{"text":"t","list":[ "a\"b" , [1, [2]], {"k": null} ,null,true, -1.5e3],"none":[ ]}"#
        #expect(
            read(record).documents.first?.metadata == [
                "list": .strings(["a\"b", "[1, [2]]", "{\"k\": null}", "null", "true", "-1.5e3"]), "none": .strings([]),
            ])
    }

    @Test(.timeLimit(.minutes(5))) func `an unclosed list is an invalid record, and the next is read`() {
        func list(_ count: Int) -> String { "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        let result = read(
            "{\"text\":\"a\",\"x\":\(list(1 << 16))}\n{\"text\":\"b\",\"x\":\(list(1 << 16 + 1))}\n{\"text\":\"c\"}")
        #expect(result.documents.map(\.text) == ["a", "c"])
        #expect(result.rejected.map(\.line) == [2])
        #expect(result.rejected.map(\.reason) == [.brokenRecord])
        #expect(result.rejected.first?.message.contains("65536") == true)
    }

    @Test func `deep nesting is an invalid record, not a crash`() {
        let deep = #"{"text":"a","x":"# + String(repeating: "[", count: 100_000) + "}"
        #expect(read(deep).rejected.map(\.reason) == [.brokenRecord])
    }

    /// Needs ../shared/eval/formats/malformed beside the package: y_ must be accepted, n_ must not.
    @Test(.enabled(if: SharedAssets.has("formats/malformed/json"), "../shared/eval/formats/malformed is absent"))
    func `JSON is accepted and rejected as in the JSON test suite`() throws {
        let names = try SharedAssets.names(in: "formats/malformed/json").filter { $0.hasSuffix(".json") }
        #expect(names.count > 100)
        for name in names where name.hasPrefix("y_") || name.hasPrefix("n_") {
            let value = try SharedAssets.bytes("formats/malformed/json/\(name)").filter {
                $0 != 0x0A || name.hasPrefix("n_")
            }
            if value.contains(0x0A) || value.contains(0) || name == "n_single_space.json"
                || value.starts(with: [0xEF, 0xBB, 0xBF])
            {
                continue
            }
            let record = Array(#"{"_id":"a","text":"t","x":"#.utf8) + value + [UInt8(ascii: "}")]
            let result = JSONLReader().read(Source(id: "c.jsonl", bytes: record))
            // A member that is closed too early or continues with a comma is an invalid record as well.
            #expect(result.documents.isEmpty != name.hasPrefix("y_"), "\(name)")
        }
    }

    @Test func `of many broken lines the first are listed, and the others counted`() {
        var lines = (1...250).map { "line \($0)" }
        lines.insert(#"{"_id": "a", "text": "In the middle."}"#, at: 120)
        let result = JSONLReader().read(Source(id: "a.jsonl", bytes: Array(lines.joined(separator: "\n").utf8)))
        #expect(result.documents.map(\.id) == ["a"])
        #expect(result.rejected.count == 101)
        #expect(result.rejected.last?.omitted == 150)
        #expect(result.rejected.last?.line == 101)
        #expect(result.rejected.dropLast().allSatisfy { $0.omitted == nil })
    }
}
