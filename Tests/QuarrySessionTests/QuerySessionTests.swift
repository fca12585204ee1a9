import Foundation
import Quarry
import QuarryEvaluation
import QuarrySession
import QuarryTestSupport
import Testing

/// Sessions over an index that was made without a model.
struct QuerySessionTests {
    let folder: TemporaryFolder
    let settings: Settings
    let services: ModelServices

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        try folder.write("# Kettle\n\nBoil the kettle before you warm the pot.\n", to: "docs/kettle.md")
        settings = try Settings.load(environment: [:], home: folder.path("home"))
        services = ModelServices(settings, store: ModelStore(environment: [:], home: folder.path("home")))
    }

    private func opening(model: String?, isTemporary: Bool = false) async throws -> IndexOpening {
        try await IndexOpening(
            path: folder.path("i.quarry"), model: model, settings: settings, services: services,
            isTemporary: isTemporary)
    }

    private func session(_ options: QueryOptions = QueryOptions()) async throws -> QuerySession {
        let opening = try await opening(model: "none")
        _ = try await Indexer(opening.index, embedder: opening.embedder, counter: opening.counter)
            .index([.path(folder.path("docs"))])
        return try await QuerySession(
            path: folder.path("i.quarry"), settings: settings, services: services, options: options)
    }

    private let questions = [
        EvaluationQuery(id: "lease", text: "Who signs the lease?", answers: ["Mrs Ilves"]),
        EvaluationQuery(id: "bad", text: "?!", answers: []),
        EvaluationQuery(id: "other", text: "When do you boil the kettle?"),
    ]

    @Test func `a question is answered with a quote, and one outside the filter is refused`() async throws {
        let reply = try await session().answer("Who signs the lease?", id: "q")
        #expect(reply.id == "q" && reply.mode == "bm25" && reply.answer?.contains("Ilves") == true)
        var options = QueryOptions()
        options.filter = .equals("author", .string("nobody"))
        #expect(try await session(options).answer("Who signs the lease?").refused == true)
    }

    @Test func `a question that cannot be asked does not stop the others`() async throws {
        let session = try await session()
        var (asked, failed): ([String], [String]) = ([], [])
        let run = try await session.run(of: questions, limit: 10) { question, error in
            asked.append(question.id)
            if error != nil { failed.append(question.id) }
        }
        #expect(asked == ["lease", "bad", "other"] && failed == ["bad"])
        #expect(Set(run.queries) == ["lease", "other"])
    }

    @Test func `what concerns every question ends the run`() async throws {
        let error = CorpusError(.damaged, "The index is damaged.")
        var asked = 0
        await #expect(throws: CorpusError.self) {
            try await questions.ask { _ in
                throw error
            } then: { (_, _: Result<Void, any Error>) in
                asked += 1
            }
        }
        #expect(asked == 0)
    }

    @Test func `answers are counted of the questions whose answers are known`() async throws {
        var failed: [String] = []
        let report = try await AnswerReport(session(), questions: questions) { question, result in
            if case .failure = result { failed.append(question.id) }
        }
        #expect(report.questions == 2 && report.skipped == 1 && report.answerable == 1)
        #expect(report.sentenceHitRate == 1 && report.passageHitRate == 1 && failed == ["bad"])
    }

    @Test func `a mode is measured on the judged questions`() async throws {
        let judgements = Judgements(["lease": ["docs/lease.md": 1], "bad": ["x": 1]])
        let judged = judgements.judged(questions)
        #expect(judged.map(\.id) == ["lease", "bad"])
        let session = try await session()
        let result = try await RankingEvaluation(session, mode: .bm25, questions: judged, judgements: judgements) {
            _, _ in
        }
        let report = RankingReport(index: "i", questions: judged.count, results: [result])
        #expect(report.modes["bm25"]?["nDCG@10"]?.mean == 0.5)
        await #expect(throws: CorpusError.self) {
            _ = try await RankingEvaluation(session, mode: .vector, questions: judged, judgements: judgements) {
                _, _ in
            }
        }
    }

    @Test func `an index without vectors stays without a model unless one is named`() async throws {
        _ = try await session()
        // It is not installed here.
        await #expect(throws: ModelStoreError.self) { _ = try await opening(model: "all-MiniLM-L6-v2") }
        #expect(try await opening(model: nil).model == nil)
    }

    @Test func `a plan for a new index leaves no file`() async throws {
        let plan = try await opening(model: "none", isTemporary: true)
        #expect(!FileManager.default.fileExists(atPath: plan.index.path))
        #expect(!FileManager.default.fileExists(atPath: folder.path("i.quarry")))
    }
}
