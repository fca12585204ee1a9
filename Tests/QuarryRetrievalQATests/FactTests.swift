import QuarryRetrievalQA
import Testing

struct FactTests {
    /// The facts of `answer` that are not in `source`.
    private func missing(_ answer: String, in source: String) -> [String] {
        let held = Fact.tokens(of: source)
        return Fact.facts(in: answer).filter { $0.readings.isDisjoint(with: held) }.map(\.text)
    }

    @Test(arguments: [
        ("It costs 1,234.50.", "Цена 1 234,5 рубля"), ("1234 items", "1,234 items"), ("3.14", "3,14"),
        ("on 9 May 2021", "date: 2021-05-09"), ("9 мая 2021 года", "09.05.2021"), ("the RX-580", "RX 580, RX580 card"),
        ("10 km", "10km away"), ("3 people", "three people"), ("12", "двенадцать"), ("5%", "5 %"),
        ("between 10-20", "from 10 to 20"), ("version 1.2.3", "v1.2.3 and 1.2.3"), ("at 10:30", "10:30"),
        ("47 sheep", "forty-seven sheep"), ("тридцать один", "31"), ("2.5 million", "2 500 000"),
        ("3,75 млн", "3.75 million"),
        ("two hundred and six", "206"), ("сто двадцать три тысячи", "123,000"), ("nineteen eighty-four", "1984"),
        ("at 4 pm", "16:00"), ("в четыре часа дня", "at 4 p.m."), ("half past seven", "19:30"),
        ("полседьмого", "18:30"),
        ("noon", "12:00"), ("on the 3rd of June", "3 June"), ("третьего июня", "June 3"), ("a quarter", "1/4"),
        ("half", "50 %"),
        ("minus 7 degrees", "-7 °C"), ("on Fridays", "по пятницам"), ("World War II", "World War 2"),
        ("$3M", "3 million dollars"),
        ("ISO-27001", "iso 27001 / ISO27001"), ("1.5", "1.50"), ("007", "7"),
    ])
    func `one fact written in two ways is recognised`(answer: String, source: String) {
        #expect(missing(answer, in: source) == [])
    }

    @Test(arguments: [
        ("9 km", "девять километров", true), ("9 km", "9 kg", false), ("4 percent", "4 %", true),
        ("4 процента", "4 percent", true),
        ("2 km", "2000 metres", true), ("90 minutes", "1.5 hours", true), ("80 km/h", "80 км/ч", true),
        ("€30", "30 евро", true),
        ("$30", "30 euros", false), ("6 square metres", "6 м²", true), ("18-month", "18 месяцев", true),
    ])
    func `numbers are compared with their units`(one: String, other: String, areEqual: Bool) throws {
        let first = try #require(Fact.facts(in: one).first)
        let second = try #require(Fact.facts(in: other).first)
        #expect(first.equals(second) == areEqual, "\(first) \(second)")
        #expect(second.equals(first) == areEqual)
    }

    @Test(arguments: [
        ("-7 degrees", "7 degrees"), ("4 am", "16:00"), ("5 sheep", "twenty-five sheep"),
        ("1.2 crowns", "1.2 million crowns"),
        ("a third", "two thirds"), ("on Monday", "on Sundays"), ("Louis XIV", "Louis XVI"),
        ("в два часа ночи", "14:00"),
    ])
    func `different values are not equal`(answer: String, source: String) {
        #expect(!missing(answer, in: source).isEmpty)
    }

    @Test func `any text can be read`() {
        let parts = [
            "1", "half", " ", "-", "²", ".", "past", "million", "I", "½", "%", "twenty", "пол", "\u{301}", "дня",
            "9:99", "/",
        ]
        var seed: UInt64 = 11
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<12 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += parts[Int(seed >> 33) % parts.count]
            }
            for fact in Fact.facts(in: text) { #expect(!fact.readings.isEmpty) }
        }
    }

    @Test func `changed figures, dates and codes are found`() {
        #expect(missing("It costs 512 in 2021.", in: "It cost 521 in 2021.") == ["512"])
        #expect(missing("on 9 May 2021", in: "on 9 June 2021") == ["May"])
        #expect(missing("с 5 марта", in: "с 5 апреля") == ["марта"])
        #expect(missing("error E1042", in: "error E1024") == ["E1042"])
        #expect(missing("You may ask.", in: "") == [])
    }
}
