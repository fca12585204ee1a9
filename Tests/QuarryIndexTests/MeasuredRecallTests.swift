import Foundation
import QuarryCore
import QuarryIndex
import QuarryTestSupport
import QuarryTesting
import Testing

struct MeasuredRecallTests {
    private let corpus: TestCorpus

    init() throws { corpus = try TestCorpus() }

    private func write(_ numbers: Range<Int>, to name: String) throws {
        var generator = SeededGenerator(seed: UInt64(numbers.lowerBound))
        let lines = numbers.map { number in
            let letters = (0..<40).map { _ in "abcdefghijklmnopqrstuvwxyz ".randomElement(using: &generator) ?? "a" }
            return "{\"_id\": \"\(number)\", \"text\": \"Item \(number): \(String(letters)).\"}"
        }
        try corpus.write(lines.joined(separator: "\n"), to: name)
    }

    private func measured() async throws -> MeasuredRecall? { try await corpus.open().generations().first?.recall }

    @Test func `a run measures the recall of many vectors, again after a quarter more and for another wish`()
        async throws
    {
        try write(0..<4000, to: "a.jsonl")
        try await corpus.index()
        #expect(try await measured() == nil)
        #expect(try await corpus.open().recallNotes() == [])

        try write(4000..<4300, to: "b.jsonl")
        try await corpus.index()
        let first = try #require(try await measured())
        #expect((first.vectors, first.questions, first.neighbours, first.wanted) == (4300, 100, 10, 0.99))
        #expect(first.recall >= 0.99 && first.recall <= 1)
        #expect(try await corpus.open().recallNotes() == [])

        try write(4300..<4500, to: "c.jsonl")
        try await corpus.index()
        #expect(try await measured() == first)

        try write(4500..<5600, to: "d.jsonl")
        try await corpus.index()
        #expect(try await measured()?.vectors == 5600)

        try await corpus.indexer().index([.path(corpus.documentsPath)], recall: 0.999)
        #expect(try await measured()?.wanted == 0.999)
        try await corpus.index()
        #expect(try await measured()?.wanted == 0.999)
        for recall in [0.5, 1.01, .nan] {
            await #expect(throws: CorpusError.self) {
                try await corpus.indexer().index([.path(corpus.documentsPath)], recall: recall)
            }
        }
        #expect(try corpus.open().problems() == [])
    }

    @Test func `a missing, an old and a low measurement are named, and a damaged one is found and measured again`()
        async throws
    {
        try write(0..<4200, to: "a.jsonl")
        try await corpus.index()
        func edit(_ value: String) async throws {
            try await editIndex(
                corpus.indexPath,
                """
                UPDATE settings SET value = \(value) WHERE key = 'recall/1';
                UPDATE settings SET checksum = row_checksum(key, value)
                """)
        }
        func note() async throws -> String? { try await corpus.open().recallNotes().first }
        try await edit("json_set(value, '$.recall', 0.97)")
        #expect(try await note()?.contains("find 970 of 1000 true neighbours; 0.99 is wanted") == true)
        try await edit("json_set(value, '$.vectors', 3000)")
        #expect(try await note()?.contains("was measured with 3000 vectors; it has 4200") == true)
        for value in ["json_set(value, '$.recall', 7)", "json_set(value, '$.bound', 0)", "'[]'"] {
            try await edit(value)
            let index = try corpus.open()
            #expect(try index.problems() == ["settings, row recall/1: it is not a measurement of recall"])
            #expect(try await index.recallNotes().first?.contains("has not been measured") == true)
        }
        let report = try await corpus.open().repair()
        #expect(report.problems == [] && report.repaired.count == 1, "\(report)")
        try await editIndex(corpus.indexPath, "DELETE FROM settings WHERE key = 'recall/1'")
        #expect(try await note()?.contains("has not been measured") == true)
        try await corpus.index()
        #expect(try await corpus.open().recallNotes() == [])
    }
}
