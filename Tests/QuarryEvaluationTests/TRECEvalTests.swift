import Foundation
import QuarryEvaluation
import Testing

/// Reads a fixture.
private func fixture(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
}

@Suite struct TRECEvalTests {
    private static let metrics: [Metric] = [
        .ndcg(at: 10), .ndcg(at: 5), .recall(at: 5), .recall(at: 100), .precision(at: 5), .precision(at: 100),
        .reciprocalRank(at: 1000), .averagePrecision, .success(at: 5),
    ]

    @Test func `every metric of every query equals that of trec_eval`() throws {
        let run = try Run(trec: fixture("run.trec"))
        let judgements = try Judgements(qrels: fixture("qrels.txt"))
        let reports = Dictionary(
            uniqueKeysWithValues: Self.metrics.map { ($0.description, run.evaluate($0, against: judgements)) })
        var compared = 0
        for line in try fixture("expected.tsv").split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            let value = try #require(reports[fields[1]]?.perQuery[fields[0]])
            let expected = try #require(Double(fields[2]))
            #expect(abs(value - expected) < 1e-9, "\(fields[0]) \(fields[1])")
            compared += 1
        }
        #expect(compared == 38 * Self.metrics.count)
    }

    @Test func `a judged query without results counts 0, an unjudged one is ignored`() throws {
        let run = try Run(trec: fixture("run.trec"))
        let report = run.evaluate(.ndcg(at: 10), against: try Judgements(qrels: fixture("qrels.txt")))
        #expect(report.perQuery["q5"] == 0)
        #expect(report.perQuery["q7"] == nil)
        #expect(report.perQuery.count == 39)
        #expect(abs(report.mean - report.perQuery.values.reduce(0, +) / 39) < 1e-12)
        #expect(report.lower < report.mean && report.mean < report.upper)
    }

    @Test func `a run is unchanged after writing and reading`() throws {
        let run = try Run(trec: fixture("run.trec"))
        let again = try Run(trec: run.trec())
        #expect(again.queries == run.queries)
        for query in run.queries { #expect(again.ranking(for: query) == run.ranking(for: query)) }
        #expect(try again.trec() == run.trec())
    }
}

@Suite struct EvaluationFileTests {
    @Test func `a document that occurs twice in a ranking is reported with its line`() {
        let error = #expect(throws: EvaluationFileError.self) {
            try Run(trec: "q Q0 d 1 2.0 t\n\nq Q0 e 2 1.0 t\nq Q0 d 3 0.5 t\n", file: "mine.trec")
        }
        #expect(error?.code == .duplicate)
        #expect(error?.description.hasPrefix("mine.trec:4: Document d occurs twice") == true)
    }

    @Test(arguments: ["q Q0 d 1 high t", "q Q0 d 1 2.0", "q d 1"])
    func `a line that is not a result is rejected`(line: String) {
        let error = #expect(throws: EvaluationFileError.self) { try Run(trec: line) }
        #expect(error?.code == .malformedLine && error?.line == 1)
    }

    @Test func `judgements are read in both layouts, with and without a header`() throws {
        let expected = Judgements(["q1": ["a b": 2, "c": 0]])
        #expect(try Judgements(qrels: "query-id\tcorpus-id\tscore\r\nq1\ta b\t2\r\nq1\tc\t0\r\n") == expected)
        #expect(try Judgements(qrels: "q1\ta b\t2\nq1\tc\t0") == expected)
        #expect(try Judgements(qrels: "q1 0 x 2\nq1 0 c 0") == Judgements(["q1": ["x": 2, "c": 0]]))
        #expect(try Judgements(qrels: "") == Judgements())
    }

    @Test func `a contradicting judgement is rejected, a repeated one is accepted`() throws {
        #expect(try Judgements(qrels: "q 0 d 1\nq 0 d 1") == Judgements(["q": ["d": 1]]))
        let error = #expect(throws: EvaluationFileError.self) { try Judgements(qrels: "q 0 d 1\nq 0 d 2") }
        #expect(error?.line == 2)
        #expect(throws: EvaluationFileError.self) { try Judgements(qrels: "q 0 d 1\nq 0 d high") }
    }

    @Test(arguments: [
        ("my notes.md", "my%20notes.md"), ("100% sure\u{A0}ё", "100%25%20sure%C2%A0ё"), ("a%20b", "a%2520b"),
        ("line\nand\u{1B}tab\t", "line%0Aand%1Btab%09"), ("<dbpedia:Caf%C3%A9>", "<dbpedia:Caf%25C3%25A9>"),
    ])
    func `an id with white space is percent-encoded in a run and decoded on reading`(id: String, written: String) throws
    {
        var run = Run(name: "t")
        run.append(ranking: [id], for: id)
        #expect(try run.trec() == "\(written) Q0 \(written) 1 1.0 t\n")
        let again = try Run(trec: run.trec())
        #expect(again.queries == [id] && again.ranking(for: id) == [id])
        let judgements = try Judgements(qrels: "\(written) 0 \(written) 1")
        #expect(judgements.query(of: id) == id && judgements.document(of: id, for: id) == id)
    }

    @Test(arguments: ["50%", "a%2", "%zz", "%FF%FE", "%%"])
    func `an id that is not percent-encoded is unchanged`(id: String) throws {
        #expect(try Run(trec: "q Q0 \(id) 1 1.0 t").ranking(for: "q") == [id])
    }

    @Test func `a judged id that only looks encoded is found`() throws {
        let judgements = try Judgements(qrels: "a%20b\tCaf%C3%A9\t2\n")
        let query = try #require(judgements.query(of: "a%20b"))
        #expect(judgements[query]?[judgements.document(of: "Caf%C3%A9", for: query)] == 2)
        #expect(judgements.query(of: "other") == nil)
        #expect(judgements.document(of: "other", for: query) == "other")
    }

    @Test func `an empty id cannot be written to a run`() {
        var run = Run(name: "t")
        run.append(ranking: [""], for: "q")
        let error = #expect(throws: EvaluationFileError.self) { try run.trec() }
        #expect(error?.code == .unwritableID)
    }

    @Test func `queries are read with their answers and lines`() throws {
        let text = """
            {"_id": "1", "text": "Where?", "answers": ["here", "there"], "extra": [1]}

            {"id": 2, "text": "When?\u{2028}", "answer": "now"}
            {"_id": "3", "text": "Never?", "answers": []}
            {"_id": "4", "text": "Open"}
            """
        #expect(
            try EvaluationQuery.read(jsonl: text) == [
                EvaluationQuery(id: "1", text: "Where?", answers: ["here", "there"], line: 1),
                EvaluationQuery(id: "2", text: "When?\u{2028}", answers: ["now"], line: 3),
                EvaluationQuery(id: "3", text: "Never?", answers: [], line: 4),
                EvaluationQuery(id: "4", text: "Open", line: 5),
            ])
        let error = #expect(throws: EvaluationFileError.self) {
            try EvaluationQuery.read(jsonl: #"{"_id": "1", "text": "a"}"# + "\n{}\n")
        }
        #expect(error?.line == 2)
    }
}
