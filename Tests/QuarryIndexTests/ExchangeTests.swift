import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryRetrieval
import QuarryTestSupport
import Synchronization
import Testing

/// Exports of an index, and imports of them. `QUARRY_FUZZ_LINES` is the number of damaged exports (default 300).
struct ExchangeTests {
    private static let damaged =
        ProcessInfo.processInfo.environment["QUARRY_FUZZ_LINES"].flatMap { Int($0) } ?? 300

    private func filled(_ documents: Int = 12) async throws -> TestCorpus {
        let corpus = try TestCorpus()
        for number in 0..<documents {
            let lamps = (1...30).map { "Lamp \($0 * (number + 1)) was lit in the year \(1_800 + $0)." }
            try corpus.write(
                "# Buoy \(number)\n\nIt lies \(number) miles off the cape.\n\n## Lamps\n\n\(lamps.joined(separator: " "))\n",
                to: "\(number).md")
        }
        try corpus.write("# Heft\n\nStraße — не дом, \u{7F}a strange\u{202E} note.\n", to: "odd ö.md")
        try corpus.write(
            "{\"_id\": \"a\", \"text\": \"A record of piers.\", \"year\": 1901}\n{\"_id\": \"b\", \"text\": \"Another one.\"}\n",
            to: "records.jsonl")
        try await corpus.index(options: InputOptions(exclude: ["*.tmp"]))
        return corpus
    }

    private func lines(_ corpus: TestCorpus, withVectors: Bool = true) async throws -> [String] {
        let lines = Mutex([String]())
        try await corpus.open().export(withVectors: withVectors) { line in lines.withLock { $0.append(line) } }
        return lines.withLock { $0 }
    }

    private func handle(_ text: String, _ folder: TemporaryFolder) throws -> FileHandle {
        let name = "lines-\(UUID().uuidString).jsonl"
        try folder.write(text, to: name)
        return try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.path(name)))
    }

    private func imported(_ lines: [String], _ corpus: TestCorpus, to name: String) async throws -> ExchangeReport {
        try await CorpusIndex.import(
            from: handle(lines.joined(separator: "\n") + "\n", corpus.folder), to: corpus.folder.path(name))
    }

    /// Everything of the hits but their ids.
    private func hits(
        _ index: CorpusIndex, _ text: String, _ mode: RetrievalOptions.Mode, _ embedder: any Embedder
    ) async throws -> [ScoredChunk] {
        let options = RetrievalOptions(mode: mode, mergesNeighbours: false)
        return try await index.retriever(embedder: embedder, options: options).retrieve(Query(text), limit: 20).hits
            .map { hit in
                var hit = hit
                (hit.id, hit.duplicates) = (ChunkID(0), [])
                return hit
            }
    }

    private func remains(_ corpus: TestCorpus, of name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: corpus.folder.path).filter { $0.hasPrefix(name) }
    }

    @Test func `an imported index gives the same hits, scores and citations without the model`() async throws {
        let corpus = try await filled()
        let lines = try await lines(corpus)
        let embedded = corpus.embedder.passages
        let report = try await imported(lines, corpus, to: "copy.quarry")
        #expect(report.documents == 15 && report.vectors == report.chunks && report.chunks > 15)
        let (index, copy) = (try corpus.open(), try CorpusIndex.open(at: corpus.folder.path("copy.quarry")))
        #expect(try copy.problems().isEmpty)
        for mode in [RetrievalOptions.Mode.bm25, .vector, .hybrid] {
            for question in ["lamp 12 in 1804", "Buoy 7", "record of piers", "strange note"] {
                let expected = try await hits(index, question, mode, corpus.embedder)
                let found = try await hits(copy, question, mode, corpus.embedder)
                #expect(found == expected && !found.isEmpty, "\(mode) \(question)")
            }
        }
        #expect(corpus.embedder.passages == embedded)
        #expect(try remains(corpus, of: "copy.quarry").allSatisfy { !$0.contains("partial") })
    }

    @Test func `an import exports the same documents, and a run on it reads nothing again`() async throws {
        let corpus = try await filled()
        let lines = try await lines(corpus)
        _ = try await imported(lines, corpus, to: "copy.quarry")
        let copy = try CorpusIndex.open(at: corpus.folder.path("copy.quarry"))
        let again = Mutex([String]())
        try await copy.export { line in again.withLock { $0.append(line) } }
        let root = #/"root":"[^"]*",?/#
        #expect(again.withLock { $0.dropFirst() }.elementsEqual(lines.dropFirst().map { $0.replacing(root, with: "") }))
        let embedded = corpus.embedder.passages
        let run = try await Indexer(copy, embedder: corpus.embedder, counter: WordCounter()).index(
            [.path(corpus.documentsPath)], options: InputOptions(exclude: ["*.tmp"]))
        #expect(run.documents == 0 && run.sources.unchanged == 14 && corpus.embedder.passages == embedded)
        #expect(try await copy.knownInputs().folders[corpus.documentsPath]?.exclude == ["*.tmp"])
        #expect(try copy.problems() == [])
        // The sources have their folder again: those that are deleted leave the index.
        try corpus.folder.remove("docs/3.md")
        let next = try await Indexer(copy, embedder: corpus.embedder, counter: WordCounter()).index(
            [.path(corpus.documentsPath)], options: InputOptions(exclude: ["*.tmp"]))
        #expect(next.sources.deleted == 1 && next.sources.unchanged == 13)
    }

    @Test func `an import names its folders and sites, and makes none of them an input`() async throws {
        let corpus = try await filled(2)
        try await corpus.index(["docs/odd ö.md"])
        var lines = try await lines(corpus)
        lines[0].replace(#/"sites":\{\}/#, with: "\"sites\":{\"https://example.org/\":\(Self.site)}")
        // The lines could name any file of this machine.
        let report = try await imported(lines, corpus, to: "copy.quarry")
        #expect(report.folders == [corpus.documentsPath] && report.sites == ["https://example.org/"])
        let copy = try CorpusIndex.open(at: corpus.folder.path("copy.quarry"))
        let known = try await copy.knownInputs()
        #expect(known.folders.isEmpty && known.files.isEmpty && known.sites.isEmpty)
        #expect(try await copy.changes(ofSources: ["docs/0.md"]).isEmpty)
        try corpus.write("Changed.", to: "0.md")
        #expect(try await copy.changes(ofSources: ["docs/0.md"]).isEmpty)
        #expect(try await corpus.open().changes(ofSources: ["docs/0.md"]) == ["docs/0.md": .changed])
    }

    private static let site =
        "{\"allowsPrivate\":true,\"depth\":3,\"domains\":[],\"maximumPageBytes\":67108864,\"maximumPages\":500}"

    @Test func `without vectors words answer, and the next run makes the vectors`() async throws {
        let corpus = try await filled()
        let lines = try await lines(corpus, withVectors: false)
        let report = try await imported(lines, corpus, to: "copy.quarry")
        #expect(report.vectors == 0)
        let copy = try CorpusIndex.open(at: corpus.folder.path("copy.quarry"))
        #expect(
            try await hits(copy, "Buoy 7", .bm25, corpus.embedder)
                == hits(corpus.open(), "Buoy 7", .bm25, corpus.embedder))
        try await Indexer(copy, embedder: corpus.embedder, counter: WordCounter()).index([.path(corpus.documentsPath)])
        #expect(try copy.summary().vectors == report.chunks)
        #expect(
            try await hits(copy, "lamp 12", .hybrid, corpus.embedder)
                == hits(corpus.open(), "lamp 12", .hybrid, corpus.embedder))
    }

    @Test func `a text that the model rejected stays without a vector and is not sent again`() async throws {
        let corpus = try await filled(3)
        var lines = try await lines(corpus)
        let row = try #require(lines.lastIndex { $0.contains("Another one") })
        lines[row] = lines[row].replacing(#/"vector":"[^"]*"/#, with: "\"refused\":\"It is too long.\"")
        _ = try await imported(lines, corpus, to: "copy.quarry")
        let copy = try CorpusIndex.open(at: corpus.folder.path("copy.quarry"))
        let summary = try copy.summary()
        #expect(summary.refusedTexts == 1 && summary.vectors == summary.chunks - 1)
        #expect(try copy.problems().isEmpty)
    }

    @Test func `a file that is there is not replaced`() async throws {
        let corpus = try await filled(1)
        let lines = try await lines(corpus)
        let before = try Data(contentsOf: URL(fileURLWithPath: corpus.indexPath))
        for name in ["test.quarry", "docs", "docs/0.md"] {
            await #expect { try await imported(lines, corpus, to: name) } throws: {
                ($0 as? CorpusError)?.code == .input
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: corpus.indexPath)) == before)
        await #expect { try await imported(lines, corpus, to: "none/copy.quarry") } throws: {
            ($0 as? CorpusError)?.code == .missing
        }
    }

    @Test func `a faulty line is named by its number, and nothing is left`() async throws {
        let corpus = try await filled(2)
        let whole = try await lines(corpus)
        let last = whole.count - 1
        typealias Case = (reason: String, change: (inout [String]) -> Void)
        let cases: [Case] = [
            ("Line 1 is not the beginning", { $0.removeFirst() }),
            ("There is no line", { $0 = [] }),
            ("Line 1 begins an export of the form", { $0[0].replace("quarry.export/1", with: "quarry.export/2") }),
            ("Line 1: there are vectors, but", { $0[0].replace(#/,"embedding":\{[^}]*\}/#, with: "") }),
            ("Line 2: a document should be here", { $0.remove(at: 1) }),
            (
                "Line 3: “",
                {
                    $0.remove(at: 2); $0.insert($0[1], at: 2)
                }
            ),
            ("The lines end after", { $0 = [$0[0]] }),
            ("The lines end within", { $0.removeLast() }),
            ("Line \(last + 2): a document should be here", { $0.append($0[last]) }),
            ("Line 3: the vector has", { $0[2].replace(#/"vector":"[^"]{8}/#, with: "\"vector\":\"") }),
            (
                "Line 3: the vector is zero",
                {
                    $0[2].replace(
                        #/"vector":"[^"]*"/#, with: "\"vector\":\"\(Data(count: 256).base64EncodedString())\"")
                }
            ),
            ("Line 3: the text has", { $0[2].replace("It lies", with: "It flies") }),
            ("Line 2: the source map of", { $0[1].replace(#/"sourceMap":"[^"]*"/#, with: "\"sourceMap\":\"AAAA\"") }),
            ("Line 4", { $0[3] = String($0[3].dropLast(7)) }),
        ]
        for (number, (reason, change)) in cases.enumerated() {
            var lines = whole
            change(&lines)
            let name = "copy-\(number).quarry"
            await #expect {
                try await imported(lines, corpus, to: name)
            } throws: { error in
                let found = "\(error)".hasPrefix(reason)
                if !found { Issue.record("\(reason): \(error)") }
                return found
            }
            #expect(try remains(corpus, of: name).isEmpty)
        }
    }

    @Test func `damaged exports are refused with their line, or make an index without problems`() async throws {
        let corpus = try await filled(2)
        let whole = Array((try await lines(corpus)).joined(separator: "\n").utf8)
        var generator = SeededGenerator(seed: 73)
        var (refused, taken) = (0, 0)
        for round in 0..<Self.damaged {
            var bytes = whole
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...5, using: &generator) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                case 2: bytes[place] = Array("0123456789-\"{}[],:\n".utf8).randomElement(using: &generator) ?? 0
                case 3: bytes.removeSubrange(place..<min(bytes.count, place + 200))
                case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 200)], at: place)
                default: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                }
            }
            let name = "copy-\(round).quarry"
            try corpus.folder.write(bytes, to: "lines.jsonl")
            let input = try FileHandle(forReadingFrom: URL(fileURLWithPath: corpus.folder.path("lines.jsonl")))
            do {
                try await CorpusIndex.import(from: input, to: corpus.folder.path(name))
                let problems = try CorpusIndex.open(at: corpus.folder.path(name), readOnly: true).problems()
                #expect(problems.isEmpty, "round \(round)")
                taken += 1
            } catch let error as CorpusError {
                #expect([.input, .otherVersion].contains(error.code), "round \(round): \(error)")
                let hasPlace = error.message.contains("Line ") || error.message.contains("The lines end")
                #expect(hasPlace, "round \(round): \(error)")
                #expect(try remains(corpus, of: name).isEmpty)
                refused += 1
            }
        }
        #expect(refused > taken && taken > 0)
    }

    @Test func `a cancelled import leaves nothing`() async throws {
        let corpus = try await filled()
        let lines = try await lines(corpus)
        let task = Task { try await imported(lines, corpus, to: "copy.quarry") }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try remains(corpus, of: "copy").isEmpty)
    }
}
