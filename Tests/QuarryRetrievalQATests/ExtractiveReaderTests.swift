import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Testing

struct ExtractiveReaderTests {
    private func answer(_ question: String, _ text: String, title: String? = nil) async throws -> Answer {
        let other = hit(
            2, "The ferry was built in Turku. It carries forty cars and has a small café.", source: "ferry.md")
        return try await RetrievalQA(retriever: ListRetriever(hits: [hit(1, text, title: title), other])).answer(
            question)
    }

    @Test(arguments: [
        "Q: When does the pottery open?\nA: At nine, except on Mondays.\nQ: Who sweeps it?\nA: The apprentices.",
        "### When does the pottery open?\n\nAt nine, except on Mondays.\n\n### Who sweeps it?\n\nThe apprentices.",
        "**When does the pottery open?**\n\nAt nine, except on Mondays.\n\n**Who sweeps it?**\n\nThe apprentices.",
        "1. When does the pottery open?\n   At nine, except on Mondays.\n2. Who sweeps it?\n   The apprentices.",
        "Ida: When does the pottery open?\nJon: At nine, except on Mondays.\nIda: Who sweeps it?\nJon: The apprentices.",
        "> When does the pottery open?\n\nAt nine, except on Mondays.\n\n> Who sweeps it?\n\nThe apprentices.",
    ])
    func `a question in a document is answered by what follows it`(text: String) async throws {
        let first = try await answer("When does the pottery open?", text)
        #expect(!first.isRefused && first.text.contains("At nine, except on Mondays.") && !first.text.contains("open?"))
        let second = try await answer("Who sweeps the pottery?", text)
        #expect(!second.text.contains("sweeps it?"))
    }

    @Test func `a phrase or a demanded word is answered by the sentences that hold it`() async throws {
        let text = "The lamp of the pier is red at night. Red paint is sold here. A red lamp hangs at the door."
        func quotes(_ text: String, _ question: String, _ clauses: [QueryExpression.Clause]) async throws -> [String] {
            let expression = QueryExpression(text: question, clauses: clauses)
            let retrieval = Retrieval(hits: [hit(1, text)], expression: expression)
            return try await ExtractiveReader(threshold: 0).read(question, in: retrieval).sentences.map(\.text)
        }
        let free = try await quotes(text, "red lamp", [])
        #expect(free.count > 1)
        #expect(
            try await quotes(text, "red lamp", [.init(.preferred, .phrase, "red lamp")]) == [
                "A red lamp hangs at the door."
            ])
        #expect(
            try await quotes(text, "red lamp paint", [.init(.required, .word, "paint")]) == [
                "Red paint is sold here."
            ])
        let excluded = try await quotes(text, "red lamp", [.init(.excluded, .phrase, "red lamp")])
        #expect(excluded == free)
        // A sentence with the title that does not say who is not what is asked for.
        let book = "Northern Tides is a long book about boats. It was written by Edith Marlow in Leeds."
        let author = try await quotes(
            book, "Who wrote Northern Tides?", [.init(.preferred, .phrase, "Northern Tides")])
        #expect(author.contains("It was written by Edith Marlow in Leeds."))
    }

    @Test func `the title of a record is the question that its text answers`() async throws {
        let reply = try await answer(
            "How long does the glaze dry?", "Two days in summer, four in winter.", title: "How long does the glaze dry?"
        )
        #expect(reply.text == "Two days in summer, four in winter. [1]")
    }

    @Test func `a line that introduces a list is quoted with the items, steps with their numbers`() async throws {
        let list = try await answer(
            "What must I bring to the pottery course?",
            "# Course\n\nTo the pottery course, bring:\n\n- an apron\n- two towels\n- a lunch box\n\nIt ends at four.")
        #expect(list.text.contains("bring:\n- an apron\n- two towels\n- a lunch box"))
        let steps = try await answer(
            "How do I clean the wheel?",
            "## How to clean the wheel\n\n1. Switch it off.\n2. Scrape the tray.\n3. Wipe the plate.\n\n## Other\n\nNothing."
        )
        #expect(steps.text.contains("1. Switch it off.\n2. Scrape the tray.\n3. Wipe the plate."))
    }

    @Test func `a line that introduces a table is quoted with its rows, and a long list is cut aloud`() async throws {
        let table = try await answer(
            "What are the prices of the pottery?",
            "The prices of the pottery are:\n\n| Thing | Price |\n|---|---|\n| Bowl | 18 € |\n| Jug | 30 € |\n\nAsk.")
        #expect(table.text.contains("- Thing: Bowl; Price: 18 €\n- Thing: Jug; Price: 30 €"))
        let items = (1...90).map { "- shelf number \($0) with thirty bowls" }.joined(separator: "\n")
        let long = try await answer("What stands in the pottery?", "In the pottery stand:\n\n\(items)\n")
        #expect(long.text.contains("\n…") && long.text.utf8.count < 2_500)
    }

    @Test func `a heading is shown where it holds the date or version asked for`() async throws {
        let log = """
            # Changes

            ## [3.2.0] - 2023-04-11

            - Kilns can be named.

            ## [3.1.0] - 2022-12-01

            - The old timer was removed.
            """
        let removed = try await answer("Which version removed the old timer?", log)
        #expect(removed.text.contains("3.1.0 - 2022-12-01: The old timer was removed."))
        let named = try await answer("When was version 3.2.0 released?", log)
        #expect(named.text.contains("3.2.0 - 2023-04-11"))
    }

    @Test func `table rows are shown as columns and values`() async throws {
        let reply = try await answer(
            "What is the price of a bowl?", "| Thing | Price |\n|---|---|\n| Bowl | 18 € |\n| Jug | 30 € |")
        #expect(reply.text == "Thing: Bowl; Price: 18 € [1]")
        #expect(reply.citations.map(\.quote) == ["| Bowl | 18 € |"])
    }

    @Test func `a definition wins over a mention`() async throws {
        let reply = try await answer(
            "What is engobe?",
            "Before firing, the engobe dries for a day. Engobe is a coloured clay slip. Some potters buy engobe.")
        #expect(reply.text.hasPrefix("Engobe is a coloured clay slip. [1]"))
    }

    @Test func `the caption of a file is not an answer, a short reply is`() async throws {
        let reply = try await answer(
            "Where is the wheel described?", "File: src/wheel.md\n\nThe wheel is described in the yellow folder.")
        #expect(reply.text == "The wheel is described in the yellow folder. [1]")
        let short = try await answer("Where is the wheel?", "Q: Where is the wheel?\nA: Shed two")
        #expect(short.text == "Shed two [1]")
    }

    @Test func `courtesy does not hide the question`() async throws {
        let reply = try await answer(
            "Hi, I am new here and was wondering: how much is a bowl? Cheers, Tom", "A bowl is 18 euros. Ask Ida.")
        #expect(reply.text.contains("A bowl is 18 euros. [1]") && reply.question.hasPrefix("Hi"))
    }

    @Test(arguments: [
        (
            "How much is a kayak per day?", "| Boat | Per hour | Per day |\n|---|---|---|\n| Kayak | 9 € | 31 € |",
            "31 €"
        ),
        ("Who teaches judo?", "| Coach | Course | Day |\n|---|---|---|\n| Ada Holm | judo | Friday |", "Ada Holm"),
        ("Сколько стоит лодка?", "| Вещь | Цена |\n|---|---|\n| Лодка | 800 ₽ |\n| Весло | 90 ₽ |", "800 ₽"),
        ("What is a jib?", "Jib: a sail before the mast.\nKeel: the fin under a boat.", "Jib: a sail before the mast."),
        ("What does keel mean?", "Jib: a sail before the mast.\nKeel: the fin under a boat.", "the fin under"),
        ("Что такое шлюз?", "**Бьеф** — часть реки у плотины.\n\nШлюз\n: камера с воротами для судов.", "камера"),
        ("Who brings the tent?", "Mo: who brings the tent?\nLi: me, on Sunday", "Li: me, on Sunday"),
    ])
    func `a short question is answered where all of it stands`(
        question: String, text: String, expected: String
    ) async throws {
        let reply = try await answer(question, text)
        #expect(!reply.isRefused && reply.text.contains(expected), "\(reply.text)")
    }

    @Test func `a row that does not name what is asked for is no answer`() async throws {
        let table = "| Coach | Course |\n|---|---|\n| Ada Holm | judo |"
        #expect(try await answer("Who teaches fencing?", table).isRefused)
    }

    @Test(arguments: [
        ("What colour is the penguin?", "Penguin: white", "Penguin: white"),
        ("What is the colour of the penguin?", "Penguin: white", "Penguin: white"),
        ("What is the penguin's colour?", "Penguin: white", "Penguin: white"),
        ("penguin", "penguin: white\nport: 8080", "penguin: white"),
        ("What is the port?", "penguin: white\nport: 8080", "port: 8080"),
        ("What colour is the penguin?", "Colour of the penguin: white", "Colour of the penguin: white"),
        ("When does the kiln close?", "- Kiln: 22:00\n- Shed: 18:00", "Kiln: 22:00"),
        ("Какого цвета дверь?", "Цвет двери: зелёный\nЗамок: новый", "Цвет двери: зелёный"),
        ("Какого цвета дверь?", "Дверь: зелёная", "Дверь: зелёная"),
        ("Какой у двери цвет?", "Дверь: зелёная", "Дверь: зелёная"),
        ("Кто казначей?", "Казначей: Инна Белова", "Казначей: Инна Белова"),
    ])
    func `a field answers a question about its key`(question: String, text: String, expected: String) async throws {
        let reply = try await answer(question, text)
        #expect(reply.text == "\(expected) [1]", "\(reply.text)")
    }

    @Test(arguments: [
        ("Who feeds the penguin?", "Penguin: white"), ("What happened to the penguin?", "Penguin: white"),
        ("How many eggs does the penguin lay?", "Penguin: white"), ("Где живёт пингвин?", "Пингвин: белый"),
        ("What colour is the seal?", "Penguin: white"),
    ])
    func `a field that says something else is no answer`(question: String, text: String) async throws {
        let reply = try await answer(question, text)
        #expect(reply.isRefused, "\(reply.text)")
    }

    @Test func `a record of fields is quoted as a whole where it holds the question`() async throws {
        let record = "name: Orla Bristow\ncity: Fenwick\nphone: 555 0142"
        let reply = try await answer("What is the phone of Orla Bristow?", record)
        #expect(!reply.isRefused && reply.text.hasPrefix("\(record) ["), "\(reply.text)")
    }

    @Test func `a passage of which nothing can be quoted lends no support to others`() async throws {
        var best = hit(1, "Мария Зуева Тверь", source: "members.txt")
        var other = hit(2, "Paragraph 98.", source: "other.txt")
        best.legs = [.vector: LegScore(rank: 1, score: 0.9)]
        other.legs = [.vector: LegScore(rank: 2, score: 0.5)]
        let reader = ExtractiveReader(embedder: LetterEmbedder())
        let retrieval = Retrieval(hits: [best, other], backgroundCosine: 0.5)
        let read = try await reader.read("Где живёт Мария Зуева?", in: retrieval)
        var alone = retrieval
        alone.hits[0].legs = [:]
        #expect(read.sentences.map(\.text) == ["Paragraph 98."] && !read.isSupported)
        #expect(try await reader.read("Где живёт Мария Зуева?", in: alone).support == read.support)
    }

    @Test func `greetings, sign-offs and names are no answer`() async throws {
        let reply = try await answer(
            "Has the kiln arrived?",
            "Hi Bruno,\n\n> Has the kiln arrived?\n\nNot yet.\n\nKind regards,\n\nKirsten")
        #expect(reply.text == "Not yet. [1]")
        let none = try await answer("Has the kiln arrived?", "> Has the kiln arrived?\n\nС уважением,\n\nАнна Белова")
        #expect(none.isRefused)
    }

    private static let log = """
        # Changes

        ## 2.1.0 - 2026-02-11

        ### Added

        - A dark theme.

        ### Removed

        - The printing of labels.

        ## 2.0.0 - 2025-10-20

        ### Removed

        - The fax gateway.
        """

    @Test func `what stands under a version belongs to it, whatever headings are between`() async throws {
        let removed = try await answer("What was removed in 2.0.0?", ExtractiveReaderTests.log)
        #expect(removed.text.contains("The fax gateway.") && !removed.text.contains("labels"))
        let version = try await answer(
            "In which version was the printing of labels removed?", ExtractiveReaderTests.log)
        #expect(version.text.contains("2.1.0"))
    }

    @Test func `what a version changed is all that stands under it`() async throws {
        let all = try await answer("What did version 2.1.0 change?", ExtractiveReaderTests.log)
        #expect(
            all.text.contains("2.1.0 - 2026-02-11:\nAdded:\n- A dark theme.\nRemoved:\n- The printing of labels."),
            "\(all.text)")
        #expect(!all.text.contains("fax"))
    }
}
