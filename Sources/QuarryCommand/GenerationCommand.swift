import ArgumentParser
import Quarry

struct GenerationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generation", abstract: "List, switch and drop the generations of an index's vectors.",
        discussion: """
            A generation has the vectors of one embedding model. Questions are answered from the live one. Another model \
            builds its own beside it (quarry update --model MODEL), and the earlier one stays until it is dropped, so that \
            a switch back is one step. Documents, passages and words are shared.

              quarry generation list
              quarry generation switch 1
              quarry generation drop 2
            """,
        subcommands: [List.self, Switch.self, Drop.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the generations of an index's vectors.")

        @OptionGroup var file: IndexFileOptions

        @Flag(help: "Print one JSON object.")
        var json = false

        private struct Reply: Encodable {
            var schema = "quarry.generations/1"
            var index: String
            var generations: [VectorGeneration]
        }

        func run() async throws {
            let path = try file.existing()
            let generations = try await CorpusIndex.open(at: path, readOnly: true).generations()
            if json {
                return try Console.print(JSONOutput.string(Reply(index: path, generations: generations), pretty: true))
            }
            if generations.isEmpty { try Console.prose("\(path) has no vectors.") }
            for generation in generations { try Console.prose(generation.inLine) }
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "switch", abstract: "Answer questions from another generation from now on.",
            discussion: """
                It is one step. Questions that are being answered end as they were. A generation that lacks vectors is \
                refused, because those passages would be found by their words only; --incomplete accepts it.
                """)

        @Argument(help: "The number of the generation.")
        var number: Int64

        @OptionGroup var file: IndexFileOptions

        @Flag(help: "Switch although passages have no vector in the generation yet.")
        var incomplete = false

        @OptionGroup var output: OutputOptions

        private struct Reply: Encodable {
            var schema = "quarry.generation.switch/1"
            var index: String
            var live: Int64
            var before: Int64?
        }

        func run() async throws {
            let path = try file.existing()
            let before = try await CorpusIndex.open(at: path).switchGeneration(to: number, acceptsMissing: incomplete)
            if output.json {
                try Console.print(JSONOutput.string(Reply(index: path, live: number, before: before), pretty: true))
            } else if !output.quiet {
                let back = before.map { $0 == number ? "; it was before" : "; before: generation \($0)" } ?? ""
                try Console.prose("\(path): questions are answered from generation \(number) now\(back)")
            }
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Remove a generation with its vectors.",
            discussion: """
                The live one cannot be dropped. The file keeps its size: new data uses the space, and quarry compact gives it \
                back to the system.
                """)

        @Argument(help: "The number of the generation.")
        var number: Int64

        @OptionGroup var file: IndexFileOptions
        @OptionGroup var output: OutputOptions

        private struct Reply: Encodable {
            var schema = "quarry.generation.drop/1"
            var index: String
            var dropped: Int64
            var freedBytes: Int
        }

        func run() async throws {
            let path = try file.existing()
            let freed = try await CorpusIndex.open(at: path).dropGeneration(number) {
                output.noteWaiting(for: $0, with: path)
            }
            if output.json {
                try Console.print(
                    JSONOutput.string(Reply(index: path, dropped: number, freedBytes: freed), pretty: true))
            } else if !output.quiet {
                try Console.prose(
                    "\(path): dropped generation \(number); \(Format.bytes(freed)) became free, and quarry compact gives "
                        + "them back")
            }
        }
    }
}

extension VectorGeneration {
    /// `2 (live): 812 vectors × 384 by multilingual-e5-small, 1.3 MB`, with what is missing.
    var inLine: String {
        var parts = ["\(vectors) vectors × \(fingerprint.dimension) by \(model)".visibleInLine]
        if missing > 0 { parts.append("\(Format.count(missing, "chunk")) without a vector") }
        if refused > 0 { parts.append("\(Format.count(refused, "chunk")) rejected by the model") }
        parts.append(Format.bytes(bytes))
        return "\(number)\(isLive ? " (live)" : ""): \(parts.joined(separator: ", "))"
    }
}
