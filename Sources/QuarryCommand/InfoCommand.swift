import ArgumentParser
import Quarry
import QuarrySession

struct InfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show the content and settings of an index.",
        discussion: """
              quarry info
              quarry info --index work.quarry --json
            """)

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    /// More files with a kind of warning are counted.
    private static let namedSources = 10

    private struct Reply: Encodable {
        var schema = "quarry.info/1"
        var index: String
        var summary: CorpusSummary
    }

    func run() async throws {
        let path = try file.existing()
        let summary = try await Termination.endingAtOnce {
            try CorpusIndex.open(at: path, readOnly: true).summary()
        }
        if json {
            try Console.print(JSONOutput.string(Reply(index: path, summary: summary), pretty: true))
            return
        }
        let settings = summary.settings
        let unused =
            summary.unusedBytes > summary.fileBytes / 4
            ? " (\(Format.bytes(summary.unusedBytes)) of deleted data unused; quarry compact gives them back)" : ""
        let languages = summary.languages.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        try Console.prose(
            "\(path): \(Format.bytes(summary.fileBytes))\(unused), \(summary.updated.map { "last complete run \($0)" } ?? "no complete run yet")"
        )
        try Console.prose(
            summary.documents == 0
                ? ReplyPrinter.emptyIndex(path)
                : "\(Format.count(summary.sources, "file")), \(Format.count(summary.documents, "document")), "
                    + "\(Format.count(summary.chunks, "chunk")), \(Format.count(summary.tokens, "token"))")
        let leftOut = LeftOutWords(withoutText: summary.withoutText, inside: summary.inside)
        if leftOut.countWithoutText > 0 {
            try Console.prose("files: \(leftOut.countWithoutText) \(leftOut.withoutTextWords)")
        }
        if let line = leftOut.insideLine { try Console.prose(line) }
        if let unread = summary.unreadFiles, unread > 0 {
            try Console.prose(
                "not read in the last run: \(Format.count(unread, "file")) in a format that is not read or needs a model; quarry "
                    + "index --plan FOLDER --json names \(unread == 1 ? "it" : "them")")
        }
        for (kind, sources) in summary.warnings.byKind {
            let more = sources.count - Self.namedSources
            try Console.prose(
                "\(kind): \(Format.count(sources.count, "file")) (".visibleInLine
                    + sources.prefix(Self.namedSources).map(\.visibleInLine).joined(separator: ", ")
                    + (more > 0 ? " and \(more) more; --json names them all)" : ")"))
        }
        if summary.copies > 0 {
            let has = summary.copies == 1 ? "has" : "have"
            try Console.prose("copies: \(Format.count(summary.copies, "file")) \(has) the content of another")
        }
        if !languages.isEmpty {
            let unknown = summary.documents - languages.reduce(0) { $0 + $1.value }
            let counts = languages.map { "\($0.key) \($0.value)" } + (unknown > 0 ? ["unknown \(unknown)"] : [])
            try Console.prose("languages: \(counts.joined(separator: ", "))")
        }
        if let embedding = settings.embedding {
            let place = settings.embeddingAddress.map { " at \($0)" } ?? ""
            let revision = embedding.revision.isEmpty ? "" : ", revision \(embedding.revision.prefix(12))"
            let model = "\(embedding.model)\(place) (\(embedding.provider)\(revision))".visibleInLine
            try Console.prose("vectors: \(summary.vectors) × \(embedding.dimension) by \(model)")
            let missing = summary.chunks - summary.vectors
            if missing > 0 {
                let refused = summary.refusedTexts > 0 ? " (\(summary.refusedTexts) rejected by the model)" : ""
                try Console.prose(
                    "without a vector: \(Format.count(missing, "chunk"))\(refused), found by their words only")
            }
        } else {
            try Console.prose("vectors: none (built with --model none)")
        }
        for recall in summary.generations.lazy.filter(\.isLive).compactMap(\.recall) {
            try Console.prose(
                "recall: \(Format.decimal(recall.recall, digits: 4)) of the \(recall.neighbours) nearest vectors are found (\(recall.wanted) wanted; measured on "
                    + "\(recall.questions) of \(recall.vectors) vectors)")
        }
        for generation in summary.generations where summary.generations.count > 1 || !generation.isLive {
            try Console.prose("generation \(generation.inLine)")
        }
        let chunking = settings.chunking
        try Console.prose(
            "chunks: \(chunking.strategy.rawValue), about \(chunking.target) tokens, at most \(chunking.maximum), overlap \(chunking.overlap)"
        )
        for line in summary.readingLines { try Console.prose(line) }
        if !summary.quarantined.isEmpty {
            try Console.prose("\(summary.quarantined.couldNotBeIndexed):")
            for rejection in summary.quarantined {
                try Console.prose("  \(rejection.inLine)")
            }
        }
    }
}

extension CorpusSummary {
    /// What is replaced and added when sources are read.
    fileprivate var readingLines: [String] {
        guard let reading = settings.reading else { return [] }
        var lines: [String] = []
        let kinds = reading.redaction.kinds.map(\.rawValue).sorted()
        if !kinds.isEmpty {
            lines.append("replaced: \(kinds.joined(separator: ", "))")
            if unredactedSources > 0 {
                let isOne = unredactedSources == 1
                lines.append(
                    "not replaced yet: \(Format.count(unredactedSources, "file")) that \(isOne ? "was" : "were") read "
                        + "before; index \(isOne ? "it" : "them") again")
            }
        }
        let records = reading.records
        let members = [("text", records.text), ("id", records.id), ("title", records.title)].compactMap { name, path in
            path.map { "\(name) from \($0)" }
        }
        if !members.isEmpty { lines.append("records: \(members.joined(separator: ", "))".visibleInLine) }
        if !reading.tables.isEmpty {
            lines.append("tables of SQLite files: \(reading.tables.joined(separator: ", "))".visibleInLine)
        }
        if let ocr = reading.ocr {
            lines.append(
                "text recognition: \(ocr.languages.joined(separator: "+")), at most \(ocr.maximumPages) pages of a document"
                    .visibleInLine)
        }
        if reading.keepsHiddenText { lines.append("hidden text: kept") }
        for (name, labels) in reading.labels.byName.sorted(by: { $0.key < $1.key }) {
            let list = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.asLabel)" }
            lines.append("labels of \(name.isEmpty ? "/" : name): \(list.joined(separator: ", "))".visibleInLine)
        }
        return lines
    }
}

extension MetadataValue {
    fileprivate var asLabel: String {
        switch self {
        case .string(let text): text
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
        case .bool(let isTrue): "\(isTrue)"
        case .strings(let texts): texts.joined(separator: ", ")
        }
    }
}
