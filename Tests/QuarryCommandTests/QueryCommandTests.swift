import Foundation
import QuarryTestSupport
import Testing

/// Messages of `quarry query` for bad questions, filters and modes.
struct QueryCommandTests {
    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "---\nyear: 2020\n---\n# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch
    }

    private func object(_ outcome: Command.Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `an answer without a language model uses no tokens`() throws {
        let scratch = try notes()
        for (question, isRefused) in [("Who signs the lease?", false), ("How deep is the Mariana trench?", true)] {
            let reply = try object(try Command.run("query", question, "--json", in: scratch.url))
            #expect(reply["refused"] as? Bool == isRefused)
            #expect(reply["usage"] as? [String: Int] == ["input": 0, "cachedInput": 0, "output": 0])
            #expect(reply["spending"] == nil)
            for field in ["answer", "citations", "generator", "timings"] { #expect(reply[field] != nil, "\(field)") }
        }
        let found = try object(try Command.run("query", "--retrieve", "lease", "--json", in: scratch.url))
        #expect(found["usage"] == nil)
    }

    /// Models with random weights, which `QuarryTransformersTests` compares with their reference.
    private static let heads = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../QuarryTransformersTests/Fixtures/heads").standardizedFileURL

    @Test func `a folder is a local re-ranker, and a damaged one is an error with its file`() throws {
        let scratch = try notes()
        try scratch.write(
            "# Mill\n\nThe old mill stands by the river, north of the lease bridge.\n", to: "docs/mill.md")
        try #require(try Command.run("index", "docs", in: scratch.url).status == 0)
        let folder = Self.heads.appending(path: "bert-reranker").path
        func scores(_ options: String...) throws -> [Double] {
            let found = try object(
                try Command.run(["query", "--retrieve", "lease", "--json"] + options, in: scratch.url))
            return try #require(found["hits"] as? [[String: Any]]).compactMap { $0["score"] as? Double }
        }
        let ranked = try scores("--reranker", folder)
        #expect(ranked.count == 2 && ranked == ranked.sorted(by: >))
        #expect(try scores() != ranked)
        let wrong = try Command.run(
            "query", "--retrieve", "lease", "--reranker", Self.heads.appending(path: "bert-answers").path,
            in: scratch.url)
        #expect(wrong.status == 1 && wrong.errors.contains("model.safetensors"), "\(wrong)")
        #expect(wrong.errors.contains("bert.pooler.dense.weight"), "\(wrong)")
        let missing = try Command.run("query", "--retrieve", "lease", "--reranker", "./none", in: scratch.url)
        #expect(missing.status == 1 && missing.errors.contains("none"), "\(missing)")
    }

    @Test func `a question-answering model chooses the sentences, and its log-odds are the confidence`() throws {
        let scratch = try notes()
        let folder = Self.heads.appending(path: "xlm-roberta-answers").path
        let reply = try object(
            try Command.run(
                "query", "Who signs the lease?", "--reader-model", folder, "--threshold", "0", "--json",
                in: scratch.url))
        #expect((reply["answer"] as? String)?.isEmpty == false, "\(reply)")
        let wrong = try Command.run(
            "query", "Who signs the lease?", "--reader-model", Self.heads.appending(path: "bert-reranker").path,
            in: scratch.url)
        #expect(wrong.status == 1 && wrong.errors.contains("qa_outputs.weight"), "\(wrong)")
    }

    @Test func `a reply says how operators were understood, and shows the words in a snippet`() throws {
        let scratch = try notes()
        let found = try object(
            try Command.run("query", "--retrieve", "+lease -draft title:lease tenant", "--json", in: scratch.url))
        let understood = try #require(found["understood"] as? [String: Any])
        #expect(understood["text"] as? String == "lease lease tenant")
        let clauses = try #require(understood["clauses"] as? [[String: String]])
        #expect(
            clauses == [
                ["occurrence": "required", "match": "word", "text": "lease"],
                ["occurrence": "excluded", "match": "word", "text": "draft"],
                ["occurrence": "required", "match": "word", "text": "lease", "field": "title"],
            ])
        let hit = try #require((found["hits"] as? [[String: Any]])?.first)
        let snippet = try #require(hit["snippet"] as? [String: Any])
        let text = Array(try #require(snippet["text"] as? String).utf8)
        let words = try #require(snippet["matches"] as? [[Int]]).map {
            String(decoding: text[$0[0]..<$0[1]], as: UTF8.self)
        }
        #expect(words.suffix(2) == ["lease", "tenant"])
        let explained = try Command.run("query", "--retrieve", "--explain", "lease -draft", in: scratch.url)
        #expect(explained.output.contains("understood: lease; without “draft”"), "\(explained)")
        let plain = try object(try Command.run("query", "--retrieve", "lease tenant", "--json", in: scratch.url))
        #expect(plain["understood"] == nil && plain["corrections"] == nil)
    }

    @Test func `a question that begins with a word to leave out is told how to write it`() throws {
        let scratch = try notes()
        for (words, meant) in [
            (["query", "-boiler leak"], "'-boiler leak'"), (["query", "-boiler", "leak"], "'-boiler leak'"),
            (["query", "--retrieve", "-boiler"], "'-boiler leak'"), (["-draft", "lease", "--json"], "'-draft lease'"),
        ] {
            let outcome = try Command.run(words, in: scratch.url)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("quarry query -- \(meant)\n"), "\(outcome)")
            #expect(!outcome.errors.contains("Did you mean") && !outcome.errors.contains("Missing value"))
        }
        let found = try Command.run("query", "--retrieve", "--explain", "--", "-draft lease", in: scratch.url)
        #expect(found.output.contains("understood: lease; without “draft”"), "\(found)")
        let unknown = try Command.run("query", "--retreive", "lease", in: scratch.url)
        #expect(unknown.errors.contains("Unknown option '--retreive'"))
    }

    @Test func `what is searched for as text is said on standard error and in the reply`() throws {
        let scratch = try notes()
        let found = try Command.run("query", "--retrieve", "lease -240", "--json", in: scratch.url)
        let warning = "Searched for as text, not as an operator: “-240”."
        #expect(found.errors.contains(warning))
        #expect(try object(found)["warnings"] as? [String] == [warning])
        let help = try Command.run("query", "--help", in: scratch.url).output
        #expect(help.contains("+must, -without") && help.contains("'\"title:lease\"'"))
    }

    @Test func `a word that no document has is corrected, and said, unless that is turned off`() throws {
        let scratch = try notes()
        let corrected = try Command.run("query", "--retrieve", "tennant", "--json", in: scratch.url)
        let corrections = try #require(try object(corrected)["corrections"] as? [[String: String]])
        #expect(corrections == [["word": "tennant", "replacement": "tenant", "reason": "spelling"]])
        #expect(corrected.errors.contains("No document has “tennant”; searched for “tenant” as well."))
        let exact = try object(
            try Command.run("query", "--retrieve", "--no-corrections", "tennant", "--json", in: scratch.url))
        #expect(exact["corrections"] == nil && (exact["hits"] as? [Any])?.isEmpty == true)
    }

    @Test func `a filter that no document matches is named as the reason`() throws {
        let scratch = try notes()
        let filtered = ["--filter", "year=1999"]
        let shown = try Command.run(["query", "Who signs the lease?"] + filtered, in: scratch.url)
        #expect(shown.status == 3)
        #expect(shown.output.hasPrefix("No document matches the filter."), "\(shown)")
        #expect((shown.output + shown.errors).contains("Check its keys"), "\(shown)")
        #expect(!(shown.output + shown.errors).contains("do not answer") && !shown.errors.contains("question's words"))
        let reply = try object(
            try Command.run(["query", "Кто подписал договор?", "--json"] + filtered, in: scratch.url))
        #expect(reply["answer"] as? String == "Под фильтр не подходит ни один документ.")
        #expect(reply["refusalReason"] as? String == "No document matches the filter.")
        let hits = try Command.run(["query", "--retrieve", "lease"] + filtered, in: scratch.url)
        #expect(hits.errors.contains("No document matches the filter."), "\(hits)")
        // A filter that matches documents is not the reason.
        let other = try Command.run(
            "query", "How deep is the Mariana trench?", "--filter", "year=2020", in: scratch.url)
        #expect(other.status == 3 && !(other.output + other.errors).contains("filter"), "\(other)")
    }

    @Test(arguments: ["hybrid", "vector"])
    func `a vector search in an index without vectors is an error with the next step`(mode: String) throws {
        let scratch = try notes()
        try scratch.write("{\"_id\": \"q\", \"text\": \"lease\"}\n", to: "questions.jsonl")
        try scratch.write("q\tdocs/lease.md\t1\n", to: "qrels.tsv")
        for arguments in [
            ["query", "Who signs the lease?", "--mode", mode],
            ["eval", "--queries", "questions.jsonl", "--qrels", "qrels.tsv", "--modes", "bm25,\(mode)"],
        ] {
            let outcome = try Command.run(arguments, in: scratch.url)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("quarry: index.quarry has no vectors"), "\(outcome.errors)")
            #expect(
                outcome.errors.contains("--mode bm25")
                    && outcome.errors.contains("quarry update --index index.quarry --model"))
            #expect(!outcome.errors.contains("pull none"))
        }
    }

    @Test func `a question on standard input that is too long is rejected`() throws {
        let scratch = try notes()
        let question = [UInt8](repeating: 0x61, count: 70_000)
        let outcome = try Command.run("query", "-", in: scratch.url, input: question)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(
            outcome.errors.hasPrefix("quarry: The question on standard input is longer than 65536 bytes."),
            "\(outcome.errors)")
        let short = try Command.run("query", "-", in: scratch.url, input: Array("Who signs the lease?".utf8))
        #expect(short.status == 0 && short.output.contains("Ilves"))
    }

    @Test func `standard input over the limit is listed by its name, and the rest is indexed`() throws {
        let scratch = try notes()
        try scratch.write("A note on lighthouses.\n", to: "docs/light.md")
        let bytes = [UInt8](repeating: 0x61, count: (1 << 20) + 1)
        let outcome = try Command.run(
            "index", "-", "docs", "--name", "big.txt", "--max-file-size", "1", in: scratch.url, input: bytes)
        #expect(outcome.status == 2, "\(outcome)")
        #expect(
            outcome.errors.contains("not indexed: big.txt: Standard input holds more than 1048576 bytes"),
            "\(outcome.errors)")
        #expect(
            outcome.output.contains("1 new") && outcome.output.contains("1 file could not be indexed (listed above)"))
        let json = try object(
            try Command.run(
                "index", "-", "--max-file-size", "1", "--json", in: scratch.url, input: bytes))
        let report = try #require(json["report"] as? [String: Any])
        #expect((report["quarantined"] as? [[String: Any]])?.map { $0["reason"] as? String } == ["tooLarge"])
    }

    @Test(arguments: ["", " "])
    func `a blank name is wrong usage`(name: String) throws {
        let scratch = try notes()
        let outcome = try Command.run("index", "-", "--name", name, in: scratch.url, input: Array("Text.".utf8))
        #expect(outcome.status == 64 && outcome.errors.contains("--name"), "\(outcome)")
    }

    /// Seven copies of one file, and another one.
    private func copies() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        for number in 1...7 {
            try scratch.write(
                "# Rules\n\nThe deposit is 90 euros. The caretaker keeps it.\n", to: "docs/\(number)/rules.md")
        }
        try scratch.write("# Boats\n\nA boat needs no deposit before June.\n", to: "docs/boats.md")
        return scratch
    }

    @Test func `copies take one place, and the others are named`() throws {
        let scratch = try copies()
        let indexed = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(indexed.output.contains("copies: 6 files have the content of another"), "\(indexed)")
        let again = try object(try Command.run("index", "docs", "--json", in: scratch.url))
        let report = try #require(again["report"] as? [String: Any])
        let named = try #require(report["copies"] as? [[String: String]])
        #expect(named.map { $0["source"] } == (2...7).map { "docs/\($0)/rules.md" })
        #expect(named.allSatisfy { $0["original"] == "docs/1/rules.md" })
        let info = try Command.run("info", in: scratch.url)
        #expect(info.output.contains("copies: 6 files have the content of another"), "\(info)")

        let answer = try Command.run("query", "How much is the deposit?", in: scratch.url)
        #expect(answer.output.components(separatedBy: "The deposit is 90 euros. [").count == 2, "\(answer)")
        #expect(
            answer.output.split(separator: "\n").contains(
                "    also in: docs/2/rules.md:3, docs/3/rules.md:3 and 4 more"),
            "\(answer)")
        let russian = try Command.run("query", "--retrieve", "deposit сколько", in: scratch.url)
        #expect(russian.output.contains("также: docs/2/rules.md:1-3, docs/3/rules.md:1-3 и ещё 4"), "\(russian)")

        let found = try object(try Command.run("query", "--retrieve", "deposit", "-k", "2", "--json", in: scratch.url))
        let hits = try #require(found["hits"] as? [[String: Any]])
        #expect(hits.map { $0["document"] as? String }.contains("docs/boats.md") && hits.count == 2)
        let others = hits.compactMap { $0["alsoIn"] as? [[String: Any]] }
        #expect(others.map { $0.map { $0["document"] as? String } } == [(2...7).map { "docs/\($0)/rules.md" }])
        let prompt = try Command.run("query", "--dry-run", "How much is the deposit?", in: scratch.url)
        #expect(prompt.output.components(separatedBy: "The deposit is 90 euros.").count == 2, "\(prompt)")
    }

    @Test func `a window is read around small passages, and the reply says which part was found`() throws {
        let scratch = try TemporaryFolder()
        let months = ["January", "March", "May", "July", "August", "October"]
        let text = months.map { "In \($0) the ferry sails \($0.count) times a day from the old pier." }
        try scratch.write(
            "# Ferry\n\n\(text.joined(separator: "\n\n"))\n\n# Bus\n\nThe bus is late.\n", to: "docs/ferry.md")
        let indexed = try Command.run(
            "index", "docs", "--model", "none", "--chunk-target", "16", "--chunk-maximum", "20", in: scratch.url)
        try #require(indexed.status == 0, "\(indexed)")
        func hit(_ arguments: String...) throws -> [String: Any] {
            let found = try object(
                try Command.run(["query", "--retrieve", "May", "-k", "1", "--json"] + arguments, in: scratch.url))
            return try #require((found["hits"] as? [[String: Any]])?.first)
        }
        #expect(try hit()["text"] as? String == text[2] && hit()["found"] == nil)
        let wide = try hit("--window", "1")
        #expect(wide["text"] as? String == text[1...3].joined(separator: "\n\n"))
        let parts = try #require(wide["found"] as? [[String: Any]])
        #expect(
            parts.map { $0["range"] as? [Int] } == [
                [text[1].utf8.count + 2, text[1].utf8.count + 2 + text[2].utf8.count]
            ])
        #expect((parts[0]["location"] as? [String: Any])?["lines"] as? [Int] == [7, 7])
        let section = try #require(try hit("--window", "section")["text"] as? String)
        #expect(section.hasSuffix(text.joined(separator: "\n\n")) && !section.contains("bus"))
        let shown = try Command.run("query", "--retrieve", "May", "-k", "1", "--window", "section", in: scratch.url)
        #expect(shown.output.split(separator: "\n").contains { $0.hasPrefix("   In May the ferry") }, "\(shown)")
        let wrong = try Command.run("query", "May", "--window", "all", in: scratch.url)
        #expect(
            wrong.status == 64 && wrong.errors.contains("“section” or a number of passages from 0 to 100"), "\(wrong)")
    }
}
