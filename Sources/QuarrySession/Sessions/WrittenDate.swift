/// A date of ISO 8601 of any precision: `2026`, `2026-05`, `2026-05-31`, `2026-05-31T10:00`.
struct WrittenDate {
    private let parts: [Int]
    private let hasTime: Bool

    /// Nil for any other text, such as `2026-13`.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{4}(?:-[0-9]{2}){0,2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?/)
        else { return nil }
        hasTime = match.0.utf8.count > match.1.utf8.count
        parts = match.1.split(separator: "-").compactMap { Int($0) }
        if hasTime, parts.count < 3 { return nil }
        if parts.count > 1, !(1...12).contains(parts[1]) { return nil }
        if parts.count > 2, !(1...Self.days(ofMonth: parts[1], parts[0])).contains(parts[2]) { return nil }
    }

    /// The year, month or day after this one; nil after the last year, and for a time.
    var next: String? { moved(by: 1) }

    /// The year, month or day before this one; nil before the first year, and for a time.
    var previous: String? { moved(by: -1) }

    private func moved(by step: Int) -> String? {
        guard !hasTime else { return nil }
        var (year, month, day) = (parts[0], parts.count > 1 ? parts[1] : 1, parts.count > 2 ? parts[2] : 1)
        switch parts.count {
        case 1: year += step
        case 2: month += step
        default:
            day += step
            if day == 0 { month -= 1 }
            if day > Self.days(ofMonth: month, year) { (month, day) = (month + 1, 1) }
        }
        if month == 0 { (year, month) = (year - 1, 12) }
        if month == 13 { (year, month) = (year + 1, 1) }
        if day == 0 { day = Self.days(ofMonth: month, year) }
        guard (0...9999).contains(year) else { return nil }
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return ([padded(year, 4)] + [month, day].prefix(parts.count - 1).map { padded($0, 2) }).joined(separator: "-")
    }

    private static func days(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
