import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct ChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk", abstract: "Show how files are cut into passages, without an index.",
        usage: "quarry chunk [options] file ...",
        discussion: """
            Lengths are in words and signs, or in the tokens of a model that you name with --model. The chunker “semantic” \
            needs a model, which compares the sentences.

              quarry chunk notes/lease.md --preview
              quarry chunk notes/lease.md --chunker sentence --chunk-target 100
              quarry chunk notes/lease.md --diff structure,recursive
              quarry chunk notes/lease.md --chunker semantic --model multilingual-e5-small
            """)

    @Argument(help: "Files.", completion: .file())
    var files: [String]

    @Flag(help: "Show only the beginning and the end of each passage.")
    var preview = false

    @Option(
        help: ArgumentHelp(
            "Compare two chunkers: where both cut, and where only one does.", valueName: "chunker,chunker"),
        transform: ChunkerPair.init)
    var diff: ChunkerPair?

    @OptionGroup var chunking: ChunkingOptions

    @Option(help: ArgumentHelp("The embedding model that counts tokens and compares sentences.", valueName: "model"))
    var model: String?

    @OptionGroup(title: "Reading") var reading: ReadingFlags
    @OptionGroup(title: "Limits and connections of models") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    /// Two chunkers to compare.
    struct ChunkerPair {
        var first, second: ChunkingStrategy

        init(_ argument: String) throws {
            let names = argument.split(separator: ",").compactMap { ChunkingStrategy(argument: String($0)) }
            guard names.count == 2, names[0] != names[1] else {
                throw ValidationError(
                    "“\(argument)” does not name two of the chunkers \(ChunkingStrategy.names), separated by a comma.")
            }
            (first, second) = (names[0], names[1])
        }
    }

    private struct Reply: Encodable {
        struct Entry: Encodable {
            var text: String
            var headings: [String]
            var tokens: Int
            var location: SourceLocation
        }

        struct File: Encodable {
            var document: String
            var chunker: String
            var chunks: [Entry]
        }

        var schema = "quarry.chunk/1"
        var documents: [File]
    }

    func run() async throws {
        let settings = try service.settings()
        let services = service.services(settings, isQuiet: output.quiet)
        let name = model == "none" ? nil : model
        var opened: ModelServices.OpenedEmbedder?
        if let name { opened = try await services.embedder(name) }
        let wanted = chunking.applied(to: IndexSettings.Chunking())
        let readers = settings.readers(reading.applied(to: ReadingOptions()))
        let strategies = diff.map { [$0.first, $0.second] } ?? [wanted.strategy]
        let chunkers = try strategies.map { strategy in
            var chunking = wanted
            chunking.strategy = strategy
            return try chunking.chunker(counter: opened?.counter ?? WordCounter(), embedder: opened?.embedder)
        }
        var reply = Reply(documents: [])
        var isFirst = true
        var leftOut = false
        for file in files {
            guard FileManager.default.fileExists(atPath: file) else { throw NearbyFile.missing([file]) }
            let source = try FoundFile(path: file, id: file).load(maximumBytes: FileWalker.defaultMaximumBytes)
            let result = try await readers.read(source)
            leftOut = leftOut || !result.rejected.isEmpty
            for rejection in result.rejected { Console.note("not read: \(rejection.inLine)\(rejection.advice)") }
            for document in result.documents {
                var cuts: [[Chunk]] = []
                for chunker in chunkers { cuts.append(try await chunker.chunks(of: document)) }
                if output.json {
                    for (strategy, chunks) in zip(strategies, cuts) {
                        reply.documents.append(
                            .init(
                                document: document.id, chunker: strategy.rawValue,
                                chunks: chunks.map { chunk in
                                    .init(
                                        text: chunk.text, headings: chunk.headings, tokens: chunk.tokenCount,
                                        location: document.location(of: chunk.range, source: file, path: nil))
                                }))
                    }
                    continue
                }
                if !isFirst { try Console.print("") }
                isFirst = false
                if diff == nil {
                    try show(cuts[0], of: document, in: file)
                } else {
                    try compare(strategies, cuts, of: document, in: file)
                }
            }
        }
        if output.json { try Console.print(JSONOutput.string(reply, pretty: true)) }
        if leftOut || reply.documents.isEmpty && isFirst { throw Termination.quarantined }
    }

    private func show(_ chunks: [Chunk], of document: Document, in file: String) throws {
        for (number, chunk) in chunks.enumerated() {
            let place = document.location(of: chunk.range, source: file, path: nil)
            let headings = chunk.headings.isEmpty ? "" : ": " + chunk.headings.joined(separator: " > ")
            try Console.prose(
                (number == 0 ? "" : "\n")
                    + "[\(number + 1)] \(place), \(Format.count(chunk.tokenCount, "token"))\(headings)")
            try Console.print(preview ? Self.ends(of: chunk.text) : chunk.text)
        }
    }

    /// The first and the last line of a passage, each in one line of the terminal.
    private static func ends(of text: String) -> String {
        let width = Console.outputColumns ?? 80
        let lines = text.split(separator: "\n").map(String.init)
        guard let first = lines.first, let last = lines.last else { return "" }
        if lines.count == 1, text.columns <= width - 2 { return "  \(text)" }
        let end = String(last.reversed()).cut(to: width - 2)
        return "  \(first.cut(to: width - 2))\n  \(String(end.reversed()))"
    }

    /// Shows each place where one of two chunkers begins a passage.
    private func compare(_ strategies: [ChunkingStrategy], _ cuts: [[Chunk]], of document: Document, in file: String)
        throws
    {
        let starts = cuts.map { Set($0.map(\.range.lowerBound)) }
        let both = starts[0].intersection(starts[1]).count
        try Console.prose(
            "\(document.id): \(strategies[0].rawValue) \(cuts[0].count), \(strategies[1].rawValue) \(cuts[1].count) passages; "
                + "\(both) begin at the same places")
        let all = cuts.flatMap { $0 }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        let width = Console.outputColumns ?? 80
        var shown: Set<Int> = []
        for chunk in all where shown.insert(chunk.range.lowerBound).inserted {
            let start = chunk.range.lowerBound
            let mark = starts[0].contains(start) ? (starts[1].contains(start) ? "=" : "<") : ">"
            let place = document.location(of: start..<min(start + 1, chunk.range.upperBound), source: file, path: nil)
            let text = chunk.text.split(separator: "\n").first.map(String.init) ?? ""
            try Console.print("\(mark) \(place)  \(text)".visibleInLine.cut(to: width))
        }
        try Console.prose("= both, < only \(strategies[0].rawValue), > only \(strategies[1].rawValue)")
    }
}
