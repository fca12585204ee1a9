import Foundation
import QuarryCore
import QuarryReaders
import Testing

struct RecordPathTests {
    private let paths = RecordPaths(
        text: RecordPath("message.body"), id: RecordPath("uid"), title: RecordPath("$.message.subject"))

    private func lines(_ text: String, _ paths: RecordPaths) -> ReadResult {
        JSONLReader(paths: paths).read(Source(id: "a.jsonl", bytes: Array(text.utf8)))
    }

    private func list(_ text: String, _ paths: RecordPaths) -> ReadResult {
        JSONReader(paths: paths).read(Source(id: "a.json", bytes: Array(text.utf8)))
    }

    /// The bytes that a document's text comes from.
    private func source(of document: Document, in text: String) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[document.sourceMap.sourceRange(of: 0..<document.text.utf8.count)], as: UTF8.self)
    }

    @Test func `a record of JSONL has the text, id and title that the paths lead to`() throws {
        let text = #"{"uid": 7, "message": {"body": "The winch is new.", "subject": "Winch"}, "year": 2026}"#
        let result = lines(text, paths)
        let document = try #require(result.documents.first)
        #expect(document.id == "7")
        #expect(document.title == "Winch")
        #expect(document.text == "The winch is new.")
        #expect(document.metadata == ["uid": 7, "year": 2026])
        #expect(source(of: document, in: text) == "The winch is new.")
    }

    @Test func `a record in a list of JSON has them too`() throws {
        let text = #"[{"uid": "a", "message": {"body": "The winch\nis new.", "subject": "Winch"}}]"#
        let document = try #require(list(text, paths).documents.first)
        #expect(document.id == "a")
        #expect(document.title == "Winch")
        #expect(document.text == "The winch\nis new.")
        #expect(document.metadata == ["uid": "a"])
        #expect(source(of: document, in: text) == #"The winch\nis new."#)
    }

    @Test func `several texts are paragraphs, each mapped to its bytes`() throws {
        let text = #"{"message": [{"body": ["One rope.", "Two ropes."]}, {"body": "A knot."}, {"body": 3}]}"#
        let document = try #require(lines(text, paths).documents.first)
        #expect(document.text == "One rope.\n\nTwo ropes.\n\nA knot.\n\n3")
        let knot = try #require(document.text.range(of: "A knot."))
        let start = document.text.utf8.distance(from: document.text.startIndex, to: knot.lowerBound)
        let bytes = document.sourceMap.sourceRange(of: start..<start + 7)
        #expect(String(decoding: Array(text.utf8)[bytes], as: UTF8.self) == "A knot.")
    }

    @Test func `a list on the way to the text holds the records`() {
        let paths = RecordPaths(text: RecordPath("data.items.body"), id: RecordPath("data.items.uid"))
        let text = #"{"data": {"items": [{"uid": 1, "body": "Red."}, {"uid": 2, "body": "Blue."}]}, "body": "Green."}"#
        let documents = list(text, paths).documents
        #expect(documents.map(\.id) == ["1", "2"])
        #expect(documents.map(\.text) == ["Red.", "Blue."])
    }

    @Test func `a record without the text is rejected by the name of the path`() {
        let result = lines(#"{"uid": 1, "text": "This is not asked for."}"#, paths)
        #expect(result.documents.isEmpty)
        #expect(result.rejected.map(\.message) == [#"The record has no "message.body"."#])
    }

    @Test func `paths are part of a reader's version`() {
        #expect(JSONLReader(paths: paths).version != JSONLReader().version)
        #expect(JSONReader(paths: paths).version != JSONReader().version)
        #expect(JSONReader(paths: RecordPaths()).version == JSONReader().version)
    }

    @Test func `a path has names without a gap`() {
        for text in ["", ".", "a.", ".a", "a..b", "$.", String(repeating: "a.", count: 40) + "a"] {
            #expect(RecordPath(text) == nil, "\(text)")
        }
        #expect(RecordPath("$.a.b")?.description == "a.b")
    }

    @Test func `options without records are those of earlier files`() throws {
        let options = try JSONDecoder().decode(ReadingOptions.self, from: Data("{}".utf8))
        #expect(options == ReadingOptions())
        var changed = ReadingOptions()
        changed.records = paths
        let again = try JSONDecoder().decode(ReadingOptions.self, from: JSONEncoder().encode(changed))
        #expect(again == changed)
    }
}
