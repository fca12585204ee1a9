import QuarryCore
import QuarryRetrievalQA
import Testing

/// Thoughts in the replies of models, seen through the chain.
struct ThoughtFilterTests {
    private let passage = hit(1, "The ferry leaves the north pier at seven. The crossing takes forty minutes.")

    private func answer(_ pieces: [String]) async throws -> (answer: Answer, shown: String) {
        let chain = RetrievalQA(
            retriever: ListRetriever(hits: [passage]), model: FixedLanguageModel(pieces: pieces))
        var shown = ""
        for try await event in chain.stream(Query("When does the ferry leave the north pier?")) {
            switch event {
            case .text(let piece): shown += piece
            case .finished(let answer): return (answer, shown)
            case .retrieved, .cited: break
            }
        }
        throw UnexpectedCall()
    }

    private let statement = "The ferry leaves at seven [1]."

    @Test(arguments: [
        "<think>The pier, 9 boats.</think>\n\n", "<thinking>\nSeven or eight?\n</thinking>", "<THINK>x</THINK> ",
        "<reasoning>a < b</reasoning>\n",
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>",
        "<think></think>", "\n<think>one</think><think>two</think>",
    ])
    func `thoughts are in neither the answer nor the stream, however they are cut`(thought: String) async throws {
        let reply = Array(thought + statement)
        for size in [1, 4, reply.count] {
            let pieces = stride(from: 0, to: reply.count, by: size).map {
                String(reply[$0..<min($0 + size, reply.count)])
            }
            let (answer, shown) = try await answer(pieces)
            #expect(answer.text == statement && answer.unsupported.isEmpty)
            #expect(shown == statement)
        }
    }

    @Test func `what is before a lone closing tag is a thought`() async throws {
        #expect(try await answer(["Okay, 4711 ferries.\n</thi", "nk>\n\n", statement]).answer.text == statement)
    }

    @Test func `a thought that never ends leaves no answer`() async throws {
        let (answer, shown) = try await answer(["<think>The ferry leaves", " at seven [1]."])
        #expect(answer.refusal == .emptyReply && shown.isEmpty)
    }

    @Test func `other signs are text`() async throws {
        let text = "The ferry leaves at seven [1]. The crossing takes < 50 <b> minutes."
        let (_, shown) = try await answer(text.map(String.init))
        #expect(shown == text)
    }
}
