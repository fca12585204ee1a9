import QuarryCore
import QuarryRetrievalQA
import Testing

struct ConversationTests {
    /// The next question after one turn.
    private func next(_ question: String, after asked: String, _ answer: String? = nil) -> String {
        Conversation(turns: [.init(question: asked, answer: answer)]).standalone(question).text
    }

    @Test(arguments: [
        ("What is Acme?", "Acme makes kettles.", "Who founded it?", "Who founded Acme?"),
        (
            "Who founded Acme?", "Acme was founded in Riga by Colin Reed.", "When was he born?",
            "When was Colin Reed born?"
        ),
        ("Who is Ada Lovelace?", "She worked with Charles Babbage.", "When did she die?", "When did Ada Lovelace die?"),
        ("When was Acme founded?", nil, "And who runs it today?", "Who runs Acme today?"),
        ("How much is a locker per year?", nil, "Who pays for it?", "Who pays for the locker?"),
        ("When does the swimming pool open?", nil, "How deep is it?", "How deep is the swimming pool?"),
        ("What is the Harbour Act?", nil, "Who signed that?", "Who signed Harbour Act?"),
        ("When was release 4.2 planned?", nil, "Why did it slip?", "Why did release 4.2 slip?"),
        ("What does E-1042 mean?", nil, "How do I fix it?", "How do I fix E-1042?"),
        ("Who is Ines Tamm?", nil, "What are her tasks?", "What are Ines Tamm’s tasks?"),
        (
            "What is Acme?", nil, "How many people does this company employ?",
            "How many people does this company (Acme) employ?"
        ),
    ])
    func `a pronoun gets the name that it refers to`(asked: String, answer: String?, question: String, expected: String)
    {
        #expect(next(question, after: asked, answer) == expected)
    }

    @Test(arguments: [
        ("Кто такой Пушкин?", "Пушкин — русский поэт.", "А когда он родился?", "Когда Пушкин родился?"),
        ("Кто такая Анна Керн?", nil, "Где она жила?", "Где Анна Керн жила?"),
        (
            "Кто подписал договор?", "Договор подписал Пётр Ильвес.", "Когда он это сделал?",
            "Когда Пётр Ильвес это сделал?"
        ),
        ("Сколько стоит аренда студии?", nil, "Кто её платит?", "Кто её (аренда) платит?"),
        ("Где находится музей «Старая мельница»?", nil, "Кто его основал?", "Кто его («Старая мельница») основал?"),
    ])
    func `the same in Russian, in brackets where the case would be wrong`(
        asked: String, answer: String?, question: String, expected: String
    ) {
        #expect(next(question, after: asked, answer) == expected)
    }

    @Test(arguments: [
        ("What are the opening hours in summer?", "And in winter?", "What are the opening hours in winter?"),
        ("What is the capital of France?", "And Germany?", "What is the capital of Germany?"),
        ("What is the capital of France?", "What about Germany?", "What is the capital of Germany?"),
        ("How much is a locker per year?", "And a key?", "How much is a key per year?"),
        ("How many ships came in 1900?", "And in 1901?", "How many ships came in 1901?"),
        ("Where was Colin Reed born?", "When?", "When was Colin Reed born?"),
        ("Is the library open on Monday?", "On Sunday?", "Is the library open on Sunday?"),
        ("Когда открыт музей летом?", "А зимой?", "Когда открыт музей зимой?"),
        ("Какая столица Франции?", "А Германии?", "Какая столица Германии?"),
        ("Сколько стоит шкафчик?", "А ключ?", "Сколько стоит ключ?"),
        ("На какой срок выдают книги?", "А журналы?", "На какой срок выдают журналы?"),
        ("Где родился Пушкин?", "А когда?", "Когда родился Пушкин?"),
        ("Как записаться в библиотеку?", "А для детей?", "Как записаться в библиотеку для детей?"),
    ])
    func `an incomplete question takes its rest from the question before`(
        asked: String, question: String, expected: String
    ) {
        #expect(next(question, after: asked) == expected)
    }

    @Test(arguments: [
        "Who signs the lease of the studio?", "When did Colin Reed leave his house?", "What time is it in Riga?",
        "How long does it take to descale the kettle?", "Are there any pets in the building?",
        "Кто подписал договор аренды?",
        "Что делает Пётр, когда он устал?",
    ])
    func `a complete question stays as it is`(question: String) {
        let result = Conversation(turns: [.init(question: "What is Acme?", answer: "Acme makes kettles.")])
            .standalone(question)
        #expect(result.text == question && !result.isRewritten && result.carried.isEmpty)
    }

    @Test func `without turns every question stays as it is`() {
        #expect(Conversation().standalone("And in winter?").text == "And in winter?")
        #expect(Conversation().standalone("").text == "")
    }

    @Test func `a chain of questions keeps its subject`() {
        var talk = Conversation()
        for (question, expected) in [
            ("What is the Heron monitor?", "What is the Heron monitor?"), ("Who makes it?", "Who makes Heron?"),
            ("And since when?", nil), ("How heavy is it?", "How heavy is Heron?"),
        ] {
            let standalone = talk.standalone(question)
            if let expected { #expect(standalone.text == expected) }
            talk.append(.init(question: question, standalone: standalone.text))
        }
    }

    @Test func `the oldest turns are forgotten beyond the budget`() throws {
        var talk = Conversation(budget: 60)
        for number in 1...20 { talk.append(.init(question: "What is number \(number)?", answer: "A number.")) }
        #expect((1..<20).contains(talk.turns.count) && talk.turns.last?.question == "What is number 20?")
        talk.append(.init(question: "Long?", answer: String(repeating: "word ", count: 10_000)))
        let answer = try #require(talk.turns.last?.answer)
        #expect(talk.turns.last?.question == "Long?" && answer.count == 120)
        talk.clear()
        #expect(talk.turns.isEmpty)
    }

    @Test func `any text is a question, and any text may have been one`() {
        var generator = SeededGenerator(state: 7)
        let pieces = [
            "it", "he", "And", "What about", "?", "«", "»", "(", "он", "А", "их", "this", "\u{301}", "👩‍👩‍👧", "1900", "-",
            "'s", "in", "\n", "Acme", "there", "The",
        ]
        for _ in 0..<500 {
            func text() -> String {
                (0..<Int.random(in: 0...9, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
                }
                .joined(separator: Bool.random(using: &generator) ? " " : "")
            }
            var talk = Conversation(budget: 100)
            for _ in 0..<3 { talk.append(.init(question: text(), answer: text())) }
            let question = text()
            let result = talk.standalone(question)
            #expect(result.isRewritten || result.text == question)
        }
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
