import Foundation
import QuarryTestSupport
import Testing

struct EvaluationCommandTests {
    /// An index of three notes, built without a model, and a file of questions.
    private func notes(questions: String, judgements: String = "q1\tdocs/lease.md\t1\n") throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        try scratch.write("# Kettle\n\nBoil the kettle before you warm the pot.\n", to: "docs/kettle.md")
        try scratch.write("# Hedge\n\nThe hedge along the road is cut in August.\n", to: "docs/hedge.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        try scratch.write(questions, to: "questions.jsonl")
        try scratch.write(judgements, to: "qrels.tsv")
        return scratch
    }

    private static let one = "{\"_id\": \"q1\", \"text\": \"Who signs the lease?\"}\n"
    private static let judged = ["eval", "--queries", "questions.jsonl", "--qrels", "qrels.tsv"]

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test(arguments: ["-1", "0"])
    func `a limit that leaves no question is wrong usage`(limit: String) throws {
        let scratch = try notes(questions: Self.one)
        let outcome = try Command.run(Self.judged + ["--limit=\(limit)"], in: scratch.url)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--limit \(limit) leaves no question"), "\(outcome.errors)")
    }

    @Test(arguments: [("bm25,bm25", "names bm25 twice"), (",", "is not a mode"), ("bm25,", "is not a mode")])
    func `duplicate and empty modes are wrong usage`(modes: String, reason: String) throws {
        let scratch = try notes(questions: Self.one)
        for more in [[], ["--json"]] as [[String]] {
            let outcome = try Command.run(Self.judged + ["--modes=\(modes)"] + more, in: scratch.url)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }

    @Test func `without a judged question there are no figures`() throws {
        let scratch = try notes(questions: Self.one, judgements: "other\tdocs/lease.md\t1\n")
        let outcome = try Command.run(Self.judged, in: scratch.url)
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(
            outcome.errors.contains("No question in questions.jsonl (1 read) has a judgement in qrels.tsv."))
    }

    @Test func `a question without answers is skipped and counted`() throws {
        let scratch = try notes(
            questions: """
                {"_id": "a", "text": "Who signs the lease?", "answers": ["Mrs Ilves"]}
                {"_id": "b", "text": "How deep is the Mariana trench?", "answers": []}
                {"_id": "c", "text": "When is the hedge along the road cut?"}
                """)
        let outcome = try Command.run("eval", "--answers", "--queries", "questions.jsonl", "--json", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let reply = try object(outcome.output)
        #expect(reply["questions"] as? Int == 2)
        #expect(reply["skipped"] as? Int == 1)
        #expect(reply["answerable"] as? Int == 1)
        #expect(reply["refusalRecall"] as? Double == 1)
        try scratch.write(Self.one, to: "questions.jsonl")
        let nothing = try Command.run("eval", "--answers", "--queries", "questions.jsonl", in: scratch.url)
        #expect(nothing.status == 1)
        #expect(nothing.errors.contains("has “answers”"), "\(nothing.errors)")
    }

    private static let withOneBad = """
        {"_id": "q1", "text": "Who signs the lease?"}

        {"_id": "bad", "text": "?!"}
        {"_id": "q2", "text": "When is the hedge cut?"}
        """

    @Test func `an invalid question is reported, and the others are in the run file`() throws {
        let scratch = try notes(questions: Self.withOneBad)
        let outcome = try Command.run(
            "query", "--batch", "questions.jsonl", "--run", "run.trec", in: scratch.url)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("not answered: questions.jsonl:3: question bad: "), "\(outcome.errors)")
        let run = try String(contentsOfFile: scratch.path("run.trec"), encoding: .utf8).split(separator: "\n")
        #expect(Set(run.compactMap { $0.split(separator: " ").first }) == ["q1", "q2"])
    }

    @Test(arguments: [[], ["--retrieve"]] as [[String]])
    func `an invalid question has an object without hits, with the reason`(more: [String]) throws {
        let scratch = try notes(questions: Self.withOneBad)
        let outcome = try Command.run(["query", "--batch", "questions.jsonl"] + more, in: scratch.url)
        #expect(outcome.status == 2)
        let replies = try outcome.output.split(separator: "\n").map { try object(String($0)) }
        #expect(replies.map { $0["id"] as? String } == ["q1", "bad", "q2"])
        #expect(replies.map { ($0["hits"] as? [Any])?.isEmpty } == [false, true, false])
        #expect((replies[1]["warnings"] as? [String])?.first?.contains("no letter") == true)
    }

    @Test func `an evaluation counts an invalid question as a miss, and reports it once`() throws {
        let scratch = try notes(
            questions: Self.withOneBad,
            judgements: "q1\tdocs/lease.md\t1\nbad\tdocs/kettle.md\t1\n")
        let outcome = try Command.run(Self.judged + ["--json"], in: scratch.url)
        #expect(outcome.status == 2)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        let modes = try #require(try object(outcome.output)["modes"] as? [String: [String: [String: Double]]])
        #expect(modes["bm25"]?["recall@10"]?["mean"] == 0.5)
    }

    @Test func `a run file has a line for every document, even if passages are joined`() throws {
        let scratch = try TemporaryFolder()
        let filler = String(repeating: "well above the water and out of reach of foxes, ", count: 25)
        let paragraphs = (1...250).map { "The kingfisher and its nest, kingfisher and nest in bank \($0), \(filler)" }
        try scratch.write(paragraphs.joined(separator: "\n\n"), to: "docs/ponds.txt")
        for number in 1...3 { try scratch.write("One kingfisher, \(filler)\(filler)", to: "docs/\(number).txt") }
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        try scratch.write("{\"_id\": \"q\", \"text\": \"kingfisher nest\"}\n", to: "questions.jsonl")
        let outcome = try Command.run(
            "query", "--batch", "questions.jsonl", "--run", "run.trec", "-k", "4", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let run = try String(contentsOfFile: scratch.path("run.trec"), encoding: .utf8).split(separator: "\n")
        #expect(
            run.map { String($0.split(separator: " ")[2]) }.sorted()
                == ["docs/1.txt", "docs/2.txt", "docs/3.txt", "docs/ponds.txt"])
    }

    @Test func `the check of answers is measured on judged texts`() throws {
        let scratch = try TemporaryFolder()
        let rows = (1...8).map { number in
            let response =
                number % 2 == 0 ? "The hedge is cut in August." : "The hedge is cut in 19\(number)0 by Mr Brandt."
            return "{\"id\": \"r\(number)\", \"contexts\": [\"The hedge along the road is cut in August.\"], "
                + "\"response\": \"\(response)\", \"label\": \(number % 2 == 0)}"
        }
        try scratch.write(rows.joined(separator: "\n"), to: "judged.jsonl")
        let outcome = try Command.run("eval", "verification", "judged.jsonl", "--json", in: scratch.url)
        let result = try #require(try object(outcome.output)["result"] as? [String: Any])
        #expect(result["samples"] as? Int == 8 && result["supported"] as? Int == 4)
        #expect((result["check"] as? [String: Double])?["balancedAccuracy"] == 1)
        try scratch.write("{\"contexts\": []}", to: "broken.jsonl")
        let broken = try Command.run("eval", "verification", "broken.jsonl", in: scratch.url)
        #expect(broken.status != 0 && broken.errors.contains("broken.jsonl:1"), "\(broken)")
    }
}
