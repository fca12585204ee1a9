import QuarryCore
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Small passages are found, and large ones are read.
struct WindowTests {
    private static let text = ["zero", "one", "two", "three", "four", "five", "six", "seven"].joined(separator: "\n\n")
    private static let headings = [["A"], ["A"], ["A"], ["A"], ["B"], ["B"], ["B"], ["B"]]

    private func find(
        _ words: Set<String>, window: RetrievalOptions.Window?, limit: Int = 5, merging: Bool = true,
        text: String = text, headings: [[String]] = headings
    ) async throws -> [ScoredChunk] {
        let library = Library([.init(name: "book", text: text, headings: headings)]) { chunk in
            words.contains(chunk.text) ? 100 - Float(chunk.ordinal) : nil
        }
        let options = RetrievalOptions(mergesNeighbours: merging, window: window)
        return try await HybridRetriever(library, options: options).retrieve(Query("words"), limit: limit).hits
    }

    private func part(_ range: Range<Int>, of text: String) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }

    @Test func `a window reads passages before and after the one that was found`() async throws {
        let hit = try #require(try await find(["two"], window: .passages(1)).first)
        #expect(hit.chunk.text == "one\n\ntwo\n\nthree")
        #expect(part(hit.chunk.range, of: Self.text) == hit.chunk.text)
        #expect(hit.location.bytes == hit.chunk.range && hit.location.lines == 3...7)
        #expect(hit.found?.map { part($0, of: hit.chunk.text) } == ["two"])
        #expect(hit.found.map { hit.location(of: $0[0]).lines } == 5...5)
        #expect(hit.legs[.bm25]?.rank == 1 && hit.chunk.headings == ["A"])
    }

    @Test func `a window stays under the headings of its passage`() async throws {
        #expect(try await find(["three"], window: .passages(2)).map(\.chunk.text) == ["one\n\ntwo\n\nthree"])
        #expect(try await find(["four"], window: .section).map(\.chunk.text) == ["four\n\nfive\n\nsix\n\nseven"])
        #expect(try await find(["one"], window: .section).map(\.chunk.text) == ["zero\n\none\n\ntwo\n\nthree"])
    }

    @Test func `a section begins with the passage that has its heading`() async throws {
        // The headings of a passage are those above its beginning.
        let parts = ["# T\nzero", "## A\none", "two", "three", "## B\nfour", "five", "C\n---\nsix"]
        let headings = [[], ["T"], ["T", "A"], ["T", "A"], ["T"], ["T", "B"], ["T"]]
        let text = parts.joined(separator: "\n\n")
        func section(_ index: Int) async throws -> [String] {
            try await find([parts[index]], window: .section, text: text, headings: headings).map(\.chunk.text)
        }
        for index in 1...3 { #expect(try await section(index) == [parts[1...3].joined(separator: "\n\n")]) }
        for index in 4...5 { #expect(try await section(index) == [parts[4...5].joined(separator: "\n\n")]) }
        for index in [0, 6] { #expect(try await section(index) == [parts[index]]) }
    }

    @Test(arguments: [true, false]) func `hits whose windows meet become one`(merging: Bool) async throws {
        let hits = try await find(["four", "seven"], window: .passages(1), merging: merging)
        #expect(hits.map(\.chunk.text) == ["four\n\nfive\n\nsix\n\nseven"])
        #expect(hits[0].found?.map { part($0, of: hits[0].chunk.text) } == ["four", "seven"])
    }

    @Test func `a hit that is all found has no parts`() async throws {
        #expect(try await find(["one", "two"], window: nil).map(\.found) == [nil])
        #expect(try await find(["two"], window: .passages(0), merging: false).map(\.chunk.text) == ["two"])
        #expect(
            try await find(["seven"], window: .section, headings: Array(Self.headings.dropLast())).map(\.found) == [nil]
        )
    }

    @Test func `a long section is read around the hit, within the limit`() async throws {
        let text = (0..<400).map { "\($0)" + String(repeating: " word", count: 9) }.joined(separator: "\n\n")
        let wanted = "200" + String(repeating: " word", count: 9)
        let hit = try #require(try await find([wanted], window: .section, text: text, headings: []).first)
        #expect(hit.chunk.tokenCount == 1_200)
        #expect(part(hit.chunk.range, of: text) == hit.chunk.text)
        #expect(hit.chunk.text.hasPrefix("141 ") && hit.chunk.text.contains("\n\n260 "))
        #expect(hit.found?.map { part($0, of: hit.chunk.text) } == [wanted])
    }

    @Test func `the same section of two documents is read once`() async throws {
        let text = "Alpha.\n\nBeta."
        let books = [Library.Book(name: "a", text: text), .init(name: "b", text: text)]
        let library = Library(books) { chunk in
            // The best passage of each document is another one.
            chunk.documentID == "a" ? (chunk.ordinal == 0 ? 4 : 1) : (chunk.ordinal == 0 ? 2 : 3)
        }
        let options = RetrievalOptions(mergesNeighbours: false, window: .section)
        let hits = try await HybridRetriever(library, options: options).retrieve(Query("words"), limit: 5).hits
        #expect(hits.map(\.chunk.text) == [text])
        #expect(hits[0].duplicates.contains { $0.passage.chunk.text == text && $0.passage.chunk.documentID == "b" })
    }

    @Test func `every widened hit is a range of its document, and its parts were found`() async throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let count = Int.random(in: 1...12, using: &random)
            let words = (0..<count).map { "p\($0)" + (Bool.random(using: &random) ? " ö" : "") }
            let text = words.joined(separator: "\n\n")
            let headings = (0..<count).map { ["H\($0 / Int.random(in: 1...4, using: &random))"] }
            let wanted = Set(words.filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            let window: RetrievalOptions.Window =
                Bool.random(using: &random) ? .section : .passages(Int.random(in: 0...3, using: &random))
            let hits = try await find(wanted, window: window, limit: 20, text: text, headings: headings)
            var seen: Set<Int> = []
            for hit in hits {
                #expect(part(hit.chunk.range, of: text) == hit.chunk.text)
                #expect(hit.location.bytes == hit.chunk.range)
                #expect(seen.isDisjoint(with: hit.chunk.range))
                seen.formUnion(hit.chunk.range)
                for found in hit.found ?? [] {
                    let parts = part(found, of: hit.chunk.text).split(separator: "\n\n").map(String.init)
                    #expect(parts.allSatisfy(wanted.contains))
                }
            }
            let all = hits.flatMap { hit in
                (hit.found ?? [0..<hit.chunk.text.utf8.count]).map { part($0, of: hit.chunk.text) }
            }
            #expect(Set(all.flatMap { $0.split(separator: "\n\n").map(String.init) }) == wanted)
        }
    }

    @Test func `a window is written as a number or a word`() {
        #expect(RetrievalOptions.Window("3") == .passages(3))
        #expect(RetrievalOptions.Window("section") == .section)
        for text in ["", "-1", "101", "Section", "2.5"] { #expect(RetrievalOptions.Window(text) == nil) }
        for window in [RetrievalOptions.Window.section, .passages(7)] {
            #expect(RetrievalOptions.Window(window.description) == window)
        }
    }
}
