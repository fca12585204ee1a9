import Foundation
import Quarry
import QuarrySession
import QuarryTestSupport
import Testing

/// The semantic cache: when an earlier answer is given again.
struct SimilarAnswersTests {
    let folder: TemporaryFolder
    let store: AnswerStore
    private let vector = QueryVector(
        [0.6, 0.8],
        by: EmbeddingFingerprint(provider: "testing", model: "two", revision: "1", dimension: 2, maximumTokens: 9))

    init() throws {
        folder = try TemporaryFolder()
        store = try AnswerStore(path: folder.path("answers.sqlite"))
    }

    private func answers(_ change: (inout QueryOptions) -> Void = { _ in }, model: String = "http://127.0.0.1:9/v1")
        throws -> SimilarAnswers
    {
        var options = QueryOptions()
        change(&options)
        return try SimilarAnswers(
            store: store, threshold: 0.9,
            conditions: AnswerConditions(options: options, models: [ModelReference(model)]))
    }

    private func reply(_ text: String) -> QueryReply {
        var reply = QueryReply(
            id: nil, question: "How high is the rent?", mode: .hybrid, retrieval: Retrieval(),
            timings: QueryReply.Timings())
        (reply.answer, reply.refused) = (text, false)
        return reply
    }

    @Test func `an answer is given again for the same state of the same index only`() async throws {
        let answers = try answers()
        try await answers.keep(reply("700"), vector: vector, revision: "a/1")
        func found(_ revision: String) async throws -> String? {
            try await answers.reply(to: "What is the rent?", vector: vector, revision: revision)?.answer
        }
        #expect(try await found("a/1") == "700")
        #expect(try await found("a/2") == nil)
        #expect(try await found("b/1") == nil)
    }

    @Test func `every option that changes an answer keeps answers apart`() async throws {
        try await answers().keep(reply("700"), vector: vector, revision: "a/1")
        let changes: [(inout QueryOptions) -> Void] = [
            { $0.mode = .vector }, { $0.fusion = .reciprocalRank(k: 3) }, { $0.depth = 7 }, { $0.diversity = 0.5 },
            { $0.mergesNeighbours = false }, { $0.bm25.b = 0.1 }, { $0.bm25.weights.title = 3 },
            { $0.rerankDepth = 9 }, { $0.window = .section },
            { $0.filter = .equals("lang", "en") },
            { $0.limit = 2 }, { $0.promptTokens = 900 }, { $0.answerTokens = 90 }, { $0.threshold = 0.4 },
            { $0.comparesSentences = false },
        ]
        for change in changes {
            let other = try answers(change)
            #expect(try await other.reply(to: "What is the rent?", vector: vector, revision: "a/1") == nil)
        }
        let other = try answers(model: "http://127.0.0.1:10/v1")
        #expect(try await other.reply(to: "What is the rent?", vector: vector, revision: "a/1") == nil)
        let same = try answers()
        #expect(try await same.reply(to: "What is the rent?", vector: vector, revision: "a/1")?.cached == true)
    }
}
