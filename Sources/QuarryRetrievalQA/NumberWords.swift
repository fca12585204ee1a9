/// Small numbers and months written as words, English and Russian.
enum NumberWords {
    /// The value of a folded word, 0 to 20 and the round tens.
    static func value(of word: String) -> Int? { values[word] }

    /// The month of a folded word, 1 to 12. The caller decides whether English "may" is a month.
    static func month(of word: String) -> Int? {
        months.firstIndex { names in names.contains(word) }.map { $0 + 1 }
    }

    private static let values: [String: Int] = {
        let groups: [(Int, String)] = [
            (0, "zero ноль нуль"), (1, "one один одна одно одного одной одну одним"),
            (2, "two два две двух двум двумя двое"), (3, "three три трех трем тремя трое"),
            (4, "four четыре четырех четырем четверо"), (5, "five пять пяти пятью пятеро"),
            (6, "six шесть шести шестью"), (7, "seven семь семи семью"), (8, "eight восемь восьми"),
            (9, "nine девять девяти"), (10, "ten десять десяти"), (11, "eleven одиннадцать одиннадцати"),
            (12, "twelve двенадцать двенадцати"), (13, "thirteen тринадцать тринадцати"),
            (14, "fourteen четырнадцать четырнадцати"), (15, "fifteen пятнадцать пятнадцати"),
            (16, "sixteen шестнадцать"), (17, "seventeen семнадцать"), (18, "eighteen восемнадцать"),
            (19, "nineteen девятнадцать"), (20, "twenty двадцать двадцати"), (30, "thirty тридцать тридцати"),
            (40, "forty сорок сорока"), (50, "fifty пятьдесят пятидесяти"), (60, "sixty шестьдесят"),
            (70, "seventy семьдесят"), (80, "eighty восемьдесят"), (90, "ninety девяносто"),
            (100, "hundred сто ста"), (1000, "thousand тысяча тысячи тысяч"),
        ]
        var values: [String: Int] = [:]
        for (value, names) in groups {
            for name in names.split(separator: " ") { values[String(name)] = value }
        }
        return values
    }()

    private static let months: [Set<String>] = [
        ["january", "jan", "январь", "января", "январе"], ["february", "feb", "февраль", "февраля", "феврале"],
        ["march", "mar", "март", "марта", "марте"], ["april", "apr", "апрель", "апреля", "апреле"],
        ["may", "май", "мая", "мае"], ["june", "jun", "июнь", "июня", "июне"], ["july", "jul", "июль", "июля", "июле"],
        ["august", "aug", "август", "августа", "августе"],
        ["september", "sep", "sept", "сентябрь", "сентября", "сентябре"],
        ["october", "oct", "октябрь", "октября", "октябре"], ["november", "nov", "ноябрь", "ноября", "ноябре"],
        ["december", "dec", "декабрь", "декабря", "декабре"],
    ]
}
