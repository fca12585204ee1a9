import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct BM25ScoringTests {
    private func referenceIndex() async throws -> BM25Index {
        let index = try BM25Index()
        try await index.upsert(
            Reference.texts.enumerated().map { place, text in
                (ChunkID(Int64(place + 1)), BM25Fields(body: text.split(separator: " ").map(String.init)))
            })
        return index
    }

    @Test func `scores agree with those of another program`() async throws {
        let index = try await referenceIndex()
        for ranking in Reference.rankings {
            let parameters = BM25Parameters(k1: ranking.k1, b: ranking.b)
            let hits = try await index.search(ranking.query.map { QueryTerm($0) }, limit: 1000, parameters: parameters)
            #expect(Set(hits.map(\.id.rawValue)) == Set(ranking.scores.keys))
            for hit in hits {
                let expected = try #require(ranking.scores[hit.id.rawValue])
                #expect(abs(Double(hit.score) - expected) < 1e-4, "\(ranking.query), text \(hit.id.rawValue)")
            }
        }
    }

    @Test func `scores of BM25+ and BM25L agree with those of another program`() async throws {
        let index = try await referenceIndex()
        for ranking in VariantReference.rankings {
            let parameters = BM25Parameters(k1: ranking.k1, b: ranking.b, variant: ranking.variant)
            let query = ranking.query.map { QueryTerm($0) }
            let hits = try await index.search(query, limit: 1000, parameters: parameters)
            #expect(Set(hits.map(\.id.rawValue)) == Set(ranking.scores.keys))
            for hit in hits {
                let expected = try #require(ranking.scores[hit.id.rawValue])
                #expect(abs(Double(hit.score) - expected) < 1e-4, "\(ranking.query), text \(hit.id.rawValue)")
            }
            let first = try #require(hits.first)
            let explanation = try #require(try await index.explain(first.id, for: query, parameters: parameters))
            #expect(Float(explanation.score) == first.score)
        }
    }

    @Test func `parameters stored without a variant are Lucene's`() throws {
        let stored = Data(#"{"k1":1.5,"b":0.3,"weights":{"title":2,"heading":1,"body":1}}"#.utf8)
        let parameters = try JSONDecoder().decode(BM25Parameters.self, from: stored)
        #expect(parameters == BM25Parameters(k1: 1.5, b: 0.3, weights: .init(title: 2)))
        let plus = BM25Parameters(variant: .plus(delta: 0.7))
        #expect(try JSONDecoder().decode(BM25Parameters.self, from: JSONEncoder().encode(plus)) == plus)
    }

    @Test func `a hit is explained by the sum of its terms`() async throws {
        let index = try await referenceIndex()
        let query: [QueryTerm] = ["apple", "river", "apple", "unknown", "мост"]
        for hit in try await index.search(query, limit: 20) {
            let explanation = try #require(try await index.explain(hit.id, for: query))
            #expect(Float(explanation.score) == hit.score)
            #expect(explanation.terms.map(\.term) == ["apple", "river", "мост"])
            #expect(explanation.terms.map(\.multiplicity) == [2, 1, 1])
            #expect(abs(explanation.terms.map(\.contribution).reduce(0, +) - explanation.score) < 1e-12)
            #expect(explanation.chunkCount == 60)
            let words = Reference.texts[Int(hit.id.rawValue) - 1].split(separator: " ")
            #expect(explanation.length == Double(words.count))
            for term in explanation.terms { #expect(term.body == words.filter { $0 == term.term }.count) }
        }
        #expect(try await index.explain(ChunkID(61), for: query) == nil)
        #expect(try await index.explain(ChunkID(-1), for: query) == nil)
    }

    @Test func `several forms of a word are scored as one word`() async throws {
        let index = try BM25Index()
        try await index.upsert([
            (ChunkID(1), BM25Fields(body: ["house", "house", "de:haus", "x"])),
            (ChunkID(2), BM25Fields(body: ["house", "house", "x", "x"])),
            (ChunkID(3), BM25Fields(body: ["de:haus", "x", "x", "x"])),
            (ChunkID(4), BM25Fields(body: ["x", "x", "x", "x"])),
        ])
        let word = QueryTerm(forms: ["house", "de:haus", "unknown"])
        let scores = Dictionary(
            uniqueKeysWithValues: try await index.search([word], limit: 9).map { ($0.id.rawValue, $0.score) })
        // Two forms in one chunk count as the more frequent one, and a form in one chunk less is not rarer.
        #expect(scores[1] == scores[2] && scores.count == 3)
        #expect(try #require(scores[3]) < (try #require(scores[2])))
        let explanation = try #require(try await index.explain(ChunkID(1), for: [word]))
        #expect(explanation.terms.map(\.term) == ["house"] && explanation.terms.map(\.chunkCount) == [3])
        #expect(Float(explanation.score) == scores[1])

        let half = try await index.search([QueryTerm(forms: word.forms, weight: 0.5)], limit: 9)
        #expect(half.map { $0.score * 2 } == [scores[1], scores[2], scores[3]])
    }

    @Test func `another spelling of a word is found and does not lengthen its chunk`() async throws {
        let index = try BM25Index()
        try await index.upsert([
            (ChunkID(1), BM25Fields(body: ["sign", "off", "\u{1}signoff"])),
            (ChunkID(2), BM25Fields(body: ["sign", "off"])),
        ])
        #expect(try await index.statistics().body == 4)
        #expect(try await index.problems() == [])
        #expect(try await index.search(["\u{1}signoff"], limit: 9).map(\.id) == [ChunkID(1)])
        let hits = try await index.search(["off"], limit: 9)
        #expect(hits.map(\.id) == [ChunkID(1), ChunkID(2)] && hits[0].score == hits[1].score)
    }

    @Test func `equal scores are in the order of ids, whatever the order of the words`() async throws {
        let index = try BM25Index()
        let fields = BM25Fields(body: ["a", "b", "c"])
        try await index.upsert([7, 3, 5, 1].map { (ChunkID($0), fields) })
        let hits = try await index.search(["a", "b"], limit: 3)
        #expect(hits.map(\.id.rawValue) == [1, 3, 5])
        #expect(Set(hits.map(\.score)).count == 1)
        let reference = try await referenceIndex()
        let forward = try await reference.search(["river", "apple", "груша", "лес"], limit: 60)
        let backward = try await reference.search(["лес", "груша", "apple", "river"], limit: 60)
        #expect(forward == backward)
    }

    @Test func `a mask is applied before the best are taken and does not change scores`() async throws {
        let index = try await referenceIndex()
        let all = try await index.search(["apple", "груша"], limit: 60)
        let allowed = all.suffix(5).map(\.id)
        let hits = try await index.search(["apple", "груша"], limit: 3, among: ChunkMask(allowed))
        #expect(hits == Array(all.suffix(5).prefix(3)))
        #expect(try await index.search(["apple"], limit: 3, among: ChunkMask()).isEmpty)
    }

    @Test func `chunks scored by id have bit for bit the scores of a search`() throws {
        var random = RandomChunks(generator: SeededGenerator(seed: 38))
        let database = try DatabaseQueue()
        try database.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            for id in 1...700 { try writer.add(random.fields(), as: ChunkID(Int64(id * 3))) }
            try writer.flush(to: db)
        }
        for round in 0..<40 {
            let terms = random.question(0...6)
            let allowed =
                round.isMultiple(of: 2)
                ? nil : ChunkMask((1...2_200).map { ChunkID($0) }.filter { $0.rawValue % 2 == 0 })
            try database.read { db in
                let found = Set(try BM25Table.search(in: db, terms: terms, limit: 50, mask: allowed).map(\.id))
                let others = (0..<2_200).map { ChunkID($0) }.filter { !found.contains($0) && $0.rawValue % 5 < 2 }
                    .filter { allowed?.contains($0) ?? true }
                let question = try BM25Cache().question(terms, in: db)
                let searched = try BM25Table.search(
                    in: db, terms: terms, limit: others.count, mask: ChunkMask(others))
                #expect(question.scores(of: others).filter { $0.score > 0 } == searched)
                #expect(question.best(50, among: allowed).map(\.id).allSatisfy(found.contains))
            }
        }
    }

    @Test func `a weight of zero removes a field from frequency and length`() async throws {
        let index = try BM25Index()
        try await index.upsert([
            (ChunkID(1), BM25Fields(title: ["a"], body: ["b", "c"])),
            (ChunkID(2), BM25Fields(title: ["b"], body: ["a", "c"])),
        ])
        let titles = BM25Parameters(weights: .init(title: 1, heading: 0, body: 0))
        #expect(try await index.search(["a"], limit: 9, parameters: titles).map(\.id) == [ChunkID(1)])
        let heavy = BM25Parameters(weights: .init(title: 3, heading: 1, body: 1))
        #expect(try await index.search(["a"], limit: 9, parameters: heavy).map(\.id) == [ChunkID(1), ChunkID(2)])
    }

    @Test func `nothing is found in an empty index, for no terms, and for a limit of zero`() async throws {
        let index = try BM25Index()
        #expect(try await index.search(["a"], limit: 5).isEmpty)
        try await index.upsert([(ChunkID(1), BM25Fields()), (ChunkID(2), BM25Fields(body: ["a"]))])
        #expect(try await index.search([], limit: 5).isEmpty)
        #expect(try await index.search(["a"], limit: 0).isEmpty)
        #expect(try await index.search(["a"], limit: 5).map(\.id) == [ChunkID(2)])
        #expect(try await index.statistics() == BM25Statistics(chunks: 2, title: 0, heading: 0, body: 1))
    }

    @Test(arguments: [
        BM25Parameters(k1: -1), BM25Parameters(k1: .nan), BM25Parameters(b: 1.5), BM25Parameters(b: -.infinity),
        BM25Parameters(weights: .init(title: 0, heading: 0, body: 0)),
        BM25Parameters(weights: .init(title: -1, heading: 1, body: 1)),
    ]) func `parameters out of range are errors with their names`(parameters: BM25Parameters) async throws {
        let index = try BM25Index()
        let error = await #expect(throws: BM25Error.self) {
            try await index.search(["a"], limit: 1, parameters: parameters)
        }
        guard case .invalidParameter = error else { Issue.record("\(String(describing: error))"); return }
    }
}
