/// A date and time that a spreadsheet stores as days since 1900 or 1904.
struct SpreadsheetDate {
    private var seconds: Int
    private var year: Int
    private var month: Int
    private var day: Int

    /// - Returns: Nil before the first and after the last day that has a date.
    init?(_ serial: Double, countsFrom1904: Bool) {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        seconds = Int((serial * 86_400).rounded())
        var days = seconds / 86_400
        // Excel has a 29 February 1900: days before it are one later than their number says.
        if countsFrom1904 { days += 1_462 } else if days < 60 { days += 1 }
        // Days since 1 March of year 0, in eras of 400 years.
        let shifted = days - 25_569 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    func shown(_ tokens: [NumberFormat.Token]) -> String {
        func has(_ unit: Character) -> Bool {
            tokens.contains { if case .date(unit, _) = $0 { true } else { false } }
        }
        guard has("y"), has("m"), has("d") else { return asWritten(tokens) }
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        guard has("h") else { return date }
        let time = "\(Self.padded(hour, 2)):\(Self.padded(minute, 2))"
        return has("s") ? "\(date) \(time):\(Self.padded(seconds % 60, 2))" : "\(date) \(time)"
    }

    private var hour: Int { seconds / 3_600 % 24 }
    private var minute: Int { seconds / 60 % 60 }

    private func asWritten(_ tokens: [NumberFormat.Token]) -> String {
        let isHalfDay = tokens.contains(.halfDay)
        var text = ""
        for (index, token) in tokens.enumerated() {
            switch token {
            case .literal(let literal): text += literal
            case .date(let unit, let count): text += shown(unit, count, isHalfDay)
            case .elapsed("h"): text += "\(seconds / 3_600)"
            case .elapsed("m"): text += "\(seconds / 60)"
            case .elapsed: text += "\(seconds)"
            case .halfDay: text += hour < 12 ? "AM" : "PM"
            case .comma: text += ","
            case .slash: text += "/"
            // Fractions of seconds are rounded away.
            case .point:
                if index + 1 >= tokens.count || tokens[index + 1] != .digit("0") { text += "." }
            default: break
            }
        }
        return text.trimmingSpaces
    }

    private func shown(_ unit: Character, _ count: Int, _ isHalfDay: Bool) -> String {
        switch unit {
        case "y": return count > 2 ? Self.padded(year, 4) : Self.padded(year % 100, 2)
        case "m":
            let name = Self.months[(month + 11) % 12]
            return count > 3 ? name : count == 3 ? String(name.prefix(3)) : Self.padded(month, count)
        case "d":
            let name = Self.weekdays[(seconds / 86_400 + 6) % 7]
            return count > 3 ? name : count == 3 ? String(name.prefix(3)) : Self.padded(day, count)
        case "h": return Self.padded(isHalfDay ? (hour + 11) % 12 + 1 : hour, count)
        case "M": return Self.padded(minute, count)
        default: return Self.padded(seconds % 60, count)
        }
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, min(count, 4) - text.count)) + text
    }
}
