import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Bring an index up to date from all folders, files and web sites that it knows.",
        discussion: """
            Each folder is read with the patterns of its last run, and each site is fetched with its options. A folder that \
            is not there keeps its documents. Passages without a vector get one, also without any folder. With --watch, \
            sites are fetched once.

              quarry update
              quarry update --model all-MiniLM-L6-v2
              quarry update --watch --index work.quarry
            """)

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Show what would change, and change nothing.")
    var plan = false

    @Flag(help: "Stay, and update the index when something changes. ^C ends it.")
    var watch = false

    @OptionGroup var vectors: GenerationOptions

    @OptionGroup(title: "Limits and connections of models") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if plan, watch { throw ValidationError("Use either --plan or --watch, not both.") }
    }

    func run() async throws {
        let path = try file.existing()
        var missing: Set<String> = []
        guard watch else {
            let outcome = try await outcome(path, missing: &missing)
            try outcome.print(output)
            return try outcome.check()
        }
        let known = try await CorpusIndex.open(at: path, readOnly: true).knownInputs()
        let paths = known.folders.keys.sorted() + known.files.keys.sorted()
        guard !paths.isEmpty else {
            throw CorpusError(
                .input, "\(path) has no folder and no file to watch. \(IndexFileOptions.commandToFill(path))")
        }
        try await FolderChanges.follow(paths, index: path, output) { isFirst in
            try await outcome(path, isLater: !isFirst, missing: &missing)
        }
    }

    /// - Parameters:
    ///   - isLater: Whether this is a run after a change of folders. It fetches no sites.
    ///   - missing: The folders that were not there in the run before. They are not named again.
    private func outcome(
        _ path: String, isLater: Bool = false, missing: inout Set<String>
    ) async throws -> IndexCommand.Outcome {
        let index = try CorpusIndex.open(at: path, readOnly: true)
        let known = try await index.knownInputs()
        let folders = known.folders.keys.sorted().filter(FileManager.default.fileExists)
        let absent = Set(known.folders.keys).subtracting(folders)
        for folder in absent.subtracting(missing).sorted() {
            output.note("warning: \(folder) is not there. Its documents stay in the index.")
        }
        missing = absent
        let sites = isLater ? [:] : try sites(await index.knownSites())
        let inputs = folders + known.files.keys.sorted() + sites.keys.sorted()
        let lacksVectors = try await index.generations().contains { $0.isLive && $0.missing > 0 }
        // Vectors are made of the stored texts.
        let onlyVectors = inputs.isEmpty && !isLater && (lacksVectors || vectors.model != nil)
        // Each folder that is missing, and each site that is not fetched, has been named.
        if inputs.isEmpty, !onlyVectors, !known.folders.isEmpty || !known.sites.isEmpty {
            throw Termination.quarantined
        }
        guard !inputs.isEmpty || onlyVectors else {
            throw CorpusError(
                .input, "\(path) has no folder, file or site to read again. \(IndexFileOptions.commandToFill(path))")
        }
        var command = try IndexCommand.parse(["--index", path] + (onlyVectors ? [path] : inputs))
        if onlyVectors { command.inputs = [] }
        (command.plan, command.service, command.output) = (plan, service, output)
        command.vectors = vectors
        return try await command.outcome(
            known.folders.merging(known.files) { folder, _ in folder }, sites: sites)
    }

    /// The sites that can be fetched again as they were. Names the others.
    private func sites(_ known: [String: SiteOptions?]) throws -> [String: SiteOptions] {
        let isLocalOnly = try service.settings(SettingFlags()).localOnly.value
        var sites: [String: SiteOptions] = [:]
        for (site, options) in known.sorted(by: { $0.key < $1.key }) {
            guard let options else {
                output.note(
                    "warning: the index does not know with which options \(site) was fetched. Its pages stay as they are. "
                        + "Give them once more: quarry index \(site) --depth …")
                continue
            }
            guard options.allowsPrivate || !isLocalOnly else {
                output.note("warning: \(site) is not fetched (--local-only). Its pages stay as they are.")
                continue
            }
            sites[site] = options
        }
        return sites
    }
}
