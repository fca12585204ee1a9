import ArgumentParser
import Quarry

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check an index for damage: the file, and each passage, vector and posting.",
        discussion: """
            The exit code is 1 if there are problems; with --repair, if some are left.

            --repair rebuilds derived data from intact rows: postings, codes, counts. Damaged vectors are \
            removed. A document whose text is damaged is removed if its file is still there. quarry index then reads \
            that file again and makes the vectors.

              quarry doctor
              quarry doctor --index work.quarry
              quarry doctor --repair
            """)

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Rebuild what can be rebuilt, then check again.")
    var repair = false

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
        var sourcesToRead: [String]?
        var documentsWithoutSource: [String]?
    }

    func run() async throws {
        let path = try file.existing()
        let found: (problems: [String], report: RepairReport?)
        do {
            found = repair ? try await repaired(path) : (try await problems(of: path), nil)
        } catch let error as CorpusError where error.code == .damaged {
            found = ([error.message], nil)
        }
        let (problems, report) = found
        let notes = problems.isEmpty ? try await CorpusIndex.open(at: path, readOnly: true).recallNotes() : []
        if output.json {
            try Console.print(
                JSONOutput.string(
                    Reply(
                        index: path, isWhole: problems.isEmpty, problems: problems, notes: notes,
                        repaired: report?.repaired,
                        sourcesToRead: report?.sourcesToRead, documentsWithoutSource: report?.documentsWithoutSource),
                    pretty: true))
        } else {
            if let report { try show(report, path) }
            for problem in problems { try Console.prose(problem) }
            for note in notes { output.note("\(note) quarry index measures it.") }
            if problems.isEmpty, !output.quiet { try Console.prose("\(path): no problems found") }
        }
        guard problems.isEmpty else {
            if !output.json { output.note(Self.advice(path, problems.count, isRepaired: repair)) }
            throw Termination.failure
        }
    }

    private func problems(of path: String) async throws -> [String] {
        try await Termination.endingAtOnce { try CorpusIndex.open(at: path, readOnly: true).problems() }
    }

    private func repaired(_ path: String) async throws -> ([String], RepairReport?) {
        let report = try await CorpusIndex.open(at: path).repair { output.noteWaiting(for: $0, with: path) }
        return (report.problems, report)
    }

    private func show(_ report: RepairReport, _ path: String) throws {
        if !output.quiet {
            for line in report.repaired { try Console.prose("repaired: \(line)") }
        }
        for document in report.documentsWithoutSource {
            output.note("\(document): it is damaged, and its file is not there, so it stays as it is.")
        }
        guard !report.sourcesToRead.isEmpty else { return }
        output.note(
            "\(Format.count(report.sourcesToRead.count, "file")) must be read again: run quarry index with the same folders. "
                + report.sourcesToRead.prefix(5).joined(separator: ", ")
                + (report.sourcesToRead.count > 5 ? ", …" : ""))
    }

    private static func advice(_ path: String, _ count: Int, isRepaired: Bool) -> String {
        let problems = "\(path): \(Format.count(count, "problem"))"
        let restore = "restore the file from a copy, or move it away and run quarry index again."
        return isRepaired
            ? "\(problems) left. To go on, \(restore)"
            : "\(problems) found. quarry doctor --repair rebuilds what can be rebuilt. If that is not enough, \(restore)"
    }
}
