import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct EvalVerificationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verification",
        abstract: "Measure how well the check of answers finds unsupported ones.",
        usage: "quarry eval verification [options] file",
        discussion: """
            Reads judged texts as JSONL: {"contexts": ["…"], "response": "…", "label": "supported"}, with “question” and \
            “id” if there are any, or {"contexts", "right_answer", "hallucinated_answer"}. Checks each text against its \
            contexts, as answers of a model are checked. No model is used and nothing is sent.

            Prints the balanced accuracy of the check as it is, and, on one half of the texts, with the threshold that is \
            best on the other half; the same for the plain share of words that are in the contexts.

              quarry eval verification judged.jsonl
            """)

    @Argument(help: "Judged texts as JSONL; - for standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "Labels of supported texts, separated by commas.", valueName: "labels"))
    var supported = "supported,support,supports,entailment,true,yes,1,fully attributable,attributable"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The support from which a sentence counts as supported (0–1).", valueName: "support"))
    var threshold = 0.5

    @OptionGroup var output: OutputOptions

    private static let maximumBytes = 256 << 20

    private struct Reply: Encodable {
        var schema = "quarry.eval.verification/1"
        var result: VerificationEvaluation
    }

    func validate() throws {
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold \(threshold) is not between 0 and 1.")
        }
    }

    func run() async throws {
        let name = file == "-" ? "standard input" : file
        let bytes =
            file == "-"
            ? try await StandardInput.read(id: name, maximumBytes: Self.maximumBytes).bytes
            : try FoundFile(path: file, id: name).load(maximumBytes: Self.maximumBytes).bytes
        let labels = Set(supported.lowercased().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        let samples = try VerificationEvaluation.Sample.read(bytes, name: name, supported: labels)
        let result = VerificationEvaluation(samples, threshold: threshold)
        if output.json {
            try Console.print(JSONOutput.string(Reply(result: result), pretty: true))
            return
        }
        try Console.prose(
            "\(Format.count(result.samples, "text")), \(result.supported) of them supported by their contexts")
        try Console.prose("balanced accuracy \(line(result.check))")
        try Console.prose(
            "held-out half, threshold \(Format.decimal(result.fittedThreshold, digits: 2)): \(line(result.checkWithFittedThreshold))"
        )
        try Console.prose("held-out half, share of words alone: \(line(result.overlapWithFittedThreshold))")
    }

    private func line(_ rates: VerificationEvaluation.Rates) -> String {
        "\(Format.decimal(rates.balancedAccuracy, digits: 3)) (supported found "
            + "\(Format.decimal(rates.supportedFound, digits: 3)), unsupported found "
            + "\(Format.decimal(rates.unsupportedFound, digits: 3)))"
    }
}
