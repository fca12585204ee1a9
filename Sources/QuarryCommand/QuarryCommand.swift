import ArgumentParser
import QuarryLinearAlgebra

@main
struct QuarryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarry",
        abstract: "Ask questions about your own documents, and get answers with citations.",
        discussion: """
              quarry index notes              # make an index, or update it
              quarry "Who signs the lease?"   # an answer with citations
              quarry query --retrieve lease   # only the passages
              quarry query "…" --json > answer.json
              quarry verify answer.json       # still in the files?

            An index is one file. quarry index writes index.quarry in this folder; the other commands find it in a folder \
            above too. --index names another file.

            Nothing leaves this machine unless you name a remote model: with --llm, --model, --reranker, --transcribe or \
            --describe-images, with a QUARRY_… variable, or in the configuration. An index that was made with one sends your questions to it. To forbid it: --local-only. \
            quarry models pull downloads a model, and quarry index fetches the web pages that you name.

            Exit codes: 0 success; 1 failure; 2 some inputs could not be used; 3 no answer found in the documents, or a quote is not in its file any more; \
            64 wrong usage; 130 interrupted (committed work is kept).
            """,
        version: "quarry 0.1.0 (\(BuildDescription.details))",
        subcommands: [
            IndexCommand.self, UpdateCommand.self, QueryCommand.self, ChatCommand.self, SummarizeCommand.self,
            ClassifyCommand.self, ExtractCommand.self,
            VerifyCommand.self, InfoCommand.self,
            DoctorCommand.self, BackupCommand.self, CompactCommand.self, GenerationCommand.self,
            ExportCommand.self, ImportCommand.self,
            ListCommand.self, ShowCommand.self, RemoveCommand.self, FormatsCommand.self, ChunkCommand.self,
            AuditCommand.self,
            EvalCommand.self, ModelsCommand.self, PromptCommand.self, ConfigCommand.self, CacheCommand.self,
        ])

    static func main() async {
        await Termination.exiting {
            var command = try parseAsRoot(
                CommandWords.resolved(Array(CommandLine.arguments.dropFirst())))
            let isCommitting = (command as? IndexCommand)?.plan == false
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch is CancellationError {
                throw Interruption(isCommitting: isCommitting)
            }
        }
    }
}
