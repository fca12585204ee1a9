import QuarryText
import Testing

struct TypingErrorTests {
    @Test func `letters more, less, exchanged or easily confused are one error`() {
        for (typed, meant) in [
            ("recieves", "receives"), ("tennant", "tenant"), ("goverment", "government"), ("tenent", "tenant"),
            ("keus", "keys"), ("прпвет", "привет"), ("малако", "малоко"), ("Zeira", "zeria"), ("Columbia", "colombia"),
            ("cntract", "contract"), ("lnding", "landing"), ("aprtment", "apartment"), ("lannding", "landing"),
            ("кнтракт", "контракт"),
            ("laanding", "landing"), ("alnding", "landing"),
        ] {
            #expect(TypingErrors.count(in: typed, meaning: meant, limit: 2) == 1, "\(typed)")
        }
        #expect(TypingErrors.count(in: "lease", meaning: "lease", limit: 1) == 0)
    }

    @Test func `another first letter and a letter far away on the keyboard are two errors`() {
        for (typed, meant) in [("lease", "leave"), ("closing", "losing"), ("losing", "closing"), ("rent", "tent")] {
            #expect(TypingErrors.count(in: typed, meaning: meant, limit: 2) == 2, "\(typed)")
            #expect(TypingErrors.count(in: typed, meaning: meant, limit: 1) == nil, "\(typed)")
        }
        #expect(TypingErrors.count(in: "mercy", meaning: "percy", limit: 2) == nil)
        #expect(TypingErrors.count(in: "котла", meaning: "корова", limit: 2) == nil)
        #expect(TypingErrors.count(in: "", meaning: "a", limit: 2) == nil)
    }

    @Test func `longer words than 64 letters are not compared`() {
        let long = String(repeating: "a", count: 64)
        #expect(TypingErrors.count(in: long, meaning: long, limit: 1) == 0)
        #expect(TypingErrors.count(in: long + "a", meaning: long, limit: 1) == nil)
    }

    @Test func `keys that touch are neighbours`() {
        for (a, b) in [("q", "w"), ("a", "q"), ("s", "w"), ("s", "e"), ("s", "z"), ("s", "x"), ("п", "и"), ("й", "ц")] {
            #expect(KeyboardLayout.areNeighbours(Character(a), Character(b)), "\(a) \(b)")
            #expect(KeyboardLayout.areNeighbours(Character(b), Character(a)), "\(b) \(a)")
        }
        for (a, b) in [("q", "s"), ("s", "v"), ("q", "z"), ("p", "a"), ("a", "а"), ("a", "a")] {
            #expect(!KeyboardLayout.areNeighbours(Character(a), Character(b)), "\(a) \(b)")
        }
    }
}
