import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Synchronization
import Testing

private let mill = hit(
    1, "The Blue Mill of Tarn was designed by the architect Lena Holt. It has four floors.", source: "mill.md")
private let bakery = hit(2, "The bakery of Tarn sells rye bread.", source: "bakery.md")
private let person = hit(3, "Lena Holt was born in Varde. She had two brothers.", source: "holt.md")
private let other = hit(4, "Otto Wren was born in Kolding.", source: "wren.md")

/// Finds the passages that a search for a name needs, and records what was searched for.
private final class NameRetriever: Retriever {
    private let byName: [ScoredChunk]
    private let recorded = Mutex<[Query]>([])

    init(byName: [ScoredChunk]) { self.byName = byName }

    var queries: [Query] { recorded.withLock { $0 } }

    func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
        recorded.withLock { $0.append(query) }
        let hits = query.text.contains("Lena Holt") ? byName : [mill, bakery]
        return Retrieval(hits: Array(hits.prefix(limit)))
    }
}

private let question = "Where was the architect of the Blue Mill born?"

struct SecondHopTests {
    @Test func `a question of two parts is answered by two sentences, each with its citation`() async throws {
        let retriever = NameRetriever(byName: [other, person])
        let answer = try await RetrievalQA(retriever: retriever).answer(question, filter: .equals("a", .bool(true)))
        #expect(!answer.isRefused)
        #expect(
            answer.citations.prefix(2).map(\.quote) == [
                "The Blue Mill of Tarn was designed by the architect Lena Holt.", "Lena Holt was born in Varde.",
            ])
        #expect(answer.citations.prefix(2).map(\.documentID) == ["mill.md", "holt.md"])
        #expect(answer.hop?.name == "Lena Holt" && answer.hop?.question == "Where was the Lena Holt born?")
        #expect(Set(answer.hits.map(\.id)) == Set([mill, bakery, person, other].map(\.id)))
        #expect(retriever.queries.allSatisfy { $0.filter == .equals("a", .bool(true)) })
    }

    @Test func `a name that leads to no sentence with the rest of the question changes nothing`() async throws {
        let speaks = hit(5, "Lena Holt spoke at the opening of the Tarn railway.", source: "railway.md")
        for found in [[other], [speaks], []] {
            let two = try await RetrievalQA(retriever: NameRetriever(byName: found)).answer(question)
            let one = try await RetrievalQA(
                retriever: NameRetriever(byName: found), options: .init(maximumHops: 1)
            ).answer(question)
            #expect(two == one && two.hop == nil)
        }
    }

    @Test func `operators that do not hold in the second search are named`() async throws {
        struct Expressed: Retriever {
            let retriever: NameRetriever
            let clauses: [QueryExpression.Clause]

            func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
                var found = try await retriever.retrieve(query, limit: limit)
                found.expression = query.expression ?? QueryExpression(text: query.text, clauses: clauses)
                return found
            }
        }
        for (occurrence, isNamed) in [(QueryExpression.Occurrence.required, true), (.excluded, false)] {
            let retriever = Expressed(
                retriever: NameRetriever(byName: [person]), clauses: [.init(occurrence, .word, "mill")])
            var warnings: [String] = []
            for try await event in RetrievalQA(retriever: retriever).stream(Query(question)) {
                if case .retrieved(let found) = event { warnings = found.warnings }
            }
            #expect(warnings.contains { $0.hasPrefix("In the second search, for “Lena Holt”") } == isNamed)
        }
    }

    @Test func `a question that one passage holds is searched for once`() async throws {
        let retriever = NameRetriever(byName: [person])
        let answer = try await RetrievalQA(retriever: retriever).answer("Who designed the Blue Mill of Tarn?")
        #expect(answer.hop == nil && retriever.queries.count == 1)
    }

    @Test func `a model reads the passages of both searches`() async throws {
        let model = AnsweringModel { _ in "Lena Holt was born in Varde [2]." }
        let answer = try await RetrievalQA(retriever: NameRetriever(byName: [person]), model: model).answer(question)
        #expect(answer.text == "Lena Holt was born in Varde [2]." && answer.citations.map(\.documentID) == ["holt.md"])
        let prompt = try #require(model.requests.first?.messages.last?.content)
        #expect(prompt.contains("designed by the architect") && prompt.contains("born in Varde"))
    }

    @Test func `the first event is the first search, and another one has the passages of both`() async throws {
        var searches: [[ScoredChunk]] = []
        let qa = RetrievalQA(retriever: NameRetriever(byName: [person]))
        for try await event in qa.stream(Query(question)) {
            if case .retrieved(let retrieval) = event { searches.append(retrieval.hits) }
        }
        #expect(searches.map(\.count) == [2, 3])
    }
}
