import QuarryTestSupport
import QuarryText
import Testing

struct PersonalDataTests {
    /// The matches as `kind: text`.
    private func found(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return PersonalData.find(in: text).map {
            "\($0.kind.rawValue): \(String(decoding: bytes[$0.range], as: UTF8.self))"
        }
    }

    private func expectNone(_ texts: [String], _ location: SourceLocation = #_sourceLocation) {
        for text in texts { #expect(found(text) == [], "\(text)", sourceLocation: location) }
    }

    private func expectWhole(
        _ kind: PersonalData.Kind, _ texts: [String], _ location: SourceLocation = #_sourceLocation
    ) {
        for text in texts {
            #expect(found("x: \(text).") == ["\(kind.rawValue): \(text)"], "\(text)", sourceLocation: location)
        }
    }

    @Test func `e-mail addresses are found without the marks around them`() {
        expectWhole(
            .email,
            [
                "anna.smith+news@example.org", "o'brien@mail.example.co.uk", "müller@firma.de", "иван@почта.рф",
                "79161234567@mail.ru", "a_b-c@xn--80a1acny.xn--p1ai",
            ])
        #expect(found("<mailto:a@b.io>, 'c@d.io' (e@f.io)") == ["email: a@b.io", "email: c@d.io", "email: e@f.io"])
        #expect(found("Пишите на адресanna@mail.ru") == ["email: anna@mail.ru"])
    }

    @Test func `signs of programs and files are not addresses`() {
        expectNone([
            "icon@2x.png", "react@18.2.0", "git@github.com:owner/project.git", "https://user@host.org/x",
            "postgres://user:word@db.example.org/x", "@escaping () -> Void", "user@localhost", "a @ b.org",
            "@example.org",
            "name@", "a.@b.org", "x@y.z", "image@sha256:0123", "a@b@c.org d",
        ])
    }

    @Test func `international phone numbers are found`() {
        expectWhole(
            .phone,
            [
                "+44 20 7946 0958", "+7 (495) 123-45-67", "+7 916 123 45 67", "+79161234567", "+1 415 555 0132",
                "+1 (415) 555-0132", "+1-415-555-0132", "+33 1 23 45 67 89", "+49 30 123456-78", "+420 123 456 789",
                "+8613812345678", "+380 (44) 123-45-67", "(+86) 28 85423680",
                "+7\u{A0}495\u{A0}123\u{2011}45\u{2011}67",
            ])
    }

    @Test func `Russian and American phone numbers are found in their forms`() {
        expectWhole(
            .phone,
            [
                "8 (495) 123-45-67", "8(916)1234567", "8-800-555-35-35", "8 495 123 45 67", "8 916 123-45-67",
                "89161234567",
                "(495) 123-45-67", "8 (4722) 12-34-56", "8 (49232) 5-12-34", "(415) 555-0132", "415-555-0132",
                "415.555.0132", "1-800-555-0199", "1 (415) 555-0132",
            ])
        #expect(
            found("8 (495) 123-45-67 8 (495) 123-45-68") == ["phone: 8 (495) 123-45-67", "phone: 8 (495) 123-45-68"])
    }

    @Test func `a word before it makes other numbers phones`() {
        #expect(found("тел. 123-45-67, 765-43-21") == ["phone: 123-45-67", "phone: 765-43-21"])
        #expect(found("Телефон: 5-12-34") == ["phone: 5-12-34"])
        #expect(found("Tel.: 020 7946 0958") == ["phone: 020 7946 0958"])
        #expect(found("Phone 415 555 0132") == ["phone: 415 555 0132"])
        #expect(found("моб. 79161234567") == ["phone: 79161234567"])
        #expect(found("tel:89161234567") == ["phone: 89161234567"])
    }

    @Test func `figures, dates, versions and identifiers are not phones`() {
        expectNone([
            "2024-01-05 12:30:45", "05.01.2024", "1700000000", "1700000000123", "version 1.2.3.4567", "192.168.100.200",
            "ISBN 978-5-699-12014-7", "ISBN 0-306-40615-2", "978-0-306-40615-7", "+12 345 678", "+1 234 567 890",
            "+12 345 678 901", "12 345 678 901", "8 123 456 789", "| 8 | 495 | 123 | 45 | 67 |",
            "1 2 3 4 5 6 7 8 9 10 11",
            "12 8 495 123 45 67 90", "GMT+0300", "+55.7558260000", "заказ 89161234567", "order 415-555-0132",
            "https://example.org/89161234567", "id=89161234567", "0.89161234567", "89161234567.50", "$4155550132",
            "550e8400-e29b-41d4-a716-446655440000", "ABC-415-555-0132", "123-45-6789", "415 555 0132", "79161234567",
            "phone 2024-01-05", "100-200", "8 800 руб.",
        ])
    }

    @Test func `cards need the prefix and length of a network and the Luhn digit`() {
        expectWhole(
            .card,
            [
                "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "5555555555554444",
                "2200 1234 5678 9019",
                "3782 822463 10005", "378282246310005", "6011111111111117", "3056 930902 5904",
            ])
        #expect(found("4111 1111 1111 1111 12/27 123") == ["card: 4111 1111 1111 1111"])
        for beside in ["4111 1111 1111 1111 123", "No 12 4111 1111 1111 1111", "4111 1111 1111 1111 2026-01-01"] {
            #expect(found(beside) == ["card: 4111 1111 1111 1111"], "\(beside)")
        }
        #expect(found("4111-1111-1111-1111-123") == ["card: 4111-1111-1111-1111"])
        let two = found("4111 1111 1111 1111 5500 0000 0000 0004")
        #expect(two == ["card: 4111 1111 1111 1111", "card: 5500 0000 0000 0004"])
        #expect(found("112-233-445 95 112-233-445 95") == ["snils: 112-233-445 95", "snils: 112-233-445 95"])
        expectNone([
            "4111 1111 1111 1112", "1234567812345670", "0.4111111111111111", "4111 1111 1111 1111 1111 1111",
            "2024 4111 1111 1111 1111", "заказ № 4111111111111111", "order 4111111111111111", "a4111111111111111",
            "https://example.org/4111111111111111", "1700000000123456", "4111.1111.1111.1111",
            "40817810099910004312",
        ])
    }

    @Test func `taxpayer numbers need their check digits and their name`() {
        #expect(found("ИНН 7707083893") == ["inn: 7707083893"])
        #expect(found("ИНН/КПП: 7707083893/773601001") == ["inn: 7707083893"])
        #expect(found("инн физлица 500100732259, далее") == ["inn: 500100732259"])
        #expect(found("INN: 7707083893 и 7728168971") == ["inn: 7707083893", "inn: 7728168971"])
        #expect(
            found("| Имя | ИНН |\n|---|---|\n| Анна | 500100732259 |\n| Пётр | 7707083893 |")
                == ["inn: 500100732259", "inn: 7707083893"])
        #expect(found("Имя;ИНН\nАнна;500100732259") == ["inn: 500100732259"])
        expectNone([
            "7707083893", "ИНН 7707083894", "ИНН 500100732258", "500100732259", "ИНН 77070838931", "СПИНН 7707083893",
            "ИНН\n\n7707083893", "ОГРН 1027700132195", "КПП 773601001",
        ])
    }

    @Test func `insurance numbers need their check sum, and their name if they are not in the usual form`() {
        expectWhole(.snils, ["112-233-445 95", "087-654-303 00"])
        #expect(found("СНИЛС 11223344595") == ["snils: 11223344595"])
        #expect(found("СНИЛС: 112 233 445 95") == ["snils: 112 233 445 95"])
        expectNone(["112-233-445 96", "11223344595", "112 233 445 95", "001-001-998 00", "СНИЛС 11223344596"])
    }

    @Test func `passports need the word`() {
        #expect(found("паспорт 45 08 123456") == ["passport: 45 08 123456"])
        #expect(found("Паспорт РФ: серия 4508 № 123456, выдан") == ["passport: 4508 № 123456"])
        #expect(found("паспорт серии 45 08 номер 123456") == ["passport: 45 08 номер 123456"])
        #expect(
            found("паспорт гражданина Российской Федерации 4508 123456") == ["passport: 4508 123456"])
        #expect(found("паспорт 4508123456") == ["passport: 4508123456"])
        #expect(found("загранпаспорт 72 1234567") == ["passport: 72 1234567"])
        #expect(found("Passport No. 721234567") == ["passport: 721234567"])
        #expect(
            found("паспорт 4508 123456, ИНН 7707083893") == ["passport: 4508 123456", "inn: 7707083893"])
        expectNone([
            "4508123456", "4508 123456", "72 1234567", "серия 4508 № 123456", "заказ 4508123456",
            "паспорт, заказ 4508123456", "паспорт выдан 12.05.2008", "код подразделения 770-001",
            "паспорт\n\n4508 123456",
        ])
    }

    @Test func `a table of figures holds nothing`() {
        var generator = SeededGenerator(seed: 11)
        var text = "Выручка по годам\n\n| Год | Сумма | Доля |\n|---|---|---|\n"
        for year in 1990..<2190 {
            let sum = Int.random(in: 100_000..<9_999_999_999, using: &generator)
            text += "| \(year) | \(sum) | \(Double(sum % 10000) / 100) |\n"
            text += "\(sum % 1000) \(sum % 997) \(sum % 9999) \(sum % 37)\n"
        }
        #expect(found(text) == [])
    }

    @Test func `matches are in order, disjoint and whole characters in any text`() {
        let pieces = [
            "8 (495) 123-45-67", "a@b.org", "4111 1111 1111 1111", "ИНН 7707083893", "паспорт ", "45 08 123456", "+",
            "(",
            ")", "-", ".", " ", "1", "23", "456", "\n", "\n\n", "é", "я", "日", "@", "№", "тел. ", "\u{A0}",
            "12345678901234567890123",
        ]
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<30 { text += pieces.randomElement(using: &generator) ?? "" }
            let bytes = Array(text.utf8)
            var last = 0
            for match in PersonalData.find(in: text) {
                #expect(match.range.lowerBound >= last && match.range.upperBound <= bytes.count && !match.range.isEmpty)
                #expect(String(validating: bytes[match.range], as: UTF8.self) != nil)
                last = match.range.upperBound
            }
        }
    }

    @Test func `time grows with the length only`() {
        let hostile = ["1", "1 ", "@", "a@", "a.", "(1", "+1", "45 08 ", "ИНН 7707083894 ", "4111 1111 ", "тел. 1 "]
        let clock = ContinuousClock()
        for piece in hostile {
            let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
            #expect(clock.measure { _ = PersonalData.find(in: text) } < .seconds(10), "\(piece)")
        }
    }
}
