import ArgumentParser
import Quarry

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write an index to standard output as JSON Lines.",
        discussion: """
            The lines are JSON objects, with or without --json: the settings first, then each document before its chunks. \
            They hold the texts of all documents and the paths of their files. docs/scripting.md describes them. \
            quarry import makes an index with the same answers of them.

              quarry export notes.quarry > notes.jsonl
              quarry export --no-vectors | gzip > notes.jsonl.gz
            """)

    @Argument(help: "The index file, as with --index.", completion: .file(extensions: ["quarry"]))
    var index: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Write the vectors. Without them the lines are shorter, and a run of the model makes them again.")
    var vectors = true

    @OptionGroup var file: IndexFileOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard index == nil || file.path == nil else {
            throw ValidationError("Name the index once: as an argument or with --index.")
        }
    }

    func run() async throws {
        var file = file
        if let index { file.path = index }
        let exported = try CorpusIndex.open(at: try file.existing(), readOnly: true)
        let isShown = !output.quiet && Console.standardErrorIsTerminal
        let report = try await exported.export(withVectors: vectors) { done, total in
            if isShown { Console.status("exported \(done) of \(Format.count(total, "document"))") }
        } _: { line in
            try Console.print(JSONOutput.escaped(line))
        }
        if isShown { Console.status("") }
        output.note(
            "\(file.written): exported \(Format.count(report.documents, "document")) with "
                + "\(Format.count(report.chunks, "chunk")) and \(Format.count(report.vectors, "vector"))")
    }
}
