import ArgumentParser
import Quarry

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check an index for damage: the file, and each passage, vector and posting.",
        discussion: """
            The exit code is 1 if there are problems.

              quarry doctor
              quarry doctor --index work.quarry
            """)

    @OptionGroup var file: IndexFileOptions

    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.doctor/1"
        var index: String
        var isWhole: Bool
        var problems: [String]
    }

    func run() async throws {
        let path = try file.existing()
        let problems = try await Termination.endingAtOnce {
            do {
                return try CorpusIndex.open(at: path, readOnly: true).problems()
            } catch let error as CorpusError where error.code == .damaged {
                return [error.message]
            }
        }
        if output.json {
            try Console.print(
                JSONOutput.string(Reply(index: path, isWhole: problems.isEmpty, problems: problems), pretty: true))
        } else if problems.isEmpty {
            if !output.quiet { try Console.prose("\(path): no problems found") }
        } else {
            for problem in problems { try Console.prose(problem) }
            output.note(
                "\(path): \(Format.count(problems.count, "problem")) found. Restore the file from a copy, or move it away and run quarry index again."
            )
        }
        if !problems.isEmpty { throw Termination.failure }
    }
}
