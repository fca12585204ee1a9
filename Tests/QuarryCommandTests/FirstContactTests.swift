import Foundation
import QuarryTestSupport
import Testing

/// What a person meets in the first ten minutes: questions without a command, wrong words, no index yet.
struct FirstContactTests {
    private func notes() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try scratch.write("# Shed\n\nThe shed is painted green by Mr Okonkwo.\n", to: "papers/shed.md")
        try scratch.write("# Well\n\nThe well is 14 metres deep.\n", to: "papers/deep/well.md")
        let outcome = try Command.run("index", "papers", "--model", "none", in: scratch.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch
    }

    @Test(arguments: [
        ["Who painted the shed?"], ["query", "who", "painted", "the", "shed"], ["who", "painted", "the", "shed?"],
        ["-k", "3", "Who painted the shed?"], ["-k3", "Who painted the shed?"],
    ])
    func `a question needs neither a command nor quotes`(arguments: [String]) throws {
        let scratch = try notes()
        let outcome = try Command.run(arguments, in: scratch.url)
        #expect(outcome.status == 0 && outcome.output.contains("Mr Okonkwo. [1]"), "\(outcome)")
    }

    @Test(arguments: [
        (["indx", "papers"], "quarry index papers"), (["idnex", "my papers"], "quarry index 'my papers'"),
        (["ask", "Who?"], "quarry query 'Who?'"), (["search", "shed"], "quarry query --retrieve shed"),
        (["serach", "shed"], "quarry query --retrieve shed"), (["add", "a", "b", "c"], "quarry index a b c"),
        (["status"], "quarry info"),
        (["pull", "multilingual-e5-small"], "quarry models pull multilingual-e5-small"),
        (["models", "lst"], "quarry models list"), (["cofnig", "path"], "quarry config path"),
        (["--json", "info"], "quarry info --json"), (["shed"], "quarry query shed"),
        (["papers"], "quarry index papers"), (["./papers"], "quarry index ./papers"),
        (["plan", "papers"], "quarry index --plan papers"), (["configure"], "quarry config"),
        (["completion", "zsh"], "quarry --generate-completion-script zsh"), (["man"], "quarry --help"),
        (["remove", "papers/shed.md"], "quarry rm papers/shed.md"),
        (["check", "answer.json"], "quarry verify answer.json"), (["ask"], "quarry query \"…\""),
        (["check", "old.quarry"], "quarry doctor --index old.quarry"), (["init"], "quarry index FOLDER"),
        (["list", "papers"], "quarry ls papers"), ([""], "The question is empty."),
        (["query", " "], "The question is empty."), (["query", "Who?", "--budget", "-5"], "the minimum is 64"),
        (["-v"], "To see the version: quarry --version"), (["-V"], "To see the version: quarry --version"),
        (["--versoin"], "quarry --version"), (["--hlep"], "quarry --help"), (["help", "ask"], "quarry help query"),
        (["doctor", "old.quarry"], "quarry doctor --index old.quarry"), (["doctor", "papers"], "\n  quarry doctor\n"),
        (["doctor", "answer.json"], "quarry verify answer.json"),
        (["quarry", "indx", "papers"], "quarry index papers"),
        (["models", "install", "x"], "quarry models pull x"), (["query", "–json", "shed"], "--json"),
        (["info", "old.quarry", "--json"], "quarry info --index old.quarry --json"),
        (["doctor", "--fix"], "Did you mean --repair?"), (["query", "Who?", "-j"], "Did you mean --json?"),
        (["index", "papers", "--force"], "To make an index anew, remove its file first."),
        (["--bogus"], "Unknown option '--bogus'"), (["help", "indx"], "quarry help index"),
        (["index", "papers", "--output", "x"], "Did you mean --index?"),
        (["query", "Who?", "-k", "-1"], "-k -1 is not between 1 and 10000."),
        (["query", "Who?", "--filter", "year"], "there is no operator such as"),
        (["query", "Who?", "--json", "--jsonl"], "not both"),
    ])
    func `a wrong command leads to the right one`(arguments: [String], meant: String) throws {
        let scratch = try notes()
        let outcome = try Command.run(arguments, in: scratch.url)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.contains(meant), "\(outcome.errors)")
    }

    @Test(arguments: [
        ("--topk", "-k"), ("--top-k", "-k"), ("--limit", "-k"), ("--db", "--index"), ("--semantic", "--mode vector"),
        ("--language-model", "--llm"), ("--plan", "--dry-run"), ("--silent", "--quiet"),
    ])
    func `an option of another program leads to that of this one`(option: String, meant: String) throws {
        let scratch = try notes()
        let outcome = try Command.run("query", "Who painted the shed?", option, "5", in: scratch.url)
        #expect(outcome.status == 64, "\(outcome)")
        #expect(
            outcome.errors.hasPrefix("Error: Unknown option '\(option)'. Did you mean \(meant)?"), "\(outcome.errors)")
        #expect(outcome.errors.contains("Usage: quarry query [options] question"))
    }

    @Test func `the index of a folder above is found, and a missing one is looked for by name`() throws {
        let scratch = try notes()
        let deep = scratch.url.appending(path: "papers/deep")
        let found = try Command.run("How deep is the well?", in: deep)
        #expect(found.status == 0 && found.output.contains("14 metres"), "\(found)")
        #expect(found.errors == "note: the index is ../../index.quarry\n")
        #expect(try Command.run("info", in: deep).output.hasPrefix("../../index.quarry: "))
        // A run in the folder below makes an index of its own, and says so.
        let second = try Command.run("index", "well.md", "--model", "none", in: deep)
        #expect(second.status == 0 && second.errors.contains("--index ../../index.quarry"), "\(second)")
        #expect(try Command.run("info", in: deep).output.hasPrefix("index.quarry: "))

        let empty = try TemporaryFolder()
        try FileManager.default.createDirectory(at: empty.url.appending(path: "a"), withIntermediateDirectories: true)
        try empty.write("", to: "a/other.quarry")
        let missing = try Command.run("query", "Who?", in: empty.url.appending(path: "a"))
        #expect(missing.status == 1)
        for part in ["There is no index.quarry in this folder", "--index other.quarry", "quarry index FOLDER"] {
            #expect(missing.errors.contains(part), "\(part): \(missing.errors)")
        }
        let named = try Command.run("query", "Who?", "--index", "my work.quarry", in: empty.url)
        #expect(named.errors.contains("There is no index my work.quarry. Make it first: quarry index FOLDER"))
        #expect(named.status == 1 && named.errors.hasSuffix("--index 'my work.quarry'\n"), "\(named)")
    }

    @Test func `a wrong path makes no index`() throws {
        let scratch = try TemporaryFolder()
        for options in [[], ["--plan"], ["--index", "new/i.quarry"]] {
            let outcome = try Command.run(["index", "papres", "--model", "none"] + options, in: scratch.url)
            #expect(outcome.status == 1, "\(outcome)")
            #expect(outcome.errors.contains("papres: There is no such file or folder."), "\(outcome)")
        }
        #expect(try scratch.contents() == [])
    }

    @Test(arguments: [
        (["index", "papres"], "Did you mean papers?"), (["index", "papers/*.md"], "the pattern with --include"),
        (["index", "papers/deep/wel.md"], "Did you mean papers/deep/well.md?"),
        (["index", "papers/dep/wel.md"], "Did you mean papers/deep/well.md?"),
        (["chunk", "papres/deep/well.md"], "Did you mean papers/deep/well.md?"),
        (["info", "--index", "index.qarry"], "Did you mean index.quarry?"),
    ])
    func `a mistyped path leads to the right one`(arguments: [String], meant: String) throws {
        let scratch = try notes()
        for index in ["index.quarry", "other.quarry"] {
            let more = arguments[0] == "index" ? ["--index", index, "--model", "none"] : []
            let outcome = try Command.run(arguments + more, in: scratch.url)
            #expect(outcome.status == 1 && outcome.errors.contains(meant), "\(outcome)")
        }
    }

    @Test func `an index in a folder that does not exist is refused`() throws {
        let scratch = try notes()
        let outcome = try Command.run("index", "papers", "-i", "new/deep/x.quarry", "--model", "none", in: scratch.url)
        #expect(outcome.status == 1 && outcome.errors.contains("There is no folder"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("new")))
    }

    @Test func `files that a pattern takes out of the index are not called deleted`() throws {
        let scratch = try notes()
        let outcome = try Command.run("index", "papers", "--include", "well.md", in: scratch.url)
        #expect(outcome.status == 0 && !outcome.output.contains("deleted"), "\(outcome)")
        #expect(outcome.output.contains("1 taken out of the index, still on disk"), "\(outcome)")
        #expect(outcome.errors.contains("1 file that is still on disk left the index"), "\(outcome)")
        let nothing = try Command.run("index", "papers", "--include", "papers/well.md", in: scratch.url)
        #expect(nothing.status == 1 && nothing.errors.contains("Nothing was changed."), "\(nothing)")
        let again = try Command.run("index", "papers", in: scratch.url)
        #expect(again.output.contains("1 new"), "\(again)")
    }

    @Test func `an index without documents says so, in JSON and in the language of the question too`() throws {
        let scratch = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: scratch.url.appending(path: "papers"), withIntermediateDirectories: true)
        try scratch.write("A kiln.", to: "papers/kiln.md")
        #expect(try Command.run("index", "papers", "--model", "none", in: scratch.url).status == 0)
        try FileManager.default.removeItem(at: scratch.url.appending(path: "papers/kiln.md"))
        #expect(try Command.run("index", "papers", in: scratch.url).status == 0)
        let asked = try Command.run("query", "Who?", in: scratch.url)
        #expect(
            asked.output == "This index (index.quarry) holds no documents yet. To add some: quarry index FOLDER\n")
        #expect(asked.status == 3 && asked.errors.isEmpty, "\(asked)")
        #expect(try Command.run("query", "Кто здесь?", in: scratch.url).output.contains("пока нет документов"))
        let json = try Command.run("query", "Who?", "--json", in: scratch.url)
        #expect(json.output.contains("\"refusalReason\" : \"This index holds no documents yet.\""), "\(json)")
    }

    @Test func `a run without a document makes no file, and does not touch one that is there`() throws {
        let scratch = try notes()
        let scans = scratch.url.appending(path: "papers/scans")
        try scratch.write("a letter", to: "papers/scans/deed.mobi")
        try scratch.write([0, 1, 2], to: "papers/scans/bad.md")
        for arguments in [
            ["index", "deed.mobi"], ["index", "bad.md"], ["index", "."], ["index", "-"],
            ["index", "..", "--include", "*.nothing", "--index", "y.quarry"],
        ] {
            let outcome = try Command.run(arguments + ["--model", "none"], in: scans, input: [])
            #expect(outcome.status == 2, "\(outcome)")
            #expect(!outcome.output.contains("is up to date"), "\(outcome)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: scans.path).sorted() == ["bad.md", "deed.mobi"])
        }
        #expect(try Command.run("How deep is the well?", in: scans).output.contains("14 metres"))
        // A file that was there stays, even without documents.
        #expect(try Command.run("index", "papers", "--exclude", "*", in: scratch.url).status == 0)
        #expect(try Command.run("info", in: scratch.url).output.contains("holds no documents yet"))
    }

    @Test func `files of a folder that are passed over are named by their kind`() throws {
        let scratch = try notes()
        for name in ["a.mobi", "b.rar", "__init__.py", "c.dat"] { try scratch.write("", to: "papers/" + name) }
        try scratch.write([0, 1, 2, 3], to: "papers/c.dat")
        let outcome = try Command.run("index", "papers", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome)")
        let reasons =
            "2 without text (1 binary, 1 empty), 2 skipped (1 .mobi, 1 .rar cannot be read: convert them to text)"
        #expect(outcome.output.contains(reasons), "\(outcome)")
        #expect(outcome.errors.contains("skipped: papers/__init__.py: The source contains no text."), "\(outcome)")
        // Many empty files are counted only.
        for number in 1...3 { try scratch.write("", to: "papers/\(number).md") }
        let more = try Command.run("index", "papers", in: scratch.url)
        #expect(!more.errors.contains("__init__.py") && more.output.contains("4 empty"), "\(more)")
        // Named, an empty file is an error.
        #expect(try Command.run("index", "papers/__init__.py", in: scratch.url).status == 2)
    }

    @Test(arguments: [
        ["index", "-", "--model", "none"], ["verify", "-"], ["query", "-"], ["query", "--batch", "-"],
    ])
    func `one interrupt ends the wait for standard input`(arguments: [String]) throws {
        let scratch = try notes()
        let input = Pipe()
        let process = try Command.start(arguments, in: scratch.url, input: input)
        usleep(700_000)
        process.interrupt()
        let limit = Date(timeIntervalSinceNow: 20)
        while process.isRunning, Date() < limit { usleep(20_000) }
        #expect(!process.isRunning)
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
    }

    @Test func `an empty standard input does not take the name of a later text`() throws {
        let scratch = try notes()
        #expect(try Command.run("index", "-", in: scratch.url, input: []).status == 2)
        let text = try Command.run("index", "-", in: scratch.url, input: Array("The kiln is in the yard.".utf8))
        #expect(text.status == 0, "\(text)")
        #expect(try Command.run("query", "Where is the kiln?", in: scratch.url).output.contains("in the yard"))
    }

    @Test func `a refusal and its warning are in the language of the question, and said once`() throws {
        let scratch = try notes()
        let outcome = try Command.run("query", "Что такое мрак?", in: scratch.url)
        #expect(
            outcome.errors == "предупреждение: Ни одно слово вопроса не встречается в документах. "
                + "Документы на другом языке, чем вопрос, находит только поиск по смыслу.\n")
        let filtered = try Command.run("query", "Who painted the shed?", "--filter", "year=1", in: scratch.url)
        #expect(filtered.errors == "note: no document of this index has metadata to filter by\n", "\(filtered)")
        #expect(filtered.output.hasPrefix("No document matches the filter. Check its keys"), "\(filtered)")
    }

    @Test func `a second text from standard input does not replace the first`() throws {
        let scratch = try TemporaryFolder()
        func index(_ text: String, _ more: String...) throws -> Command.Outcome {
            try Command.run(["index", "-", "--model", "none"] + more, in: scratch.url, input: Array(text.utf8))
        }
        #expect(try index("The kiln is in the yard.").status == 0)
        let second = try index("The loom is in the loft.")
        #expect(second.status == 2, "\(second)")
        #expect(second.errors.contains("not indexed: stdin.txt: The index already holds another text"), "\(second)")
        #expect(second.errors.contains("--name"))
        #expect(try Command.run("query", "Where is the kiln?", in: scratch.url).output.contains("in the yard"))
        // The same text again is no other text, and a name is an answer.
        #expect(try index("The kiln is in the yard.").status == 0)
        #expect(try index("The loom is in the loft.", "--name", "loom.txt").status == 0)
        #expect(try index("The kiln is in the barn.", "--name", "stdin.txt").status == 0)
        #expect(try Command.run("query", "Where is the kiln?", in: scratch.url).output.contains("in the barn"))
    }

    @Test func `a quiet run prints errors and answers alone`() throws {
        let scratch = try notes()
        try scratch.write("# Gate\n\nThe gate has two keys.\n", to: "papers/gate.md")
        let indexed = try Command.run("index", "papers", "-q", in: scratch.url)
        #expect(indexed.status == 0 && indexed.output.isEmpty && indexed.errors.isEmpty, "\(indexed)")
        try scratch.write([0, 1, 2], to: "papers/bad.md")
        let rejected = try Command.run("index", "papers", "-q", in: scratch.url)
        #expect(rejected.status == 2 && rejected.output.isEmpty, "\(rejected)")
        #expect(rejected.errors.hasPrefix("not indexed: papers/bad.md: "), "\(rejected)")
        let asked = try Command.run("query", "-q", "How many keys has the gate?", in: scratch.url)
        #expect(asked.errors.isEmpty && asked.output.hasSuffix("gate.md:3\n"), "\(asked)")
    }

    @Test func `questions on standard input are answered as they come`() throws {
        let scratch = try notes()
        let (input, output) = (Pipe(), Pipe())
        let process = try Command.start(
            ["query", "--batch", "-"], in: scratch.url, input: input, output: output)
        defer { process.terminate() }
        var replies: [[String: Any]] = []
        for (id, question) in [("a", "Who painted the shed?"), ("b", "How deep is the well?")] {
            let line = "{\"_id\": \"\(id)\", \"text\": \"\(question)\"}\n"
            try input.fileHandleForWriting.write(contentsOf: Data(line.utf8))
            var reply = Data()
            while reply.last != 0x0A { reply += try #require(try output.fileHandleForReading.read(upToCount: 1)) }
            replies.append(try #require(try JSONSerialization.jsonObject(with: reply) as? [String: Any]))
        }
        #expect(replies.map { $0["id"] as? String } == ["a", "b"])
        #expect((replies[1]["answer"] as? String)?.contains("14 metres") == true)
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `help is grouped, and says what leaves the machine`() throws {
        let root = try Command.run("--help").output
        for name in ["--llm", "--model", "--reranker", "--transcribe", "--describe-images", "QUARRY_", "--local-only"] {
            #expect(root.contains(name), "\(name)")
        }
        let query = try Command.run("query", "--help").output
        let titles = ["COMMON OPTIONS:", "SEARCH:", "ANSWER:", "MODELS:", "OUTPUT:"]
        let places = titles.map { query.range(of: $0)?.lowerBound }
        #expect(!places.contains(nil) && places.compactMap { $0 } == places.compactMap { $0 }.sorted(), "\(query)")
        for command in [
            ["index"], ["query"], ["verify"], ["info"], ["doctor"], ["eval"], ["models", "list"], ["models", "pull"],
            ["models", "compare"], ["models", "measure"], ["config", "show"], ["config", "path"], ["config", "check"],
            ["cache", "info"], ["cache", "clear"],
        ] {
            let help = try Command.run(command + ["--help"], environment: ["COLUMNS": "80"]).output
            #expect(help.contains("\n  quarry \(command.joined(separator: " "))"), "\(help)")
            #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(help)")
        }
    }

    @Test(arguments: [60, 80])
    func `tables of models fit the width`(columns: Int) throws {
        for arguments in [
            ["models", "compare"], ["models", "list"], ["models", "list", "--provider", "openai"],
        ] {
            let outcome = try Command.run(arguments, environment: ["COLUMNS": "\(columns)"])
            #expect(outcome.status == 0)
            let long = outcome.output.split(separator: "\n").filter { $0.count > columns }
            #expect(long.isEmpty, "\(long)")
        }
    }
}
