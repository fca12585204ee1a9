import ArgumentParser
import Quarry

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the documents of an index.",
        usage: "quarry ls [options] [document ...]",
        discussion: """
              quarry ls
              quarry ls notes/ '*.md' --filter author=Ines
              quarry ls --json
            """)

    @Argument(help: "Only these: ids, files, folders, or patterns such as 'notes/*.md'.")
    var names: [String] = []

    @OptionGroup var file: IndexFileOptions

    @Option(
        name: .customLong("filter"),
        help: ArgumentHelp(
            "Only documents with this metadata value. Repeatable; all filters must match.", valueName: "key=value"),
        transform: FilterArgument.init)
    var filters: [FilterArgument] = []

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Reply: Encodable {
        struct Entry: Encodable {
            var id: String
            var title: String?
            var source: String
            var language: String?
            var chunks: Int
            var metadata: [String: MetadataValue]
        }

        var schema = "quarry.ls/1"
        var index: String
        var documents: [Entry]
    }

    func run() async throws {
        let path = try file.existing()
        let filter: Filter? = filters.isEmpty ? nil : .all(filters.map(\.filter))
        let documents = try await CorpusIndex.open(at: path, readOnly: true).documents(matching: filter)
        let selection = DocumentSelection(documents: documents)
        let chosen = try names.isEmpty ? documents : selection.all(names, in: path)
        if json {
            let entries = chosen.map {
                Reply.Entry(
                    id: $0.id, title: $0.title, source: $0.source, language: $0.language, chunks: $0.chunks.count,
                    metadata: $0.metadata)
            }
            try Console.print(JSONOutput.string(Reply(index: path, documents: entries), pretty: true))
            return
        }
        if documents.isEmpty, filter == nil { Console.note(ReplyPrinter.emptyIndex(path)) }
        if documents.isEmpty, filter != nil { Console.note("No document matches the filter.") }
        for document in chosen { try Console.print(Self.line(of: document)) }
    }

    /// The id, and the title if there is room; whole in a pipe, as other programs read it.
    private static func line(of document: DocumentSummary) -> String {
        let id = document.id.visibleInLine
        let facts = [document.title?.visibleInLine, document.language, Format.count(document.chunks.count, "chunk")]
            .compactMap { $0 }.joined(separator: ", ")
        guard let columns = Console.outputColumns else { return id }
        let room = columns - id.columns - 2
        return room < 12 ? id.shortened(to: columns) : id + "  " + facts.cut(to: room)
    }
}

extension DocumentSelection {
    /// The documents that the words name, each once, in the order of their ids.
    func all(_ names: [String], in path: String) throws -> [DocumentSummary] {
        var ids: Set<String> = []
        for name in names { ids.formUnion(try matching(name, in: path).map(\.id)) }
        return documents.filter { ids.contains($0.id) }
    }
}
