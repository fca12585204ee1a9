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
        ("ISO-27001", "iso 27001 / ISO27001"), ("1.5", "1.50"), ("007", "7"),
    ])
    func `one fact written in two ways is recognised`(answer: String, source: String) {
        #expect(missing(answer, in: source) == [])
    }

    @Test func `changed figures, dates and codes are found`() {
        #expect(missing("It costs 512 in 2021.", in: "It cost 521 in 2021.") == ["512"])
        #expect(missing("on 9 May 2021", in: "on 9 June 2021") == ["May"])
        #expect(missing("с 5 марта", in: "с 5 апреля") == ["марта"])
        #expect(missing("error E1042", in: "error E1024") == ["E1042"])
        #expect(missing("You may ask.", in: "") == [])
    }
}
