import ArgumentParser
import Quarry

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a document as the index holds it.",
        usage: "quarry show [options] document",
        discussion: """
            Prints the text that was read from the file. --chunks shows how it is cut, with the headings and the place of each chunk.

              quarry show notes/lease.md
              quarry show report.pdf --chunks
              quarry show notes/lease.md --json
            """)

    @Argument(help: "The id of a document, its file, or a pattern that only one matches.")
    var name: String

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Show the chunks, with their headings and places.")
    var chunks = false

    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        struct Chunk: Encodable {
            var text: String
            var headings: [String]
            var tokens: Int
            var location: SourceLocation
        }

        var schema = "quarry.show/1"
        var index: String
        var id: String
        var title: String?
        var source: String
        var path: String?
        var language: String?
        var metadata: [String: MetadataValue]
        var text: String
        var chunks: [Chunk]
    }

    func run() async throws {
        let path = try file.existing()
        let index = try CorpusIndex.open(at: path, readOnly: true)
        let reply = try await reply(index, path: path)
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        output.note(
            [
                reply.title, reply.source == reply.id ? nil : reply.source, reply.language,
                Format.count(reply.chunks.count, "chunk"),
            ]
            .compactMap { $0?.visibleInLine }.joined(separator: ", "))
        guard chunks else { return try Console.print(reply.text) }
        for (number, chunk) in reply.chunks.enumerated() {
            let headings = chunk.headings.isEmpty ? "" : ": " + chunk.headings.joined(separator: " > ")
            try Console.prose(
                (number == 0 ? "" : "\n")
                    + "[\(number + 1)] \(chunk.location), \(Format.count(chunk.tokens, "token"))\(headings)")
            try Console.print(chunk.text)
        }
    }

    private func reply(_ index: CorpusIndex, path: String) async throws -> Reply {
        let found = try DocumentSelection(documents: await index.documents()).matching(name, in: path)
        guard let document = found.first, found.count == 1 else {
            throw CorpusError(
                .input,
                "“\(name)” matches \(found.count) documents. Give the id of one:\n"
                    + found.prefix(5).map { "  \($0.id)\n" }.joined()
                    + (found.count > 5 ? "  … and \(found.count - 5) more (quarry ls lists them)" : "")
            )
        }
        guard let stored = try await index.storedDocument(document.id) else {
            throw CorpusError(.input, "\(path) has no document \(document.id) any more.")
        }
        let passages = try await index.withSnapshot { try await $0.passages(document.chunks) }
        return Reply(
            index: path, id: document.id, title: document.title, source: document.source, path: stored.path,
            language: document.language, metadata: document.metadata, text: stored.document.text,
            chunks: document.chunks.compactMap { passages[$0] }.map { passage in
                Reply.Chunk(
                    text: passage.chunk.text, headings: passage.chunk.headings, tokens: passage.chunk.tokenCount,
                    location: passage.location(of: 0..<passage.chunk.text.utf8.count))
            })
    }
}
