import ArgumentParser
import Quarry

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check an index for damage: the file, and each passage, vector and posting.")

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Reply: Encodable {
        var schema = "quarry.doctor/1"
        var index: String
        var isWhole: Bool
        var problems: [String]
    }

    func run() async throws {
        let problems = try await Termination.endingAtOnce {
            do {
                return try CorpusIndex.open(at: file.path, readOnly: true).problems()
            } catch let error as CorpusError where error.code == .damaged {
                return [error.message]
            }
        }
        if json {
            try Console.print(
                JSONOutput.string(Reply(index: file.path, isWhole: problems.isEmpty, problems: problems), pretty: true))
        } else if problems.isEmpty {
            try Console.print("\(file.path): no problems found")
        } else {
            for problem in problems { try Console.print(problem) }
            Console.note(
                "\(file.path): \(Format.count(problems.count, "problem")) found. Restore the file from a copy, or move it away and run quarry index again."
            )
        }
        if !problems.isEmpty { throw Termination.failure }
    }
}
