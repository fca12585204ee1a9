import ArgumentParser
import Quarry
import QuarrySession

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check an index for damage: the file, and each passage, vector and posting.",
        usage: "quarry doctor [options]",
        discussion: """
            The exit code is 1 if there are problems; with --repair, if some are left.

            --repair rebuilds derived data from intact rows: postings, codes, counts. Damaged vectors are \
            removed. A document whose text is damaged is removed if its file can be read again; otherwise it stays, and is \
            named. quarry update then reads those files again and makes the vectors.

              quarry doctor
              quarry doctor --index work.quarry
              quarry doctor --repair
            """)

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Rebuild what can be rebuilt, then check again.")
    var repair = false

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.doctor/1"
        var index: String
        var isWhole: Bool
        var problems: [String]
        /// What is not a problem, but should be known.
        var notes: [String]
        /// With --repair: what was done.
        var repaired: [String]?
        /// Documents and passages that were removed because nothing led to them any more.
        var orphans: Int?
        var removedOrphans: [String]?
        var sourcesToRead: [String]?
        var documentsWithoutSource: [String]?
        /// Generations with passages that have no vector now.
        var incompleteGenerations: [VectorGeneration]?
    }

    func run() async throws {
        let path = try file.existing()
        var (problems, isRepairable): ([String], Bool) = ([], !repair)
        var report: RepairReport?
        do {
            if repair {
                let done = try await repaired(path)
                (report, problems) = (done, done.problems)
            } else {
                problems = try await self.problems(of: path)
            }
        } catch let error as CorpusError where error.code == .damaged {
            problems = [error.message]
            isRepairable = isRepairable && error.isRepairable
        }
        let notes = problems.isEmpty ? try await CorpusIndex.open(at: path, readOnly: true).recallNotes() : []
        if output.json {
            try Console.print(
                JSONOutput.string(
                    Reply(
                        index: path, isWhole: problems.isEmpty, problems: problems, notes: notes,
                        repaired: report?.repaired, orphans: report?.removedOrphans.count,
                        removedOrphans: report?.removedOrphans, sourcesToRead: report?.sourcesToRead,
                        documentsWithoutSource: report?.documentsWithoutSource,
                        incompleteGenerations: report?.incompleteGenerations),
                    pretty: true))
        } else {
            if let report { try show(report, path) }
            for problem in problems { try Console.prose(problem) }
            for note in notes { output.note("\(note) quarry index measures it.") }
            if problems.isEmpty, !output.quiet { try Console.prose("\(path): no problems found") }
        }
        guard problems.isEmpty else {
            if !output.json { output.note(Self.advice(path, problems.count, isRepairable: isRepairable)) }
            throw Termination.failure
        }
    }

    private func problems(of path: String) async throws -> [String] {
        try await Termination.endingAtOnce { try CorpusIndex.open(at: path, readOnly: true).problems() }
    }

    private func repaired(_ path: String) async throws -> RepairReport {
        let index = try CorpusIndex.open(at: path)
        let readers = try configuration.settings().readers(index.settings.reading ?? ReadingOptions())
        return try await index.repair(readers: readers) { output.noteWaiting(for: $0, with: path) }
    }

    private func show(_ report: RepairReport, _ path: String) throws {
        if !output.quiet {
            for line in report.removedOrphans { try Console.prose("removed: \(line)") }
            for line in report.repaired { try Console.prose("repaired: \(line)") }
        }
        for document in report.documentsWithoutSource {
            output.note("\(document): it is damaged, and its file cannot be read again, so it stays as it is.")
        }
        for generation in report.incompleteGenerations {
            output.note(
                "\(Format.count(generation.missing, "passage")) without a vector in generation \(generation.number): to make "
                    + "them, quarry update --model \(CommandWords.quoted(generation.model)) --index "
                    + CommandWords.quoted(path))
        }
        guard !report.sourcesToRead.isEmpty else { return }
        output.note(
            "\(Format.count(report.sourcesToRead.count, "file")) must be read again: quarry update --index \(CommandWords.quoted(path)). "
                + report.sourcesToRead.prefix(5).joined(separator: ", ")
                + (report.sourcesToRead.count > 5 ? ", …" : ""))
    }

    /// - `isRepairable`: Whether a repair was not tried yet, and may help.
    private static func advice(_ path: String, _ count: Int, isRepairable: Bool) -> String {
        let problems = "\(path): \(Format.count(count, "problem"))"
        let restore = "restore the file from a copy, or move it away and run quarry index again."
        return isRepairable
            ? "\(problems) found. quarry doctor --repair rebuilds what can be rebuilt. If that is not enough, \(restore)"
            : "\(problems) that a repair does not mend. To go on, \(restore)"
    }
}
