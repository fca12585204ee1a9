import QuarryCore
import QuarryRetrievalQA
import Testing

struct SupportCheckTests {
    private let harbour = """
        # Harbour

        Nina rents 12 berths and Oleg rents 20 berths. A season lasts 5 months. The discount is 15 % of the fee.
        The crane lifts 9 pallets or 640 kg. The kiosk is closed on Tuesdays. The permit expires on 8 June 2024.
        The water cools to -3 degrees. Dogs are not allowed on the quay. Captain Ivanov trained Pilot Berg.

        | berth | price |
        |---|---|
        | north | 40 euros |
        | south | 55 euros |
        | west | 60 euros |
        | mooring | 70 euros |
        """
    private let school =
        "В школе тридцать два ученика и четыре учителя. Уроки начинаются в 9:00. Вход с собаками запрещен."

    private func kinds(_ text: String, of source: String, question: String = "") -> [AnswerSentence.Kind] {
        SupportCheck().check(text, question: question, against: [hit(1, source)]).sentences.map(\.kind)
    }

    @Test(arguments: [
        "Nina rents 12 berths.", "Oleg rents twenty berths.", "Nina rents 12 berths, and Oleg rents 20.",
        "A season lasts five months.", "The discount is 15 percent of the fee.", "The crane lifts nine pallets.",
        "The crane lifts 640 kilograms.", "The kiosk is closed on Tuesday.", "The permit expires on 2024-06-08.",
        "The water cools to minus 3 degrees.", "Dogs are forbidden on the quay.", "Captain Ivanov trained Pilot Berg.",
        "The price of the south berth is 55 euros.",
    ])
    func `a sentence is supported in any notation`(text: String) {
        #expect(kinds(text, of: harbour) == [.supported])
    }

    @Test(arguments: [
        "Nina rents 20 berths.", "Nina rents 20 berths and Oleg rents 12 berths.", "A season lasts 6 months.",
        "A season lasts 5 weeks.", "The discount is 30 % of the fee.", "The crane lifts 640 pallets.",
        "The kiosk is closed on Thursdays.", "The permit expires on 8 July 2024.", "The water cools to 3 degrees.",
        "Dogs are allowed on the quay.", "The kiosk is open on Tuesdays.", "Pilot Berg trained Captain Ivanov.",
        "The price of the north berth is 55 euros.", "The fee of the west berth is 70 euros.",
    ])
    func `a number, day or deed of another thing contradicts its passage`(text: String) {
        #expect(kinds(text, of: harbour) == [.contradicted])
    }

    @Test func `Russian is compared as English is`() {
        let right = "В школе 32 ученика. В школе 4 учителя. Уроки начинаются в девять часов утра."
        #expect(kinds(right, of: school) == [.supported, .supported, .supported])
        let wrong = "В школе 32 учителя. Уроки начинаются в девять часов вечера. Вход с собаками разрешен."
        #expect(kinds(wrong, of: school).allSatisfy { $0 != .supported })
    }

    @Test func `a name that the cited sentence lacks is missing`() {
        let result = SupportCheck().check("Captain Petrov trained Pilot Berg [1].", against: [hit(1, harbour)])
        #expect(result.sentences.map(\.kind) == [.factMissing])
        #expect(result.sentences.map(\.unsupportedFacts) == [["Petrov"]] && !result.isGrounded)
    }

    @Test func `words of the question support nothing`() {
        let text = "Lake Orrin is a deep lake in the hills."
        let check = { kinds($0, of: text, question: "Where is Lake Orrin?") }
        #expect(check("Lake Orrin is in the Northern Marches [1].") == [.factMissing])
        #expect(check("Lake Orrin is in the hills [1].") == [.supported])
    }

    @Test func `a marker follows the passage that says it`() {
        let passages = [hit(1, "The choir sings on Fridays."), hit(2, "The band plays 14 songs.")]
        let check = { SupportCheck().check($0, against: passages) }
        #expect(check("The band plays 14 songs [1].").text == "The band plays 14 songs [2].")
        #expect(check("The band plays 14 songs [1].").sentences.map(\.isAttributed) == [true])
        #expect(check("The band plays 14 songs [1][2].").text == "The band plays 14 songs [2].")
        #expect(
            check("The choir sings on Fridays and the band plays 14 songs [1][2].").text.hasSuffix("14 songs [1][2]."))
    }

    @Test func `ranges and spans lead to the words`() throws {
        let text =
            "Die Bänke: naïve notes.\n\n- Nina rents 12 berths [1].\n- Zeppelins land here [1].\n- A season lasts 5 months [1]."
        for choice in [UnsupportedSentences.drop, .mark] {
            let result = SupportCheck().check(text, against: [hit(1, harbour)], unsupported: choice)
            let bytes = Array(result.text.utf8)
            for sentence in result.sentences {
                guard let range = sentence.range else {
                    #expect(choice == .drop && !sentence.isSupported)
                    continue
                }
                let shown = String(decoding: bytes[range], as: UTF8.self)
                #expect(shown.replacing(" [1]", with: "") == sentence.text, "\(shown)")
                for span in sentence.spans where sentence.kind == .supported {
                    let quote = String(decoding: Array(harbour.utf8)[span.range], as: UTF8.self)
                    #expect(quote.contains(sentence.text.contains("Nina") ? "Nina rents 12" : "5 months"))
                }
            }
            #expect(result.text.contains("Zeppelins") == (choice == .mark))
            #expect(
                choice == .mark || result.text.hasSuffix("- Nina rents 12 berths [1].\n- A season lasts 5 months [1]."),
                "\(result.text)")
        }
    }

    @Test func `one unsupported sentence is enough to refuse, if so chosen`() async throws {
        let model = FixedLanguageModel(pieces: ["A season lasts 5 months [1]. Zeppelins land here [1]."])
        let chain = RetrievalQA(
            retriever: ListRetriever(hits: [hit(1, harbour)]), model: model, options: .init(unsupported: .refuse))
        let answer = try await chain.answer("How long does a season of the harbour last?")
        #expect(answer.refusal == .unsupported && answer.draft != nil)
        #expect(answer.sentences.map(\.kind) == [.supported, .unverifiable])
        #expect(answer.sentences.allSatisfy { $0.range == nil })
    }

    @Test func `any reply can be checked`() {
        let parts = [
            "Nina", " ", "12", ".", "[1]", "\n", "- ", "| a |", "not", ",", "**", "\u{301}", "и", "5 months", "[1", "`",
            "#", "(", "berths",
        ]
        var seed: UInt64 = 5
        for _ in 0..<200 {
            var text = ""
            for _ in 0..<20 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += parts[Int(seed >> 33) % parts.count]
            }
            for choice in UnsupportedSentences.allCases {
                let result = SupportCheck().check(text, against: [hit(1, harbour)], unsupported: choice)
                for sentence in result.sentences {
                    guard let range = sentence.range else { continue }
                    #expect(range.upperBound <= result.text.utf8.count)
                    #expect(String(validating: Array(result.text.utf8)[range], as: UTF8.self) != nil)
                }
            }
        }
    }
}
