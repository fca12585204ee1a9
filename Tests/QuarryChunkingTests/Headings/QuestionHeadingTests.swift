import QuarryChunking
import QuarryCore
import Testing

@Suite struct QuestionHeadingTests {
    private let answer = "\(filler) \(filler) \(filler)"

    @Test(arguments: [
        ("Q: Who signs the lease?", "A:"), ("Question: Who signs the lease?", "Answer:"),
        ("В: Кто подписывает договор?", "О:"), ("Вопрос: Кто подписывает договор?", "Ответ:"),
        ("Frage: Wer unterschreibt den Vertrag?", "Antwort:"), ("F: Wer unterschreibt den Vertrag?", "A:"),
        ("**Q: Who signs the lease?**", "**A:**"), ("Q1. Who signs the lease?", "A1."), ("Q: The lease", "A:"),
        ("Question : Qui signe le bail ?", "Réponse :"),
    ])
    func `a labelled question is the heading of its answer`(question: String, label: String) throws {
        let text = "\(question)\n\(label) \(answer)"
        let expected = question.replacing("**", with: "").drop { $0 != ":" && $0 != "." }.dropFirst(2)
        #expect(headings(of: try chunks(of: text)) == [String(expected)])
        #expect(headings(of: try chunks(ofMarkdown: text)) == [String(expected)])
    }

    @Test func `a numbered question needs no question mark`() throws {
        let text = "Question 3. Name the parts of a quarry\n\n\(answer)"
        #expect(headings(of: try chunks(of: text)) == ["Name the parts of a quarry"])
    }

    @Test func `a question and its answer may be on one line`() throws {
        let text = "Question: What is the password? Answer: \(answer)"
        let cut = try chunks(of: text)
        #expect(cut.first?.text.hasPrefix("Question: What is the password? Answer: Stone") == true)
        #expect(headings(of: cut) == ["What is the password?"])
    }

    @Test func `a labelled question may go on for some lines`() throws {
        let text = "Q: Who signs the lease\nfor the workshop?\nA: \(answer)"
        #expect(headings(of: try chunks(of: text)) == ["Who signs the lease for the workshop?"])
    }

    @Test func `questions that recur are the headings of the text below them`() throws {
        let text = """
            How do I cancel my order?
            \(answer)

            Where do you ship
            your parcels?

            \(answer)
            """
        #expect(headings(of: try chunks(of: text)) == ["How do I cancel my order?", "Where do you ship your parcels?"])
        // Each begins a chunk.
        let cut = try chunks(of: text)
        #expect(cut.contains { $0.text.hasPrefix("Where do you ship") })
    }

    @Test func `a short text is the answer to the question that it begins with`() throws {
        let text = "How tall is the mast?\n\(answer)"
        #expect(headings(of: try chunks(of: text)) == ["How tall is the mast?"])
    }

    @Test func `a bold question is a heading below those of the document`() throws {
        let cut = try chunks(
            ofMarkdown: "# Library\n\n**Can I bring my dog?**\n\n\(answer)\n\n### Rooms\n\n\(answer)\n")
        #expect(cut.map(\.headings).contains(["Library", "Can I bring my dog?"]))
        #expect(cut.last?.headings == ["Library", "Rooms"])
    }

    @Test func `the questions of a list are the headings of their items`() throws {
        let text = """
            1. What happens if I lose my card?
               \(answer)
            2. Where do I return books at night?
               \(answer)
            """
        let expected = ["What happens if I lose my card?", "Where do I return books at night?"]
        #expect(headings(of: try chunks(ofMarkdown: text)) == expected)
        #expect(headings(of: try chunks(of: text)) == expected)
    }

    @Test(arguments: [
        "Did he come?\n\nHe came.\n\nStone. Sand. Gravel.\n\nStone.\n\nSand.\n\n",
        "\"Where are you going?\" he asked.\n\n\"Are you going to the town?\"\n\n\"No,\" said she.\n\n\"Will you come back?\"\n\nNo.",
        "— Куда ты идёшь сегодня?\n\n— Домой.\n\n— А когда ты вернёшься?\n\n— Утром.",
        "Questions for the meeting:\n\n1. Who pays for the bridge?\n2. When does it open?\n3. Who owns it?\n\nNext week we meet.",
        "let next = a ? b : c\nlet other = next ?\nfoo : bar\n",
        "Hello Anna,\n\nhow are you? I am well.\n\nCould you send me the plan?\n\nThanks, Boris",
        "The wall is high. Who built the wall?\nNobody knows. Who paid for the wall?\nNobody remembers.",
        "Subject: Who pays for the bridge?\nFrom: Anna\n\nThe town.",
    ])
    func `other questions are text`(text: String) throws {
        let long = text + "\n\n" + String(repeating: "\(filler)\n\n", count: 30)
        #expect(try hasNoHeadings(long))
    }

    @Test func `code, tables and quotes have no questions`() throws {
        let text = """
            # Notes

            ```
            Q: Who signs the lease?
            A: The chair.
            ```

            > Q: Who signs the lease?
            > A: The chair.

            | Q: Who signs? | A: The chair |
            |---|---|
            | Q: Who signs the lease? | A: \(answer) |
            """
        let cut = try chunks(ofMarkdown: text)
        #expect(Set(cut.flatMap(\.headings)) == ["Notes"])
    }
}
