import ArgumentParser
import QuarryLinearAlgebra

@main
struct QuarryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarry",
        abstract: "Ask questions about your own documents, and get answers with citations.",
        discussion: """
            An index is one file: ./index.quarry, or the file that --index names. Nothing leaves this machine unless you \
            name a remote model (--llm, --model, --reranker, --transcribe, --describe-images, or the configuration).

            Exit codes: 0 success; 1 failure; 2 some inputs could not be used; 3 no answer found in the documents; \
            64 wrong usage; 130 interrupted (committed work is kept).
            """,
        version: "quarry 0.1.0 (\(BuildDescription.details))",
        subcommands: [
            IndexCommand.self, QueryCommand.self, EvalCommand.self, InfoCommand.self, DoctorCommand.self,
            ModelsCommand.self, ConfigCommand.self, CacheCommand.self,
        ])

    static func main() async {
        await Termination.exiting {
            var command = try parseAsRoot()
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
