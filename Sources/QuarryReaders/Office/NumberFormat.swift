/// A number format of a spreadsheet, such as `#,##0.00;(#,##0.00)` or `d/m/yyyy`.
///
/// Numbers are shown as the format says. A date with year, month and day is shown as `2024-03-05`, because the order of
/// its parts otherwise depends on the reader's country.
struct NumberFormat {
    enum Token: Hashable {
        case literal(String)
        /// A place for a digit: `0`, `#` or `?`.
        case digit(Character)
        case point, comma, percent, exponent, slash, general, text
        /// A part of a date, such as `mmm`, with its length.
        case date(Character, Int)
        /// Hours, minutes or seconds that count on, such as `[h]`.
        case elapsed(Character)
        case halfDay
    }

    struct Section {
        var tokens: [Token] = []
        /// Such as `>=100`.
        var condition: (comparison: String, value: Double)?

        var isDate: Bool {
            tokens.contains { token in
                switch token {
                case .date, .elapsed: true
                default: false
                }
            }
        }
    }

    private let sections: [Section]

    static let general = NumberFormat("General")

    init(_ code: String) {
        // Longer codes are not valid.
        sections = NumberFormatScanner(code.prefix(500)).sections()
    }

    /// A format that every workbook has; nil if it is defined by the workbook.
    init?(builtIn id: Int) {
        guard let code = Self.builtIn[id] else { return nil }
        self.init(code)
    }

    private static let builtIn: [Int: String] = {
        var codes = [
            0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
            12: "# ?/?", 13: "# ??/??", 14: "m/d/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
            19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yyyy h:mm", 37: "#,##0;(#,##0)",
            38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss",
            47: "mm:ss", 48: "##0.0E+0", 49: "@",
        ]
        for id in Array(27...31) + Array(50...58) { codes[id] = "yyyy-mm-dd" }
        for id in 32...36 { codes[id] = "h:mm:ss" }
        return codes
    }()

    /// A number as the cell shows it.
    ///
    /// - `text`: The number as the file writes it.
    /// - `countsFrom1904`: Whether days are counted from 1904, as old Macs do.
    func shown(_ text: String, countsFrom1904: Bool = false) -> String {
        guard let number = DecimalNumber(text), let value = Double(text) else { return text }
        guard let (section, hidesSign) = section(for: value) else { return number.general }
        if section.isDate {
            return SpreadsheetDate(value, countsFrom1904: countsFrom1904)?.shown(section.tokens) ?? number.general
        }
        return section.shown(number, hidesSign: hidesSign)
    }

    /// The section for a value, and whether it writes the sign of a negative number itself.
    private func section(for value: Double) -> (section: Section, hidesSign: Bool)? {
        if sections.contains(where: { $0.condition != nil }) {
            let found = sections.first { section in
                guard let (comparison, limit) = section.condition else { return true }
                return switch comparison {
                case "<": value < limit
                case "<=": value <= limit
                case ">": value > limit
                case ">=": value >= limit
                case "=": value == limit
                default: value != limit
                }
            }
            return found.map { ($0, false) }
        }
        guard let first = sections.first else { return nil }
        if value < 0, sections.count > 1 { return (sections[1], true) }
        if value == 0, sections.count > 2 { return (sections[2], false) }
        return (first, false)
    }
}

extension NumberFormat.Section {
    /// A number in a format that is not that of a date.
    fileprivate func shown(_ number: DecimalNumber, hidesSign: Bool) -> String {
        // Fractions are shown as decimals.
        if tokens.contains(.slash) || tokens == [.text] { return number.general }
        var number = number
        let point = tokens.firstIndex(of: .point) ?? tokens.firstIndex(of: .exponent) ?? tokens.count
        let exponent = tokens.firstIndex(of: .exponent) ?? tokens.count
        let whole = tokens.indices.filter { $0 < point && $0 < exponent && tokens[$0].isDigit }
        let decimals = tokens.indices.filter { $0 > point && $0 < exponent && tokens[$0].isDigit }
        let commas = tokens.indices.filter { tokens[$0] == .comma }
        let lastDigit = max(whole.last ?? -1, decimals.last ?? -1)
        let isGrouped = commas.contains { index in
            whole.first.map { $0 < index } ?? false && whole.last.map { index < $0 } ?? false
        }
        number = number.shifted(by: 2 * tokens.count { $0 == .percent })
        if lastDigit >= 0 { number = number.shifted(by: -3 * commas.count { $0 > lastDigit && $0 < exponent }) }

        var power = 0
        if exponent < tokens.count {
            (number, power) = number.scientific
            let rounded = number.rounded(decimals: decimals.count)
            let carried = rounded.scientific
            (number, power) = (carried.mantissa, power + carried.exponent)
        } else if lastDigit >= 0 {
            number = number.rounded(decimals: decimals.count)
        }
        let least = whole.count { tokens[$0] == .digit("0") }
        var integer = number.integer
        if integer.count < least { integer = Array(repeating: 0, count: least - integer.count) + integer }
        var fraction = number.fraction(decimals.count)
        for index in decimals.reversed() {
            guard tokens[index] != .digit("0"), fraction.last == 0 else { break }
            fraction.removeLast()
        }

        var text = number.isNegative && !hidesSign ? "-" : ""
        var (written, place, decimal) = (0, 0, 0)
        for (index, token) in tokens.enumerated() {
            switch token {
            case .digit where index < point && index < exponent:
                let end = max(0, integer.count - (whole.count - 1 - place))
                while written < end {
                    text.append(Character(UnicodeScalar(integer[written] + 0x30)))
                    written += 1
                    let rest = integer.count - written
                    if isGrouped, rest > 0, rest.isMultiple(of: 3) { text.append(",") }
                }
                place += 1
            case .digit where index < exponent:
                if decimal < fraction.count { text.append(Character(UnicodeScalar(fraction[decimal] + 0x30))) }
                decimal += 1
            case .point: if !fraction.isEmpty { text.append(".") }
            case .exponent:
                let digits = "\(abs(power))"
                let least = tokens[index...].count { $0 == .digit("0") }
                text +=
                    "E\(power < 0 ? "-" : "+")" + String(repeating: "0", count: max(0, least - digits.count)) + digits
            case .percent: text.append("%")
            case .literal(let literal): text += literal
            case .general, .text: text += number.general.drop { hidesSign && $0 == "-" || !text.isEmpty && $0 == "-" }
            default: break
            }
        }
        return text.trimmingSpaces
    }
}

extension NumberFormat.Token {
    fileprivate var isDigit: Bool {
        if case .digit = self { true } else { false }
    }
}
