import ArgumentParser
import Quarry

struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Make an index file smaller after much was deleted.",
        discussion: """
            Gives the space of deleted documents and vectors back to the system. It needs free space for two more copies of \
            the file. Questions are answered meanwhile. quarry info shows how much space is unused.

              quarry compact
            """)

    @OptionGroup var file: IndexFileOptions
    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.compact/1"
        var index: String
        var before: IndexFileSize
        var after: IndexFileSize
    }

    func run() async throws {
        let path = try file.existing()
        let isShown = !output.quiet && Console.standardErrorIsTerminal
        let index = try CorpusIndex.open(at: path)
        if isShown { Console.status("compacting \(path.visibleInLine)") }
        let (before, after) = try await index.compact { output.noteWaiting(for: $0, with: path) }
        if isShown { Console.status("") }
        if output.json {
            try Console.print(JSONOutput.string(Reply(index: path, before: before, after: after), pretty: true))
        } else if !output.quiet {
            try Console.prose("\(path): \(Format.bytes(before.bytes)) before, \(Format.bytes(after.bytes)) now")
        }
    }
}
