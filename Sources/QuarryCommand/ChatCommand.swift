import ArgumentParser
import Foundation
import Quarry
import QuarrySession

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Ask questions that refer to each other.",
        discussion: """
            Answers one question a line, from a terminal or a pipe, each with its citations. A question such as “Who founded \
            it?” or “And in winter?” is understood from those before it; how, is said before the answer. /new begins another \
            conversation, /quit ends the program.

              quarry chat
              quarry chat --llm ollama/llama3
              quarry chat --json < questions.txt > replies.jsonl
            """)

    @OptionGroup var asking: QuestionOptions
    @OptionGroup(title: "Conversation") var history: HistoryOptions

    private var output: OutputOptions { asking.output }

    func run() async throws {
        var conversation = try history.conversation()
        var options = asking.options
        options.streams = showsPieces
        let session = try await asking.session(options)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        let isTerminal = Console.canAsk
        if isTerminal { output.note("Ask a question. /new begins another conversation, /quit ends.") }
        var hasFailed = false
        let lines = LineStream()
        while true {
            if isTerminal { Console.note("> ", terminator: "") }
            guard let bytes = lines.next() else { break }
            guard let line = String(validating: bytes, as: UTF8.self) else {
                hasFailed = true
                Console.note("skipped: line \(lines.number) is not valid UTF-8.")
                continue
            }
            let text = line.trimmingCharacters(in: .whitespaces)
            switch text {
            case "": continue
            case "/quit", "/exit", "/q": return try finish(hasFailed)
            case "/new":
                conversation.clear()
                output.note("note: a new conversation")
            case _ where text.hasPrefix("/") && !text.contains(" "):
                hasFailed = true
                Console.note("There is no command \(text.visibleInLine). The commands are /new and /quit.")
            case _ where BareQuestion(text).asksNothing:
                output.note("note: “\(text.visibleInLine)” asks nothing, so nothing was looked up.")
            default:
                do {
                    try await answer(text, in: &conversation, session)
                } catch let error where !(error is CancellationError || error is ClosedPipe || error is OutputError) {
                    hasFailed = true
                    Console.note("not answered: \(Console.message(of: error))")
                }
            }
        }
        if isTerminal { Console.note("") }
        try Task.checkCancellation()
        try finish(hasFailed)
    }

    private func finish(_ hasFailed: Bool) throws {
        if hasFailed { throw Termination.quarantined }
    }

    /// Whether an answer is shown on a terminal while it is written.
    private var showsPieces: Bool { !output.json && !output.quiet && Console.standardErrorIsTerminal }

    private func answer(
        _ text: String, in conversation: inout Conversation, _ session: QuerySession
    ) async throws {
        let streams = session.isGenerating && showsPieces
        let reply = try await session.answer(text, in: &conversation, onStandalone: output.note) { piece in
            if streams { Console.note(piece, terminator: "") }
        }
        if streams { Console.note("\n") }
        output.noteSimilarQuestion(of: reply)
        for warning in reply.shownWarnings { output.note(warning) }
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: false))
        } else {
            try ReplyPrinter(reply: reply, index: session.index.path, explains: false, isQuiet: output.quiet).print()
            try Console.print("")
        }
    }
}
