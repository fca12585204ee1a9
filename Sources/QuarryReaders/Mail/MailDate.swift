/// The date of a message (RFC 5322, section 3.3, with the obsolete forms).
enum MailDate {
    /// The date in ISO 8601 with the sender's offset from UTC, `2026-03-05T14:30:00+01:00`; nil if it is not a date.
    static func iso8601(_ text: String) -> String? {
        let words = text.prefix(200).split { $0 == " " || $0 == "," || $0 == "\t" }.map { $0.lowercased() }
        guard
            let month = words.firstIndex(where: { word in
                months.contains { word.hasPrefix($0) } && word.allSatisfy(\.isLetter)
            }), let monthNumber = months.firstIndex(where: { words[month].hasPrefix($0) })
        else { return nil }
        let before = month > 0 ? Int(words[month - 1]) : nil
        let rest = words[(month + 1)...]
        var numbers = rest.compactMap { word in word.allSatisfy(\.isNumber) ? Int(word) : nil }
        guard let day = before ?? numbers.first else { return nil }
        if before == nil { numbers.removeFirst() }
        guard let stated = numbers.first, (1...31).contains(day), (0...9999).contains(stated) else { return nil }
        let year = stated < 50 ? 2000 + stated : stated < 1000 ? 1900 + stated : stated
        let clock = rest.first { $0.contains(":") }?.split(separator: ":").map { Int($0) ?? -1 } ?? [0, 0]
        guard clock.count >= 2, (0...23).contains(clock[0]), (0...59).contains(clock[1]) else { return nil }
        let second = clock.count > 2 && (0...60).contains(clock[2]) ? min(59, clock[2]) : 0
        let zone = rest.lazy.compactMap(offset).first ?? "Z"
        return "\(padded(year, 4))-\(padded(monthNumber + 1, 2))-\(padded(day, 2))T"
            + "\(padded(clock[0], 2)):\(padded(clock[1], 2)):\(padded(second, 2))\(zone)"
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func offset(_ word: String) -> String? {
        if let hours = [
            "est": "-05", "edt": "-04", "cst": "-06", "cdt": "-05", "mst": "-07", "mdt": "-06",
            "pst": "-08", "pdt": "-07", "cet": "+01", "cest": "+02", "msk": "+03",
        ][word] {
            return hours + ":00"
        }
        if ["gmt", "ut", "utc", "z"].contains(word) { return "Z" }
        let digits = Array(word.utf8)
        guard digits.count == 5, digits[0] == UInt8(ascii: "+") || digits[0] == UInt8(ascii: "-"),
            digits[1...].allSatisfy(\.isASCIIDigit)
        else { return nil }
        return word.hasSuffix("0000") ? "Z" : "\(word.prefix(3)):\(word.suffix(2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
