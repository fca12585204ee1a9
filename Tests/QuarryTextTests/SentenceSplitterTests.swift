import QuarryText
import Testing

struct SentenceSplitterTests {
    private func sentences(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SentenceSplitter().sentences(in: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// Bars separate the expected sentences.
    private func expect(_ marked: String, _ location: SourceLocation = #_sourceLocation) {
        let expected = marked.split(separator: "|").map(String.init)
        #expect(sentences(expected.joined(separator: " ")) == expected, sourceLocation: location)
    }

    @Test func `sentences end at full stops, questions and exclamations`() {
        expect("It works.|Does it?|Yes!|Good…|Really?!|Fine")
        expect("Он пришёл.|Кто там?|Никого!|Тишина…|И всё")
    }

    @Test func `abbreviations do not end a sentence`() {
        expect("Dr. Smith met Mrs. Jones at 5 St. James Street.|They talked.")
        expect("See fig. 3 and vol. 12 for details, e.g. The Origin.|More follows.")
        expect("Он живёт на ул. Ленина в г. Москве, д. 5.|Музей им. Пушкина закрыт.")
        expect("Это ключ, т. е. Россия решает.|Были яблоки, груши и т. д.|Потом всё кончилось.")
        expect("Цена 500 руб. за штуку.|Цена 500 руб.|Дорого.")
        expect("Он родился в 1799 г. в Москве.|Умер в 1837 г.|Похоронен там же.")
        expect("See рис. 5 и стр. 12.|Всё.")
        expect("The U.S. Government agreed.|He left the U.S.|The next day he came back.")
    }

    @Test func `a remark in brackets belongs to its sentence`() {
        expect("Osaka (jap. 大阪) is a port.|It is large.")
        expect("Режиссёр (род. 5 мая 1950) снял фильм (реж. версия. Студия X) в 1980 году.|Его помнят.")
        expect("See (above.|It is there.|Nothing closes it.")
    }

    @Test func `initials do not end a sentence`() {
        expect("Роман написал А. С. Пушкин.|Его читал Л. Н. Толстой.")
        expect("It was J. R. R. Tolkien.|So do I.|We agree.")
    }

    @Test func `numbers are not split`() {
        expect("Pi is 3.14 and version 1.2.3 is out.|Next.")
        expect("Курс 92,5 и 3.14.|Дальше.")
    }

    @Test func `a small letter continues a sentence`() {
        expect("«Привет!» — сказал он.|Она молчала.")
        expect("\"Stop!\" he cried.|\"Why?\"|She ran.")
        expect("Ждали... и дождались.|Потом ушли.")
    }

    @Test func `quotes and brackets close with their sentence`() {
        expect("He said \"no.\"|She left. (Alone.)|End.".replacing("left. (", with: "left.|("))
        expect("Он сказал: «Нет.»|Она ушла.")
    }

    @Test func `Chinese and Japanese need no space`() {
        #expect(sentences("今天下雨。我在家！你呢？好") == ["今天下雨。", "我在家！", "你呢？", "好"])
        #expect(sentences("彼は「はい。」と言った。終わり") == ["彼は「はい。」", "と言った。", "終わり"])
    }

    @Test func `line ends end sentences unless the line was wrapped`() {
        #expect(sentences("Title\nFirst line of text") == ["Title", "First line of text"])
        let wrapped = "This line is long enough to have been wrapped by\nSomeone who likes short lines."
        #expect(sentences(wrapped) == [wrapped])
        #expect(sentences("One thought\n\nAnother thought") == ["One thought", "Another thought"])
        #expect(
            sentences("# Heading that is longer than forty characters are\nText") == [
                "# Heading that is longer than forty characters are", "Text",
            ])
        #expect(
            sentences("List:\n- one\n- two\n1. three\n2) four") == ["List:", "- one", "- two", "1. three", "2) four"])
        #expect(sentences("a\r\n\r\nB.\r\nC") == ["a", "B.", "C"])
    }

    @Test func `a short line is wrapped if its end or its paragraph says so`() {
        for wrapped in [
            "It was dug by\nEdmund Thorne.", "Его построил\nинженер\nГустав Леман.", "He came in the spring of\n1874.",
            "She bought pears, plums and apples,\nAda paid.",
        ] {
            #expect(sentences(wrapped) == [wrapped])
        }
        #expect(sentences("Notes on a well\nIt was dug") == ["Notes on a well", "It was dug"])
        #expect(sentences("Dear Ida,\nIt came.") == ["Dear Ida,", "It came."])
    }

    @Test func `messages and terms begin a sentence`() {
        for lines in [
            ["Anna: I have the only key to the cellar of the house", "Bert: and I the one to the attic"],
            ["[10:12] Anna: the fondue set is on the top shelf there", "[10:15] Bert: no"],
            ["10:12 <anna> the fondue set is on the top shelf there", "10:15 <bert> no"],
            ["Halyard: a rope that is used to hoist a sail", "Sheet: a rope that controls its angle"],
            ["Вика: на антресолях, в синей коробке у двери", "Стас: нашёл"],
        ] {
            #expect(sentences(lines.joined(separator: "\n")) == lines)
        }
    }

    @Test func `white space and emptiness have no sentences`() {
        #expect(sentences("").isEmpty)
        #expect(sentences(" \n\t\u{A0}\u{3000}").isEmpty)
        #expect(sentences("  . ") == ["."])
    }
}
