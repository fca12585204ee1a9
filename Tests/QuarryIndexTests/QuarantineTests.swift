import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct QuarantineTests {
    @Test(arguments: [true, false])
    func `a record hidden by another one returns when that is deleted`(isDeleted: Bool) async throws {
        let corpus = try TestCorpus()
        let other = #"{"_id": "y", "text": "The other record."}"#
        try corpus.write(#"{"_id": "x", "text": "The first record."}"# + "\n" + other, to: "a.jsonl")
        try corpus.write(#"{"_id": "x", "text": "The second record."}"#, to: "b.jsonl")
        #expect(try await corpus.index().quarantined.count == 1)
        #expect(try await corpus.index().isEmpty)
        if isDeleted { try corpus.folder.remove("docs/a.jsonl") } else { try corpus.write(other, to: "a.jsonl") }
        #expect(try await corpus.index().quarantined.isEmpty)
        let hits = try await corpus.search("record", mode: .bm25, filter: .equals("id", "x"))
        #expect(hits.map(\.location.source) == ["docs/b.jsonl"])
        #expect(try corpus.open().summary().quarantined.isEmpty)
        #expect(try await corpus.index().isEmpty)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file of which nothing could be used is counted as rejected alone`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on lighthouses.", to: "a.md")
        try corpus.write("broken\n", to: "b.jsonl")
        let first = try await corpus.index()
        #expect(first.sources.new == 1 && first.quarantined.map(\.source) == ["docs/b.jsonl"])
        let second = try await corpus.index()
        #expect(second.sources.unchanged == 1 && second.quarantined == first.quarantined && second.isEmpty)
        try corpus.write("still broken\n", to: "b.jsonl")
        let third = try await corpus.index()
        #expect(third.sources.changed == 0 && third.sources.unchanged == 1 && third.quarantined.count == 1)
        try corpus.write("{\"_id\": \"x\", \"text\": \"A record.\"}\n", to: "b.jsonl")
        #expect(try await corpus.index().sources.changed == 1)
        try corpus.write("broken again\n", to: "b.jsonl")
        let gone = try await corpus.index()
        #expect(gone.sources.changed == 0 && gone.deletedDocuments == 1 && !gone.isEmpty)
    }

    @Test func `a file that exceeds the limit is removed from the index`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A note on lighthouses.", to: "a.md")
        try corpus.write("A note on windmills.", to: "b.md")
        let limit = InputOptions(maximumFileBytes: 100)
        #expect(try await corpus.index(options: limit).quarantined.isEmpty)
        try corpus.write("A note on lighthouses, " + String(repeating: "and more of them, ", count: 10), to: "a.md")
        for run in 1...2 {
            let report = try await corpus.index(options: limit)
            #expect(report.quarantined.map(\.reason) == [.tooLarge])
            #expect(report.sources.leftOut == (run == 1 ? 1 : 0))
            #expect(try await corpus.documents(with: "note") == ["docs/b.md"])
            #expect(try corpus.open().summary().quarantined.count == 1)
        }
        #expect(try await corpus.index().quarantined.isEmpty)
        #expect(try await corpus.documents(with: "note") == ["docs/a.md", "docs/b.md"])
    }

    @Test func `a record whose metadata is too large is left out by name, and the others are indexed`() async throws {
        let corpus = try TestCorpus()
        let note = String(repeating: "ore ", count: 300_000)
        try corpus.write(
            "{\"_id\": \"big\", \"text\": \"Slate.\", \"metadata\": {\"note\": \"\(note)\"}}\n"
                + "{\"_id\": \"small\", \"text\": \"Marble.\"}\n", to: "stones.jsonl")
        let empty = (0..<10).map { "\"\($0)\": [\(Array(repeating: "\"\"", count: 60_000).joined(separator: ","))]" }
        try corpus.write(
            "{\"_id\": \"many\", \"text\": \"Tuff.\", \"metadata\": {\(empty.joined(separator: ","))}}\n",
            to: "tuff.jsonl")
        let report = try await corpus.index()
        #expect(report.quarantined.map(\.reason) == [.tooLarge, .tooLarge])
        #expect(report.quarantined.first?.message.contains("“big” has 1200011 bytes; the limit is 1048576") == true)
        #expect(try await corpus.open().documents().map(\.id) == ["small"])
    }

    @Test func `a file with only a new time stays in quarantine`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("{\"text\": \"Fine.\"}\n{broken\n", to: "a.jsonl")
        try await corpus.index()
        for seconds in 1...3 {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(1_000_000 + seconds))],
                ofItemAtPath: corpus.folder.path("docs/a.jsonl"))
            let plan = try await corpus.indexer().plan([.path(corpus.documentsPath)])
            let report = try await corpus.index()
            #expect(report.sources.unchanged == 1)
            for quarantined in [plan.quarantined, report.quarantined, try corpus.open().summary().quarantined] {
                #expect(quarantined.map(\.line) == [2])
            }
        }
    }

    @Test func `a run over one folder does not change the quarantine of others`() async throws {
        let corpus = try TestCorpus()
        let limit = InputOptions(maximumFileBytes: 100)
        let long = String(repeating: "A long note. ", count: 20)
        for folder in ["one", "two"] {
            try corpus.folder.write(long, to: "\(folder)/long.md")
            try corpus.folder.write("{broken\n", to: "\(folder)/bad.jsonl")
        }
        try await corpus.index(["one"], options: limit)
        try await corpus.index(["two"], options: limit)
        func sources() throws -> [String] { try corpus.open().summary().quarantined.map(\.source) }
        #expect(try sources() == ["one/bad.jsonl", "one/long.md", "two/bad.jsonl", "two/long.md"])

        try corpus.folder.remove("two/long.md")
        try corpus.folder.move("two/bad.jsonl", to: "two/worse.jsonl")
        try await corpus.index(["two"], options: limit)
        #expect(try sources() == ["one/bad.jsonl", "one/long.md", "two/worse.jsonl"])
        try await corpus.index(["one/bad.jsonl"], options: limit)
        #expect(try sources() == ["one/bad.jsonl", "one/long.md", "two/worse.jsonl"])
    }

    @Test func `a plan lists deletions and the whole quarantine`() async throws {
        let corpus = try TestCorpus()
        let lines = (1...9).map { #"{"_id": "r\#($0)", "text": "Record \#($0) in full."}"# }
        try corpus.write(lines.joined(separator: "\n"), to: "a.jsonl")
        try corpus.write("{broken\n", to: "bad.jsonl")
        try corpus.write(#"{"_id": "r1", "text": "Another first record."}"#, to: "twice.jsonl")
        try await corpus.index()
        try corpus.write(lines[2...].joined(separator: "\n"), to: "a.jsonl")
        let plan = try await corpus.indexer().plan([.path(corpus.documentsPath)])
        let report = try await corpus.index()
        #expect(plan.deletedDocuments == 1)
        #expect(report.deletedDocuments == 1)
        #expect(plan.documents == report.documents && plan.sources == report.sources)
        #expect(plan.quarantined.map(\.source) == ["docs/bad.jsonl"])
        #expect(report.quarantined == plan.quarantined)
        #expect(try await corpus.documents(with: "Another") == ["r1"])
    }

    @Test func `thousands of documents are removed with their file, without a trace`() async throws {
        let corpus = try TestCorpus()
        let lines = (1...5_000).map { #"{"_id": "r\#($0)", "text": "Record \#($0)"}"# }
        try corpus.write(lines.joined(separator: "\n"), to: "a.jsonl")
        try corpus.write(lines[..<2].joined(separator: "\n"), to: "b.jsonl")
        try corpus.write("A note that stays.", to: "note.md")
        try await corpus.index()
        try corpus.write(lines[..<10].joined(separator: "\n"), to: "a.jsonl")
        #expect(try await corpus.index().deletedDocuments == 4_990)
        #expect(try corpus.open().summary().documents == 11)
        try corpus.folder.remove("docs/a.jsonl")
        let report = try await corpus.index()
        #expect(report.deletedDocuments == 8)
        #expect(report.quarantined.isEmpty)
        let summary = try corpus.open().summary()
        #expect(summary.documents == 3 && summary.vectors == 3 && summary.sources == 2)
        #expect(try corpus.open().problems().isEmpty)
    }

    @Test func `a file of thousands of broken records is listed in part, and runs do not make the index larger`()
        async throws
    {
        let corpus = try TestCorpus()
        try corpus.write(String(repeating: "broken\n", count: 20_000), to: "a.jsonl")
        let same = (1...500).map { _ in #"{"_id": "same", "text": "One of many."}"# }
        try corpus.write(same.joined(separator: "\n"), to: "b.jsonl")
        let report = try await corpus.index()
        #expect(report.quarantined.count == 202)
        #expect(report.quarantined.compactMap(\.omitted) == [19_900, 399])
        #expect(try corpus.open().summary().quarantined.compactMap(\.omitted) == [19_900, 399])
        func size() throws -> Int { try Data(contentsOf: URL(fileURLWithPath: corpus.indexPath)).count }
        let before = try size()
        for _ in 1...12 { #expect(try await corpus.index().quarantined == report.quarantined) }
        #expect(try size() <= before + 16_384)
        #expect(before < 1_000_000)
    }

    @Test func `the index keeps no name of a deleted file`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("A lighthouse on the cape.", to: "kept.md")
        try corpus.write("A windmill by the lake.", to: "hidden-name.md")
        try corpus.write("{broken", to: "hidden-name.jsonl")
        try await corpus.index()
        try corpus.folder.remove("docs/hidden-name.md")
        try corpus.folder.remove("docs/hidden-name.jsonl")
        try await corpus.index()
        try await corpus.index(["docs/kept.md"])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: corpus.indexPath))
        #expect(bytes.range(of: Data("hidden-name".utf8)) == nil)
        #expect(bytes.range(of: Data("kept.md".utf8)) != nil)
    }
}
