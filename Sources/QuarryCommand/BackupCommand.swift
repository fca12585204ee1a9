import ArgumentParser
import Quarry

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy an index to a new file, also while it is used.",
        discussion: """
            The copy is one file, in the state of the moment at which the command began. It is used as any index: name it \
            with --index. A file that is there already is not replaced.

              quarry backup index-2026-12.quarry
              quarry backup /backups/notes.quarry --index notes.quarry
            """)

    @Argument(help: "The new file.", completion: .file(extensions: ["quarry"]))
    var copy: String

    @OptionGroup var file: IndexFileOptions
    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.backup/1"
        var index: String
        var copy: String
        var bytes: Int
    }

    func run() async throws {
        let path = try file.existing()
        let index = try CorpusIndex.open(at: path, readOnly: true)
        let isShown = !output.quiet && Console.standardErrorIsTerminal
        let start = ContinuousClock.now
        try await index.backUp(to: copy) { share in
            guard isShown else { return }
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let left = elapsed > 0.5 && share > 0.01 ? "  \(ProgressLine.duration(elapsed / share - elapsed)) left" : ""
            Console.status("copied \(Int(share * 100)) %\(left)")
        }
        if isShown { Console.status("") }
        let bytes = try CorpusIndex.open(at: copy, readOnly: true).summary().fileBytes
        if output.json {
            try Console.print(JSONOutput.string(Reply(index: path, copy: copy, bytes: bytes), pretty: true))
        } else if !output.quiet {
            try Console.prose("\(copy): a copy of \(path), \(Format.bytes(bytes))")
        }
    }
}
