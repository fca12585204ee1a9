import ArgumentParser
import Foundation
import Quarry
import QuarryEvaluation
import QuarrySession

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show what to know before relying on a folder of documents.",
        usage: "quarry audit [options] input ...",
        discussion: """
            Are the documents relevant, available and standardised? Reads them like quarry index and reports formats, \
            encodings, languages, files that cannot be read, duplicates, personal data (counted, never shown), hints of \
            licences, links that lead nowhere, dates, metadata and lengths. With questions, also how many of them the \
            documents answer. It makes no index and uses no model.

              quarry audit docs
              quarry audit docs --questions questions.txt
              quarry audit docs --html audit.html
              quarry audit docs --json > audit.json

            Exit codes: 0 also with findings; 1 if --fail-on finds something; 2 if nothing could be read.
            """)

    @Argument(help: "Files and folders.", completion: .file())
    var inputs: [String]

    @Option(
        help: ArgumentHelp(
            "Measure how many of these questions the documents answer: one a line, or JSONL as quarry eval reads it.",
            valueName: "file"), completion: .file())
    var questions: String?

    @Option(
        help: ArgumentHelp("Write the report as a web page, too.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Count documents that are older than this.", valueName: "years"))
    var olderThan = 3

    @Option(
        help: ArgumentHelp(
            "Exit with 1 if there are any: \(AuditFinding.allValueStrings.joined(separator: ", ")). Repeatable.",
            valueName: "finding"))
    var failOn: [AuditFinding] = []

    @Option(
        help: ArgumentHelp(
            "Take only files that match this pattern (.gitignore syntax). Repeatable.", valueName: "pattern"))
    var include: [String] = []

    @Option(
        help: ArgumentHelp("Skip files that match this pattern (.gitignore syntax). Repeatable.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Do not read larger files.", valueName: "MiB"))
    var maxFileSize = 256

    @OptionGroup(title: "Reading") var reading: ReadingFlags
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if inputs.contains("-") {
            throw ValidationError("Standard input (-) cannot be audited. Name files or folders.")
        }
        guard maxFileSize > 0, maxFileSize <= 1 << 20 else {
            throw ValidationError("--max-file-size \(maxFileSize) is not between 1 and \(1 << 20).")
        }
        guard (0...1000).contains(olderThan) else {
            throw ValidationError("--older-than \(olderThan) is not between 0 and 1000.")
        }
    }

    func run() async throws {
        var options = Audit.Options()
        options.input = InputOptions(include: include, exclude: exclude, maximumFileBytes: maxFileSize << 20)
        options.yearLimit = olderThan
        let asked = try questions.map(EvaluationInput.questions)
        let audit = Audit(
            readers: try configuration.settings().readers(reading.applied(to: ReadingOptions())), options: options)
        let lines = (
            reading: ProgressLine(isQuiet: output.quiet, subject: "read"),
            questions: ProgressLine(isQuiet: output.quiet, subject: "questions: words")
        )
        let report: AuditReport
        do {
            report = try await audit.report(on: inputs, questions: asked) { stage, progress in
                switch stage {
                case .reading: lines.reading.show(progress)
                case .questions: lines.questions.show(progress)
                }
            }
        } catch {
            lines.reading.clear()
            throw IndexCommand.advised(error, on: inputs)
        }
        lines.reading.clear()
        if let html { try write(AuditPage(report).html, to: html) }
        if output.json {
            try Console.print(JSONOutput.string(report, pretty: true))
        } else {
            try AuditPrinter(report).print()
        }
        if let html { output.note("web page: \(html)") }
        if report.lengths.documents == 0 {
            Console.note("No document could be read.")
            throw Termination.quarantined
        }
        let failing = failOn.compactMap { finding in
            let count = finding.count(in: report)
            return count > 0 ? "\(finding.rawValue) (\(count))" : nil
        }
        guard failing.isEmpty else {
            Console.note("The audit fails on \(failing.joined(separator: ", ")).")
            throw Termination.failure
        }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CorpusError(
                .input, "\(path) cannot be written: \(error.localizedDescription)", underlyingError: error)
        }
    }
}

/// What can make an audit fail.
enum AuditFinding: String, ExpressibleByArgument, CaseIterable {
    case unread, encrypted, scanned, duplicates, personalData = "personal-data", danglingLinks = "dangling-links"
    case missingTitles = "missing-titles", old, unanswered

    func count(in report: AuditReport) -> Int {
        switch self {
        case .unread: report.files.count - report.files.read
        case .encrypted: report.unreadCount("encrypted")
        case .scanned: report.unreadCount("scanned")
        case .duplicates: report.duplicates.redundantDocuments
        case .personalData: report.personalData.files.count
        case .danglingLinks: report.links.dangling.count
        case .missingTitles: report.withoutTitle.count
        case .old: report.age.older
        case .unanswered: report.questions?.unanswered.count ?? 0
        }
    }
}
