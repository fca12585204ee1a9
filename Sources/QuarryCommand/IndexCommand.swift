import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Index files, folders and web pages, or update an index.",
        usage: "quarry index [options] input ...",
        discussion: """
            Reads text, Markdown, web pages, PDF, office files, mail, books, tables, JSON, source code, archives of these and \
            more (quarry formats lists them). \
            Only files that changed since the last run are read and embedded. Deleted files are removed from the index. \
            Files that cannot be read are listed, and the exit code is 2. \
            Unknown files that turn out to be binary are skipped and listed. Recordings and pictures are read if you \
            name models for them. Their text stays in the index when a later run names no model.

            Another --model than that of the index builds a new generation of vectors beside the live one: questions are \
            answered from the live one until every passage has a vector of the new model, and from the new one then. The \
            earlier one stays (quarry generation).

            Web pages are fetched from the addresses that you give, and from nowhere else.

              quarry index docs/ notes.md
              quarry index https://example.org/docs/ --depth 2
              quarry index --plan docs/
              quarry index docs/ --model all-MiniLM-L6-v2
              cat report.md | quarry index - --name report.md
            """)

    @Argument(help: "Files, folders and addresses of web pages; - for standard input.", completion: .file())
    var inputs: [String]

    @Option(
        name: [.customLong("index"), .customShort("i")],
        help: ArgumentHelp(
            "The index file. The default is \(IndexFileOptions.defaultName) in this folder.", valueName: "file"),
        completion: .file(extensions: ["quarry"]))
    var index: String?

    @OptionGroup(title: "Web pages") var web: WebOptions
    @OptionGroup(title: "Limits and connections of models") var service: ServiceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Show what would change, and change nothing.")
    var plan = false

    @Flag(help: "Stay, and update the index when something in the folders changes. ^C ends it.")
    var watch = false

    @Option(
        help: ArgumentHelp(
            "Index only files that match this pattern (.gitignore syntax). Other files of the folders leave the index. Repeatable.",
            valueName: "pattern"))
    var include: [String] = []

    @Option(
        help: ArgumentHelp(
            "Skip files that match this pattern (.gitignore syntax). They leave the index. Repeatable.",
            valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "The name of standard input in citations; the default is \(Self.defaultName). Its extension sets the format.",
            valueName: "name"))
    var name: String?

    static let defaultName = "stdin.txt"

    /// The index file.
    private var path: String { index ?? IndexFileOptions.defaultName }

    @Option(parsing: .unconditional, help: ArgumentHelp("Do not index larger files.", valueName: "MiB"))
    var maxFileSize = 256

    @OptionGroup var vectors: GenerationOptions

    @OptionGroup(title: "Reading") var reading: ReadingFlags
    @OptionGroup(title: "Privacy and labels") var privacy: PrivacyFlags
    @OptionGroup(title: "Remote models, for a new index or generation") var remote: RemoteModelOptions

    @OptionGroup(title: "Recordings and pictures") var media: MediaOptions
    @OptionGroup(title: "PDF and scans") var pdf: PDFOptions

    @OptionGroup(title: "Passages, for a new index") var chunking: ChunkingOptions

    /// - Throws: A wrong usage, if the model named here and the index do not go together.
    private func opening(_ settings: Settings, _ services: ModelServices) async throws -> IndexOpening {
        do {
            return try await IndexOpening(
                path: path, model: vectors.model, settings: settings, services: services, remote: remote.options,
                chunking: chunking.applied, reading: { pdf.applied(to: privacy.applied(to: reading.applied(to: $0))) },
                isTemporary: plan)
        } catch let error as CorpusError where error.code == .hasVectors {
            throw ValidationError("\(error) Name another index with --index, or omit --model.")
        }
    }

    /// The inputs, and the reason if standard input is rejected: it is too long, or cannot be read.
    private func sources() async throws -> (inputs: [IndexInput], refused: [Rejection]) {
        var sources: [IndexInput] = []
        var refused: [Rejection] = []
        for input in inputs where !SiteFetch.isAddress(input) {
            guard input == "-" else {
                sources.append(.path(input))
                continue
            }
            do {
                let source = try await StandardInput.read(
                    id: name ?? Self.defaultName, maximumBytes: maxFileSize << 20)
                sources.append(.bytes(source.bytes, name: source.id))
            } catch let error as Rejection {
                refused.append(error)
            }
        }
        return (sources, refused)
    }

    /// Takes out a text from standard input that has no name of its own and would replace another one.
    private func keepEarlierText(
        in index: CorpusIndex, _ sources: inout [IndexInput], _ refused: inout [Rejection]
    ) async throws {
        guard name == nil else { return }
        for (position, source) in sources.enumerated() {
            guard case .bytes(let bytes, let name) = source.kind, let earlier = try await index.digest(ofSource: name),
                earlier != ContentHash(of: bytes)
            else { continue }
            sources.remove(at: position)
            refused.append(
                Rejection(
                    source: name, reason: .duplicateID,
                    message:
                        "The index already holds another text of this name. Name the new text with --name; to replace the earlier one, use --name \(name)."
                ))
            return
        }
    }

    func validate() throws {
        guard inputs.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input (-) can be given only once.")
        }
        if let name, name.allSatisfy(\.isWhitespace) {
            throw ValidationError("--name “\(name)” is empty. Give a name for citations, such as report.md.")
        }
        if watch, plan || inputs.contains(where: { $0 == "-" || SiteFetch.isAddress($0) }) {
            throw ValidationError("--watch needs files and folders, and goes without --plan.")
        }
        guard (1...1 << 20).contains(maxFileSize) else {
            throw ValidationError("--max-file-size \(maxFileSize) is not between 1 and \(1 << 20).")
        }
    }

    func run() async throws {
        guard watch else {
            let outcome = try await outcome()
            try outcome.print(output)
            return try outcome.check()
        }
        // A folder that is renamed would take relative paths along.
        var command = self
        command.inputs = inputs.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        command.index = URL(fileURLWithPath: path).standardizedFileURL.path
        try await FolderChanges.follow(command.inputs, index: path, output) { [command] _ in
            try await command.outcome()
        }
    }

    /// - Parameters:
    ///   - selections: The options of single inputs, in place of those of the command.
    ///   - sites: The options of web sites among the inputs, in place of those of the command.
    func outcome(
        _ selections: [String: InputOptions] = [:], sites: [String: SiteOptions] = [:]
    ) async throws -> Outcome {
        var flags = SettingFlags()
        flags.model = Setting(vectors.model, flag: "--model")
        media.add(to: &flags)
        let settings = try service.settings(flags)
        try media.check(settings)
        let addresses = inputs.filter(SiteFetch.isAddress)
        if addresses.contains(where: { sites[$0] == nil }) { try web.check(settings) }
        let (sources, refused) = try await sources()
        let isNew = !plan && !FileManager.default.fileExists(atPath: path)
        // A wrong path makes no index.
        if !FileManager.default.fileExists(atPath: path) {
            do {
                if addresses.isEmpty { try sources.checkExistence() }
            } catch {
                throw Self.advised(error, on: inputs)
            }
            if index == nil, let above = IndexFileOptions.indexAbove {
                output.note("note: this makes a new index. To add to \(above), use --index \(above).")
            }
        }
        let services = service.services(settings, isPlanning: plan, isQuiet: output.quiet)
        var opening = try await opening(settings, services)
        note(opening.building)
        if !privacy.labels.isEmpty { try opening.label(sources, pages: addresses, with: privacy.labels) }
        defer { if let spent = services.ledger.spending.summary { output.note(spent) } }
        let report: IndexingReport
        do {
            let readers = try await services.readers(
                settings, opening.reading, describing: media.describing, password: pdf.password())
            let show: @Sendable (String) -> Void = { Console.note($0) }
            let fetch = try addresses.isEmpty ? nil : SiteFetch(settings: settings, trace: service.verbose ? show : nil)
            defer { fetch?.end() }
            let progress = ProgressLine(isQuiet: output.quiet)
            let start = ContinuousClock.now
            let requests = addresses.map { ($0, sites[$0] ?? web.options(maximumFileSize: maxFileSize)) }
            let pages = try await fetch?.sites(
                requests, for: opening.index, readers: readers, onProgress: progress.show)
            progress.clear()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            var result = try await run(
                on: opening, sources + (pages?.sites ?? []).map(IndexInput.site), refused + (pages?.refused ?? []),
                selections, readers: readers)
            result.seconds += seconds
            report = result
        } catch {
            throw Self.advised(error, on: inputs)
        }
        if let number = opening.building?.number, vectors.keepsLive, !plan,
            report.generations.contains(where: { $0.number == number && $0.missing == 0 })
        {
            output.note(
                "generation \(number) is complete; to answer questions from it: quarry generation switch \(number)")
        }
        let isRemoved = isNew && removeIfEmpty(opening.index)
        let estimate = plan ? try await opening.estimate(of: report) : nil
        if plan, opening.index.settings.chunking.strategy == .semantic {
            output.note(
                "A plan asks no model, so it counts passages as the chunker “structure” makes them. To compare the sentences, "
                    + "the model reads the text of new and changed documents once more.")
        }
        let readings = try ReadingEstimate.estimates(
            of: report.modelReads, among: services.providers, catalog: settings.catalog, budget: settings.budget,
            besides: estimate)
        return Outcome(
            report: report, path: path, isPlan: plan, isRemoved: isRemoved, estimate: estimate, readings: readings,
            spending: services.ledger.spending)
    }

    /// Says that a generation is built, and from which one questions are answered meanwhile.
    private func note(_ building: IndexOpening.Building?) {
        guard let building else { return }
        let beside = building.live.map { " beside generation \($0)" } ?? ""
        let answering = building.live.map { "from generation \($0)" } ?? "by words"
        let until = vectors.keepsLive ? "" : " until it is complete"
        output.note(
            "\(plan ? "would build" : "building") generation \(building.number) (model \(building.model))\(beside); questions "
                .visibleInLine + "are answered \(answering)\(until)")
        guard let limit = building.cutting else { return }
        output.note(
            "note: the passages stay as they are, and some may be longer than the \(limit) tokens that the model reads: it "
                + "reads their beginning, or they get no vector")
    }

    /// The error, with the path that was probably meant.
    static func advised(_ error: any Error, on inputs: [String]) -> any Error {
        let missing = inputs.filter {
            $0 != "-" && !SiteFetch.isAddress($0) && !FileManager.default.fileExists(atPath: $0)
        }
        guard let error = error as? CorpusError, error.code == .input, !missing.isEmpty else { return error }
        var advice = ""
        if missing.contains(where: { $0.contains { "*?[".contains($0) } }) {
            advice = " Give the folder, and the pattern with --include."
        } else {
            advice = NearbyFile.advice(for: missing)
        }
        return CorpusError(.input, error.message + advice)
    }

    /// Removes a file that this run made, if it holds no document: it would hide an index of a folder above.
    private func removeIfEmpty(_ index: CorpusIndex) -> Bool {
        do {
            return try index.removeIfEmpty()
        } catch {
            output.note("warning: \(Console.message(of: error))")
            return false
        }
    }

    /// Indexes, or plans.
    private func run(
        on opening: IndexOpening, _ inputs: [IndexInput], _ rejected: [Rejection],
        _ selections: [String: InputOptions], readers: ReaderRegistry
    ) async throws -> IndexingReport {
        var (sources, refused) = (inputs, rejected)
        if let error = opening.serverNotRemembered { output.note("warning: \(Console.message(of: error))") }
        try await keepEarlierText(in: opening.index, &sources, &refused)
        let indexer = try Indexer(
            opening.index, embedder: opening.embedder, counter: opening.counter, readers: readers)
        let options = InputOptions(include: include, exclude: exclude, maximumFileBytes: maxFileSize << 20)

        let progress = ProgressLine(isQuiet: output.quiet)
        var report: IndexingReport
        do {
            report =
                plan
                ? try await indexer.plan(sources, options: options, selections: selections)
                : try await indexer.index(
                    sources, options: options, selections: selections, switches: !vectors.keepsLive,
                    onProgress: progress.show,
                    onWait: { output.noteWaiting(for: $0, with: path) })
        } catch {
            progress.clear()
            if error is ProviderError, !plan {
                output.note("Finished work is kept. Run the same command again to continue.")
            }
            throw error
        }
        progress.clear()
        report.quarantined += refused
        return report
    }
}
