import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Bring an index up to date from all folders and files that it knows.",
        discussion: """
            Each folder is read with the patterns of its last run. A folder that is not there keeps its documents.

              quarry update
              quarry update --watch --index work.quarry
            """)

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Show what would change, and change nothing.")
    var plan = false

    @Flag(help: "Stay, and update the index when something changes. ^C ends it.")
    var watch = false

    @OptionGroup(title: "Limits and connections of models") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if plan, watch { throw ValidationError("Use either --plan or --watch, not both.") }
    }

    func run() async throws {
        let path = try file.existing()
        guard watch else { return try await update(path) }
        let known = try await CorpusIndex.open(at: path, readOnly: true).knownInputs()
        let paths = known.folders.keys.sorted() + known.files.keys.sorted()
        try await FolderChanges.follow(paths, index: path, output) { isFirst in
            try await update(path, showsNothing: !isFirst)
        }
    }

    /// - Parameter showsNothing: Whether to print nothing if nothing changed.
    private func update(_ path: String, showsNothing: Bool = false) async throws {
        let known = try await CorpusIndex.open(at: path, readOnly: true).knownInputs()
        let folders = known.folders.keys.sorted().filter { folder in
            if FileManager.default.fileExists(atPath: folder) { return true }
            output.note("warning: \(folder) is not there. Its documents stay in the index.")
            return false
        }
        for site in known.sites {
            output.note("note: the pages of \(site) are not updated. To update them: quarry index \(site)")
        }
        let paths = folders + known.files.keys.sorted()
        // Each folder that is missing, and each site, has been named.
        if paths.isEmpty, !known.folders.isEmpty || !known.sites.isEmpty { throw Termination.quarantined }
        guard !paths.isEmpty else {
            throw CorpusError(
                .input, "\(path) has no folder and no file to read again. \(IndexFileOptions.commandToFill(path))")
        }
        var command = try IndexCommand.parse(["--index", path] + paths)
        (command.plan, command.service, command.output) = (plan, service, output)
        let outcome = try await command.outcome(known.folders.merging(known.files) { folder, _ in folder })
        if !showsNothing || !outcome.report.isEmpty { try outcome.print(output) }
        try outcome.check()
    }
}
