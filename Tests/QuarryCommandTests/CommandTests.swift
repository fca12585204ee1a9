import Foundation
import QuarryTestSupport
import Testing

struct CommandTests {
    /// An index of two notes, built without a model.
    private func notes() throws -> (scratch: TemporaryFolder, path: String) {
        let scratch = try TemporaryFolder()
        try scratch.write(
            "# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n\nThe rent is 700 euros a month.\n",
            to: "docs/lease.md")
        try scratch.write("# Аренда\n\nДоговор подписывает арендатор, госпожа Ильвес.\n", to: "docs/arenda.md")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        return (scratch, scratch.path("index.quarry"))
    }

    @Test func `the default index is in the current folder`() throws {
        let (scratch, path) = try notes()
        #expect(FileManager.default.fileExists(atPath: path))
        let again = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(again.output.hasPrefix("Up to date: 2 files, nothing changed"))
    }

    @Test func `a question is answered with a quote, its file and its line`() throws {
        let notes = try notes()
        let path = notes.path
        let outcome = try Command.run("query", "Who signs the lease?", "--index", path)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("The lease is signed by the tenant, Mrs Ilves."))
        #expect(outcome.output.contains("docs/lease.md:3"))
        #expect(outcome.output.contains(/confidence: (high|medium|low) · \d+\.\d s\n/), "\(outcome.output)")
    }

    @Test func `a question without an answer is refused with code 3 and the closest passage`() throws {
        let notes = try notes()
        let path = notes.path
        let outcome = try Command.run("query", "How deep is the Mariana trench?", "--index", path, "--json")
        #expect(outcome.status == 3)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(reply["refused"] as? Bool == true)
        #expect((reply["refusalReason"] as? String)?.isEmpty == false)
        let shown = try Command.run("query", "Where is the rent stored?", "--index", path, "--threshold", "1")
        #expect(shown.status == 3)
        #expect(shown.output.hasPrefix("I found no sentence that clearly answers this"), "\(shown)")
        #expect(shown.output.contains(" Closest: docs/lease.md:") && shown.output.contains("(see more: --retrieve)"))
        let russian = try Command.run("query", "Кто подписывает договор?", "--index", path, "--threshold", "1")
        #expect(russian.output.hasPrefix("Я не нашёл предложения"), "\(russian)")
        #expect(russian.output.contains(" Ближе всего: docs/arenda.md:"), "\(russian)")
    }

    @Test func `JSON holds the documented fields`() throws {
        let notes = try notes()
        let path = notes.path
        let outcome = try Command.run("query", "Who signs the lease?", "--index", path, "--json")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(reply["schema"] as? String == "quarry.query/1")
        #expect(
            Set(reply.keys).isSuperset(of: [
                "schema", "question", "mode", "hits", "warnings", "answer", "citations", "refused", "generator",
                "support",
                "timings",
            ]))
        let hit = try #require((reply["hits"] as? [[String: Any]])?.first)
        #expect(
            Set(hit.keys).isSuperset(of: ["rank", "score", "legs", "chunk", "document", "text", "location", "headings"])
        )
        let citation = try #require((reply["citations"] as? [[String: Any]])?.first)
        let location = try #require(citation["location"] as? [String: Any])
        #expect(location["source"] as? String == "docs/lease.md")
        let bytes = try #require(location["bytes"] as? [Int])
        let source = Array(
            "# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n\nThe rent is 700 euros a month.\n".utf8)
        #expect(String(decoding: source[bytes[0]..<bytes[1]], as: UTF8.self) == citation["quote"] as? String)
        #expect((citation["quoteSHA256"] as? String)?.count == 64)
        #expect((citation["sourceSHA256"] as? String)?.count == 64)
    }

    @Test func `passages are shown with each leg's rank and score`() throws {
        let notes = try notes()
        let path = notes.path
        let outcome = try Command.run("query", "--retrieve", "договор", "-k", "5", "--explain", "--index", path)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("docs/arenda.md"))
        #expect(outcome.output.contains("bm25 rank 1"))
    }

    @Test func `standard input is indexed under its name`() throws {
        let scratch = try TemporaryFolder()
        let outcome = try Command.run(
            "index", "-", "--name", "report.md", "--model", "none", in: scratch.url,
            input: Array("# Report\n\nThe bridge was inspected in May.\n".utf8))
        #expect(outcome.status == 0)
        let query = try Command.run("query", "--retrieve", "bridge", in: scratch.url)
        #expect(query.output.contains("report.md:"))
    }

    @Test func `a plan leaves no file behind`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("Words.", to: "docs/a.md")
        let outcome = try Command.run("index", "--plan", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("1 new"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("index.quarry")))
    }

    @Test func `files that cannot be indexed are listed, and the exit code is 2`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("Words.", to: "docs/a.md")
        try scratch.write("{\"text\": \"ok\"}\n{oops\n", to: "docs/b.jsonl")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("not indexed: docs/b.jsonl:2"))
        #expect(outcome.output.contains("2 written") && outcome.output.contains("1 record could not be indexed"))
    }

    @Test func `a run that reads only empty files names them, also the second time`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("", to: "docs/blank.md")
        try scratch.write("Words.", to: "docs/a.md")
        let first = try Command.run("index", "docs/blank.md", "--model", "none", in: scratch.url)
        #expect(first.status == 2)
        #expect((first.output + first.errors).contains("docs/blank.md: The source contains no text."), "\(first)")
        let folder = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(folder.status == 0 && folder.output.contains("1 without text (1 empty)"), "\(folder)")
        let again = try Command.run("index", "docs/blank.md", "--model", "none", in: scratch.url)
        #expect(again.status == 2)
        #expect(again.output.contains("Nothing indexed: docs/blank.md: The source contains no text."), "\(again)")
    }

    @Test func `a run that reads nothing names the formats, and the exit code is 2`() throws {
        let scratch = try TemporaryFolder()
        for number in 1...3 { try scratch.write("old", to: "docs/\(number).mobi") }
        try scratch.write("<p>", to: "docs/page.RAR")
        for more in [[], ["--plan"]] as [[String]] {
            let outcome = try Command.run(["index", "docs", "--model", "none"] + more, in: scratch.url)
            #expect(outcome.status == 2)
            #expect(outcome.output.hasPrefix(more.isEmpty ? "Nothing indexed: " : "Nothing to index: "), "\(outcome)")
            #expect(outcome.output.contains("4 files have a format Quarry cannot read (3 .mobi, 1 .rar). Convert them"))
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path("index.quarry")))
        try scratch.write("Words.", to: "docs/a.md")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
    }

    @Test func `a run that changes nothing says so in one line`() throws {
        let (scratch, _) = try notes()
        let outcome = try Command.run("index", "docs", in: scratch.url)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.wholeMatch(of: /Up to date: 2 files, nothing changed \(\d+\.\d s\)\n/) != nil, "\(outcome)")
    }

    @Test func `a file stays in quarantine until it can be read`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(String(repeating: "A note on lighthouses. ", count: 60_000), to: "docs/long.md")
        try scratch.write("{\"text\": \"ok\"}\n{oops\n", to: "docs/b.jsonl")
        func index(_ more: String...) throws -> Command.Outcome {
            try Command.run(["index", "docs", "--model", "none"] + more, in: scratch.url)
        }
        #expect(try index().errors.contains("docs/b.jsonl:2"))
        let limited = try index("--max-file-size", "1")
        #expect(limited.errors.contains("docs/long.md: The file has ") && limited.errors.contains("docs/b.jsonl:2"))
        #expect(limited.output.contains("1 taken out of the index"))
        let unlimited = try index()
        #expect(!unlimited.errors.contains("docs/long.md"), "\(unlimited.errors)")

        try FileManager.default.moveItem(atPath: scratch.path("docs/b.jsonl"), toPath: scratch.path("docs/c.jsonl"))
        for _ in 1...2 {
            let moved = try index()
            #expect(moved.status == 2)
            #expect(
                moved.errors.contains("docs/c.jsonl:2") && !moved.errors.contains("docs/b.jsonl"), "\(moved.errors)")
        }
        try scratch.write("{\"text\": \"ok\"}\n", to: "docs/c.jsonl")
        #expect(try index().status == 0)
    }

    @Test func `binary files with an unknown extension are listed, and the exit code stays 0`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("Words.", to: "docs/a.md")
        for number in 1...12 { try scratch.write("\u{0}\u{1}\u{0}\(number)", to: "docs/blob\(number + 10).xyz") }
        try scratch.write("not read", to: "docs/picture.png")
        for run in 1...2 {
            let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("skipped: docs/blob11.xyz: "), "run \(run): \(outcome.errors)")
            #expect(outcome.errors.contains("binary") && outcome.output.contains("12 binary"))
            #expect(outcome.errors.contains("skipped: 2 more; --json lists them all"))
            #expect(!outcome.errors.contains("docs/blob21.xyz"))
            let left = "12 without text (12 binary), 1 skipped (1 .png needs a model)"
            let counts = run == 1 ? "files: 1 new, \(left)" : "Up to date: 1 file, nothing changed, \(left)"
            #expect(outcome.output.contains(counts), "\(outcome.output)")
            let json = try Command.run("index", "docs", "--model", "none", "--plan", "--json", in: scratch.url)
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            let report = try #require(object?["report"] as? [String: Any])
            let files = try #require(report["passedOver"] as? [[String: Any]])
            #expect(files.map { $0["source"] as? String } == (11...22).map { "docs/blob\($0).xyz" })
            #expect((report["quarantined"] as? [Any])?.isEmpty == true)
        }
        let explicit = try Command.run("index", "docs/blob11.xyz", "--model", "none", "--index", "b", in: scratch.url)
        #expect(explicit.status == 2)
        #expect(explicit.errors.contains("not indexed: docs/blob11.xyz: "))
    }

    @Test func `a batch of questions writes a run file`() throws {
        let (scratch, path) = try notes()
        try scratch.write(
            "{\"_id\": \"q1\", \"text\": \"lease\"}\n{\"_id\": \"q2\", \"text\": \"договор\"}\n", to: "questions.jsonl")
        let outcome = try Command.run(
            "query", "--batch", scratch.path("questions.jsonl"), "--run", scratch.path("run.trec"), "--index", path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let run = try String(contentsOfFile: scratch.path("run.trec"), encoding: .utf8).split(separator: "\n")
        #expect(run.contains { $0.hasPrefix("q1 Q0 docs/lease.md 1 ") })
        #expect(run.contains { $0.hasPrefix("q2 Q0 docs/arenda.md 1 ") })
    }

    @Test func `wrong usage exits with 64`() throws {
        #expect(try Command.run("query").status == 64)
        #expect(try Command.run("query", "x", "--mode", "psychic").status == 64)
        #expect(try Command.run("frobnicate").status == 64)
    }

    @Test func `help and completion are generated`() throws {
        let help = try Command.run("--help")
        #expect(help.status == 0)
        for name in ["index", "query", "eval", "info", "doctor", "models"] { #expect(help.output.contains(name)) }
        #expect(try Command.run("--generate-completion-script", "bash").output.contains("quarry"))
    }

    @Test func `a missing index is an error with the next step`() throws {
        let scratch = try TemporaryFolder()
        let outcome = try Command.run("query", "anything", in: scratch.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("quarry index"))
    }

    @Test func `info and doctor report on the index`() throws {
        let notes = try notes()
        let path = notes.path
        let info = try Command.run("info", "--index", path)
        #expect(info.status == 0)
        #expect(info.output.contains("2 documents"))
        let doctor = try Command.run("doctor", "--index", path)
        #expect(doctor.status == 0)
        #expect(doctor.output == "\(path): no problems found\n")
    }

    @Test func `doctor repairs what follows from the texts, and says what it did`() async throws {
        let notes = try notes()
        let path = notes.path
        try await editIndex(path, "UPDATE bm25_postings SET data = x'3F01'; DELETE FROM languages")
        for arguments in [["query", "Who signs the lease?", "--index", path], ["doctor", "--index", path]] {
            let outcome = try Command.run(arguments)
            #expect(outcome.status == 1 && outcome.errors.contains("quarry doctor --repair"), "\(outcome)")
        }
        let repair = try Command.run("doctor", "--repair", "--index", path)
        #expect(repair.status == 0, "\(repair)")
        #expect(repair.output.contains("repaired: bm25: postings") && repair.output.contains("repaired: languages"))
        #expect(repair.output.hasSuffix("\(path): no problems found\n"))
        #expect(try Command.run("query", "Who signs the lease?", "--index", path).status == 0)
        let again = try Command.run("doctor", "--repair", "--index", path, "--json")
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
        #expect(reply["isWhole"] as? Bool == true && (reply["repaired"] as? [String]) == [])
    }

    @Test func `doctor repair has a damaged file read again, and leaves a damaged document without its file`()
        async throws
    {
        let (scratch, path) = try notes()
        let edit = "UPDATE chunks SET text = replace(text, 'Ilves', 'Elves'), tokens = tokens + 1"
        try await editIndex(path, edit)
        let repair = try Command.run("doctor", "--repair", "--index", path)
        #expect(repair.status == 0 && repair.errors.contains("must be read again"), "\(repair)")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let answer = try Command.run("query", "Who signs the lease?", "--index", path)
        #expect(answer.status == 0 && answer.output.contains("Mrs Ilves"), "\(answer)")
        try await editIndex(path, edit)
        try scratch.remove("docs/lease.md")
        let partial = try Command.run("doctor", "--repair", "--index", path)
        #expect(partial.status == 1 && partial.errors.contains("docs/lease.md: it is damaged"), "\(partial)")
    }

    @Test func `a copy of an index answers, and is not written over a file`() throws {
        let (scratch, path) = try notes()
        let copy = scratch.path("copy.quarry")
        let backup = try Command.run("backup", copy, "--index", path, "--json")
        #expect(backup.status == 0 && backup.output.contains("quarry.backup/1"), "\(backup)")
        #expect(try Command.run("doctor", "--index", copy).status == 0)
        let again = try Command.run("backup", copy, "--index", path)
        #expect(again.status == 1 && again.errors.contains("There is already a file or folder \(copy)."), "\(again)")
        let compact = try Command.run("compact", "--index", copy)
        #expect(compact.status == 0 && compact.output.contains(" before, "), "\(compact)")
    }

    @Test func `an interrupted run says so and keeps what it committed`() throws {
        let scratch = try TemporaryFolder()
        for number in 1...3_000 {
            try scratch.write(
                "Note \(number): " + String(repeating: "word\(number) and so on ", count: 60), to: "docs/\(number).md")
        }
        let process = try Command.start(["index", "docs", "--model", "none"], in: scratch.url)
        while !FileManager.default.fileExists(atPath: scratch.path("index.quarry-wal")), process.isRunning {
            usleep(2_000)
        }
        usleep(300_000)
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        if process.terminationStatus != 0 { #expect(process.terminationStatus == 130) }
        let doctor = try Command.run("doctor", in: scratch.url)
        #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        #expect(try Command.run("info", in: scratch.url).output.contains("3000 documents"))
    }

    @Test func `a plan does not write into the index`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("A note on lighthouses.", to: "docs/a.md")
        #expect(try Command.run("index", "docs", "--model", "none", in: scratch.url).status == 0)
        let before = try Data(contentsOf: scratch.url.appendingPathComponent("index.quarry"))
        try scratch.write("A note on windmills.", to: "docs/b.md")
        let plan = try Command.run("index", "docs", "--plan", in: scratch.url)
        #expect(plan.status == 0 && plan.output.contains("files: 1 new"), "\(plan)")
        #expect(try Data(contentsOf: scratch.url.appendingPathComponent("index.quarry")) == before)
    }

    @Test func `a server's address with a password is refused and not shown`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("A note on lighthouses.", to: "docs/a.md")
        for address in ["http://u:hidden@127.0.0.1:9/v1#m", "http://127.0.0.1:9/v1?key=hidden#m"] {
            let outcome = try Command.run("index", "docs", "--model", address, in: scratch.url)
            #expect(outcome.status == 1 && outcome.errors.contains("QUARRY_LLM_API_KEY"), "\(outcome)")
            #expect(!outcome.errors.contains("hidden"))
        }
    }
}
