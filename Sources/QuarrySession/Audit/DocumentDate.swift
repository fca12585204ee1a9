import Foundation
package import QuarryCore

/// The date of a document, as precise as it is known: `2024-05-31`, `2024-05` or `2024`. Dates compare by their text.
package enum DocumentDate {
    /// The names of dates in metadata, in lower case.
    private static let keys: Set<String> = [
        "date", "datum", "created", "creationdate", "published", "publishdate", "pubdate", "issued", "modified",
        "updated",
        "lastmod", "lastmodified", "changed", "дата",
    ]

    /// The latest date that the metadata names; nil if there is none.
    package static func latest(in metadata: [String: MetadataValue]) -> String? {
        metadata.compactMap { key, value in
            guard keys.contains(key.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }) else { return nil }
            return switch value {
            case .string(let text): date(text)
            case .number(let number) where number == number.rounded() && (1000..<3000).contains(number):
                "\(Int(number))"
            case .number, .bool, .strings: nil
            }
        }.max()
    }

    /// The date at the start of a text: `2024-05-31T12:00:00Z`, `2024/05/31`, `20240531`, `2024-05`, `2024` or
    /// `31.05.2024`.
    static func date(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespaces)
        var numbers: [(value: Int, digits: Int)] = []
        var digits = ""
        scan: for character in text.prefix(11) + " " {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let value = Int(digits) else { break }
            numbers.append((value, digits.count))
            digits = ""
            guard "-/.".contains(character), numbers.count < 3 else { break scan }
        }
        guard let first = numbers.first else { return nil }
        if first.digits == 8 { return joined([first.value / 10_000, first.value / 100 % 100, first.value % 100]) }
        if first.digits == 4 { return joined(numbers.map(\.value)) }
        guard numbers.count == 3, numbers[2].digits == 4, first.digits <= 2 else { return nil }
        return joined([numbers[2].value, numbers[1].value, first.value])
    }

    /// Year, month and day as text, up to the first one that is impossible; nil without a year.
    private static func joined(_ numbers: [Int]) -> String? {
        guard let year = numbers.first, (1000..<3000).contains(year) else { return nil }
        var text = "\(year)"
        for (number, limit) in zip(numbers.dropFirst(), [12, 31]) {
            guard (1...limit).contains(number) else { break }
            text += number < 10 ? "-0\(number)" : "-\(number)"
        }
        return text
    }

    /// The day of a time in UTC, from 1970 to 9999.
    static func day(of date: Date) -> String {
        let seconds = min(max(0, date.timeIntervalSince1970), 253_402_300_799)
        return String(Date(timeIntervalSince1970: seconds).ISO8601Format().prefix(10))
    }

    /// The same day some years earlier.
    static func day(_ day: String, minusYears years: Int) -> String {
        let (year, rest) = (Int(day.prefix(4)) ?? 0, day.dropFirst(4))
        let earlier = "\(max(0, year - years))"
        return String(repeating: "0", count: 4 - earlier.count) + earlier + rest
    }
}
