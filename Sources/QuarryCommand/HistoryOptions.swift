import ArgumentParser
import Quarry
import QuarrySession

/// What was asked and answered before.
struct HistoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Earlier turns, so that “Who founded it?” is understood: JSON Lines of “question” and “answer”, as --jsonl prints them.",
            valueName: "file"), completion: .file())
    var history: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Forget the oldest turns of a conversation beyond this length.", valueName: "tokens"))
    var historyTokens = 1_000

    func validate() throws {
        guard (16...100_000).contains(historyTokens) else {
            throw ValidationError("--history-tokens \(historyTokens) is not between 16 and 100000.")
        }
    }

    /// - Throws: ``CorpusError`` if the file cannot be read or has a line that is not a turn.
    func conversation() throws -> Conversation {
        guard let history else { return Conversation(budget: historyTokens) }
        let bytes: [UInt8]
        do {
            bytes = try FoundFile(path: history, id: history).load(maximumBytes: ConversationFile.maximumBytes).bytes
        } catch {
            throw CorpusError(.input, error.reason == .vanished ? "\(history): There is no such file." : "\(error)")
        }
        return Conversation(turns: try ConversationFile.turns(bytes, name: history), budget: historyTokens)
    }
}

extension OutputOptions {
    /// Says how a question of a conversation is understood.
    func note(_ question: StandaloneQuestion) {
        guard question.isRewritten else { return }
        let isRussian = question.text.isMostlyCyrillic
        note((isRussian ? "понято как: " : "understood as: ") + question.text.visibleInLine)
    }
}
