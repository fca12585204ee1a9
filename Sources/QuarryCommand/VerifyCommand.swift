import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check whether the files still contain the quotes.",
        usage: "quarry verify [options] file",
        discussion: """
            Opens the files of a saved answer again. A quote is valid (at its place), moved (elsewhere in the file), \
            changed (not in the file any more) or gone (no such file). Nothing is sent, and no model is used.

            Quotes that were made elsewhere are checked too: [{"quote": "…", "source": "notes/lease.md"}]. Such a quote \
            is supported, misattributed (it is in another document of the index) or notFound.

            With --text, the file is a text that was written elsewhere. It is checked sentence by sentence against the index. A sentence is supported, \
            misattributed (only another document than that of --source says it), patched together (of parts in different \
            documents), contradicted or not found.

            The exit code is 0 if every quote is valid, moved or supported, and every sentence is supported; otherwise it is 3.

              quarry query "Who signs the lease?" --json > answer.json
              quarry verify answer.json
              quarry query --batch q.jsonl | quarry verify -
              quarry verify --text essay.txt --source notes/lease.md
            """)

    @Argument(help: "A saved answer, replies as JSON Lines, or quotes; - for standard input.", completion: .file())
    var file: String

    @Flag(help: "The file is a text; check each sentence against the index.")
    var text = false

    @Option(
        help: ArgumentHelp("With --text: the document that the text claims to be drawn from.", valueName: "document"))
    var source: String?

    @OptionGroup var index: IndexFileOptions
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    private static let maximumBytes = 64 << 20

    func validate() throws {
        if source != nil, !text { throw ValidationError("--source needs --text.") }
    }

    func run() async throws {
        let bytes: [UInt8]
        let name = file == "-" ? "standard input" : file
        do {
            bytes =
                file == "-"
                ? try await StandardInput.read(id: name, maximumBytes: Self.maximumBytes).bytes
                : try FoundFile(path: file, id: name).load(maximumBytes: Self.maximumBytes).bytes
        } catch let error as Rejection {
            throw CorpusError(.input, error.reason == .vanished ? "\(file): There is no such file." : "\(error)")
        }
        if text {
            guard let written = String(validating: bytes, as: UTF8.self) else {
                throw CorpusError(.input, "\(name) is not valid UTF-8. Convert it first, for example with iconv.")
            }
            try await verify(written)
            return
        }
        let answer = try QuotedAnswer(bytes, name: name)
        let isNamed = index.path != nil
        let path = try? index.existing()
        let settings = try configuration.settings()
        var verification = AnswerVerification(readers: { settings.readers($0) }) {
            guard isNamed || path != nil else { return nil }
            return try CorpusIndex.open(at: index.existing(), readOnly: true)
        }
        let report = try await verification.report(on: answer)
        if output.json {
            try Console.print(JSONOutput.string(report, pretty: true))
        } else {
            for entry in report.quotes { try Console.prose(entry.line(isBatch: answer.replies > 1)) }
            if path == nil, report.quotes.contains(where: { $0.status == .notFound }) {
                output.note("note: there is no index here, so only the named files were searched")
            }
            if !output.quiet { try Console.prose(report.summary) }
        }
        if !report.stands { throw Termination.notInDocuments }
    }

    private func verify(_ text: String) async throws {
        let report = try await TextVerification(
            text, claiming: source, against: CorpusIndex.open(at: index.existing(), readOnly: true))
        if output.json {
            try Console.print(JSONOutput.string(report, pretty: true))
        } else {
            for entry in report.sentences { try Console.prose(entry.line) }
        }
        if !report.stands { throw Termination.notInDocuments }
    }
}

extension TextVerification.Entry {
    /// `supported: notes/lease.md:9: …`.
    fileprivate var line: String {
        let name =
            switch status {
            case .notFound: "not found"
            case .patchedTogether: "patched together"
            case .supported, .misattributed, .contradicted: status.rawValue
            }
        let at = places.map { place in
            let lines = place.lines.first.map { ":\($0)" } ?? ""
            return (place.member.map { "\(place.source)/\($0)" } ?? place.source) + lines
        }
        let lacking = missing.isEmpty ? "" : " (not there: \(missing.joined(separator: ", ")))"
        return ([name] + (at.isEmpty ? [] : [at.joined(separator: ", ")])).joined(separator: ": ").appending(
            "\(lacking): \(sentence)"
        ).visibleInLine
    }
}

extension VerificationReport.Entry {
    /// `[1] moved: notes/lease.md:12 (was notes/lease.md:9): “…”`.
    ///
    /// - Parameter isBatch: Whether to name the line of the reply.
    fileprivate func line(isBatch: Bool) -> String {
        var start = isBatch ? self.line.map { "\($0) " } ?? "" : ""
        if let marker { start += "[\(marker)] " }
        let cited = source.map { Self.place($0, lines ?? [], places ?? []) } ?? "no source named"
        let place: String
        switch (status, found) {
        case (.moved, let found?):
            let now = found.path == path ? found.source : found.path.map(Self.relative) ?? found.source
            place = "\(Self.place(found, in: now)) (was \(cited))"
        case (.misattributed, let found?):
            place = "not in \(source ?? ""), but in \(Self.place(found, in: found.source))"
        case (_, let found?): place = Self.place(found, in: found.source)
        case (_, nil): place = cited
        }
        let changed = status == .valid && sourceChanged == true ? " (the file changed elsewhere)" : ""
        let missing = status == .gone ? " (if it was renamed, quarry index finds it again)" : ""
        let why = problem.map { " (\($0))" } ?? missing
        let name = status == .notFound ? "not found" : status.rawValue
        let words = quote.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let excerpt = words.count <= 160 ? words : words.prefix(160) + "…"
        return "\(start)\(name): \(place)\(changed)\(why): “\(excerpt)”".visibleInLine
    }

    /// A path inside the current folder without that folder.
    private static func relative(_ path: String) -> String {
        let folder = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }

    private static func place(_ found: VerificationReport.Place, in source: String) -> String {
        place(found.member.map { "\(source)/\($0)" } ?? source, found.lines, found.places)
    }

    /// As citations show it: `notes/lease.md:9-11`, or `report.pdf, page 3`.
    private static func place(_ name: String, _ lines: [Int], _ places: [Place]) -> String {
        guard places.isEmpty else { return "\(name), \(Place.description(of: places))" }
        guard let first = lines.first, let last = lines.last else { return name }
        return first == last ? "\(name):\(first)" : "\(name):\(first)-\(last)"
    }
}

extension VerificationReport {
    /// `3 quotes: 1 valid, 1 moved, 1 gone`. Zeros are left out.
    fileprivate var summary: String {
        guard !quotes.isEmpty else { return "There are no quotes to verify." }
        let parts = Status.allCases.compactMap { status -> String? in
            let count = counts[status.rawValue] ?? 0
            return count > 0 ? "\(count) \(status == .notFound ? "not found" : status.rawValue)" : nil
        }
        return "\(Format.count(quotes.count, "quote")): \(parts.joined(separator: ", "))"
    }
}
