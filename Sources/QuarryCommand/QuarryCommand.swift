import ArgumentParser
import QuarryLinearAlgebra

@main
struct QuarryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarry",
        abstract: "Ask your own documents, and get answers with citations that can be checked.",
        discussion: """
            A corpus is one file, ./index.quarry unless --index names another. Nothing leaves this machine unless you \
            name a server with --llm.

            Exit codes: 0 done; 1 failed; 2 done, but some inputs are in quarantine; 3 the documents do not say; \
            64 wrong usage; 130 interrupted; what an index had committed is kept.
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
