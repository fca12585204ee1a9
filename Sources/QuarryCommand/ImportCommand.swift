import ArgumentParser
import Foundation
import Quarry

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make an index of what quarry export wrote.",
        discussion: """
            The new index gives the same answers with the same citations. No model is run: texts without a vector wait for \
            the next quarry update. The index appears when it is whole; after a faulty line nothing is left of it. A file \
            that is there already is not replaced.

            The folders and web sites of the export are named, but not read: quarry update reads only what a quarry index here \
            has named.

              quarry import notes.jsonl copy.quarry
              gunzip -c notes.jsonl.gz | quarry import - copy.quarry
            """)

    @Argument(
        help: ArgumentHelp("The exported lines; - for standard input.", valueName: "lines"),
        completion: .file(extensions: ["jsonl"]))
    var lines: String

    @Argument(help: "The new index file, as with --index.", completion: .file(extensions: ["quarry"]))
    var index: String?

    @Option(
        name: [.customLong("index"), .customShort("i")],
        help: ArgumentHelp("The new index file.", valueName: "file"), completion: .file(extensions: ["quarry"]))
    var path: String?

    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.import/1"
        var index: String
        var documents: Int
        var chunks: Int
        var vectors: Int
        /// Chunks without a vector, because the export had none of them.
        var withoutVectors: Int
        /// The folders and web sites of the export. They are not read until quarry index names them.
        var folders: [String]
        var sites: [String]
    }

    func validate() throws {
        guard (index == nil) != (path == nil) else {
            throw ValidationError("Name the new index once: as an argument or with --index.")
        }
    }

    func run() async throws {
        guard let index = index ?? path else { return }
        let isShown = !output.quiet && Console.standardErrorIsTerminal
        let report = try await CorpusIndex.import(from: try input(), to: index) { done, total in
            if isShown { Console.status("imported \(done) of \(Format.count(total, "document"))") }
        }
        if isShown { Console.status("") }
        let imported = try CorpusIndex.open(at: index, readOnly: true)
        let missing = imported.settings.embedding == nil ? 0 : report.chunks - report.vectors
        if output.json {
            let reply = Reply(
                index: index, documents: report.documents, chunks: report.chunks, vectors: report.vectors,
                withoutVectors: missing, folders: report.folders, sites: report.sites)
            return try Console.print(JSONOutput.string(reply, pretty: true))
        }
        guard !output.quiet else { return }
        let rest =
            missing == 0
            ? ""
            : ". \(Format.count(missing, "chunk")) without a vector: to make them, quarry update --index "
                + CommandWords.quoted(index)
        try Console.prose(
            "\(index): imported \(Format.count(report.documents, "document")) with "
                + "\(Format.count(report.chunks, "chunk")) and \(Format.count(report.vectors, "vector"))\(rest)")
        let inputs = report.folders + report.sites
        guard !inputs.isEmpty else { return }
        output.note(
            "note: quarry update reads nothing of what this index was made of, until you name it: quarry index --index "
                + "\(CommandWords.quoted(index)) \(inputs.prefix(3).map(CommandWords.quoted).joined(separator: " "))"
                + (inputs.count > 3 ? " …" : ""))
    }

    private func input() throws -> FileHandle {
        if lines == "-" { return .standardInput }
        guard FileManager.default.fileExists(atPath: lines) else { throw NearbyFile.missing([lines]) }
        do {
            return try FileHandle(forReadingFrom: URL(fileURLWithPath: lines))
        } catch {
            throw CorpusError(.input, "\(lines) cannot be read: \(error.localizedDescription)", underlyingError: error)
        }
    }
}
