/// The parts of a date in digits: year-month-day, or day.month.year.
enum DateParts {
    /// Nil if the text is no date.
    static func parts(of text: String) -> [(text: String, readings: Set<FactToken>)]? {
        let parts = text.split(omittingEmptySubsequences: false) { "-./‑–".contains($0) }.map(String.init)
        guard parts.count == 3, parts.allSatisfy({ part in part.allSatisfy { ("0"..."9").contains($0) } }),
            !text.contains(",")
        else { return nil }
        let values = parts.compactMap { Int($0) }
        guard values.count == 3 else { return nil }
        let order: (year: Int, month: Int, day: Int)
        switch (parts[0].count, parts[1].count, parts[2].count) {
        case (4, 2, 1...2): order = (0, 1, 2)
        case (1...2, 1...2, 4), (2, 2, 2): order = (2, 1, 0)
        default: return nil
        }
        guard (1...31).contains(values[order.day]), (1...12).contains(values[order.month]) || text.contains("/") else {
            return nil
        }
        // Month and day of a slashed date may be in either order.
        let month = values[order.month]
        let day = values[order.day]
        let either = text.contains("/")
        return [
            (parts[order.year], [.number(String(values[order.year]))]),
            (parts[order.month], either ? [.month(month), .number(String(month))] : [.month(month)]),
            (parts[order.day], either ? [.number(String(day)), .month(day)] : [.number(String(day))]),
        ]
    }
}

/// Roman numerals of rulers, wars and the like.
enum RomanNumeral {
    /// 1 to 39, in upper case; nil for other texts.
    static func value(of text: String) -> Int? {
        guard text.utf8.count <= 6, text.utf8.allSatisfy({ "IVX".utf8.contains($0) }) else { return nil }
        let digits = text.map { $0 == "I" ? 1 : $0 == "V" ? 5 : 10 }
        var sum = 0
        for (index, digit) in digits.enumerated() {
            sum += index + 1 < digits.count && digits[index + 1] > digit ? -digit : digit
        }
        return (1...39).contains(sum) ? sum : nil
    }
}

/// Words that are often capitalized without being names.
enum NameWords {
    static let common: Set<String> = [
        "the", "a", "an", "this", "that", "these", "those", "it", "he", "she", "they", "we", "i", "you", "in", "on",
        "at",
        "for", "and", "or", "but", "if", "when", "while", "as", "so", "yes", "no", "his", "her", "its", "their",
        "there",
        "according", "however", "also", "both", "from", "to", "by", "with", "after", "before", "since", "what", "who",
        "это", "этот", "эта", "эти", "он", "она", "они", "оно", "в", "на", "и", "но", "если", "когда", "по", "да",
        "нет", "также", "для", "из", "с", "к", "у", "согласно", "его", "ее", "их",
    ]
}
