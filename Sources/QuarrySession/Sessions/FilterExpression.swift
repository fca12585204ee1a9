package import QuarryCore

/// A condition on metadata as a person writes it: `year>=2024 and (lang=ru or tag in (a, b)) and not draft=true`.
///
/// A condition is a key, an operator and a value. The operators are `=`, `!=`, `^=` (begins with), `<`, `<=`, `>`, `>=`,
/// `in (a, b)`, `not in (a, b)` and `exists` (without a value). A value may be of several words, without quotes: `and` and `or`
/// end it only before another condition. In quotes, a value is text and nothing else; in quotes, a key may have spaces.
///
/// Without quotes, a value is compared as text, and also as a number or as true or false where it is one. `<` and its
/// like compare numbers and dates (`2026`, `2026-05`, `2026-05-31`, `2026-05-31T10:00`).
package struct FilterExpression {
    package let filter: Filter

    /// What cannot be read, as a sentence.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    /// - Throws: ``Fault``.
    package init(_ text: String) throws(Fault) {
        var parser = FilterParser(text)
        filter = try parser.expression()
        try parser.expectEnd()
    }
}

private struct FilterParser {
    typealias Fault = FilterExpression.Fault

    private static let operators: Set<String> = ["=", "!=", "^=", "<", "<=", ">", ">="]
    private static let maximumDepth = 64
    private static let maximumConditions = 1_000

    private let scalars: [Character]
    private var position = 0
    /// Open parentheses.
    private var depth = 0
    private var conditions = 0

    init(_ text: String) { scalars = Array(text) }

    mutating func expression() throws(Fault) -> Filter {
        var filters = [try conjunction()]
        while take(word: "or") { filters.append(try conjunction()) }
        return filters.count == 1 ? filters[0] : .any(filters)
    }

    mutating func expectEnd() throws(Fault) {
        skipSpace()
        guard position < scalars.count else { return }
        throw Fault(description: "“\(rest)” is left over: between conditions stands “and” or “or”.")
    }

    private mutating func conjunction() throws(Fault) -> Filter {
        var filters = [try negation()]
        while take(word: "and") { filters.append(try negation()) }
        return filters.count == 1 ? filters[0] : .all(filters)
    }

    private mutating func negation() throws(Fault) -> Filter {
        var isNegated = false
        while take(word: "not") { isNegated.toggle() }
        let filter = try operand()
        return isNegated ? .not(filter) : filter
    }

    private mutating func operand() throws(Fault) -> Filter {
        skipSpace()
        guard take("(") else { return try condition() }
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw Fault(description: "there are more than \(Self.maximumDepth) parentheses in each other.")
        }
        let filter = try expression()
        skipSpace()
        guard take(")") else { throw Fault(description: "a closing parenthesis is missing.") }
        depth -= 1
        return filter
    }

    private mutating func condition() throws(Fault) -> Filter {
        conditions += 1
        guard conditions <= Self.maximumConditions else {
            throw Fault(description: "there are more than \(Self.maximumConditions) conditions.")
        }
        let key = try self.key()
        if take(word: "exists") { return .exists(key) }
        if take(word: "in") { return .isIn(key, try list()) }
        let start = position
        if take(word: "not") {
            if take(word: "in") { return .not(.isIn(key, try list())) }
            position = start
        }
        let sign = takeOperator()
        guard !sign.isEmpty else {
            throw Fault(description: "there is no operator such as = after the key “\(key)”.")
        }
        guard Self.operators.contains(sign) else {
            throw Fault(
                description:
                    "“\(sign)” is not an operator; there are =, !=, ^=, <, <=, >, >=, in, not in and exists.")
        }
        let (value, isQuoted) = try self.value()
        switch sign {
        case "=": return equality(key, value, isQuoted)
        case "!=": return .not(equality(key, value, isQuoted))
        case "^=": return .hasPrefix(key, value)
        default: return try comparison(key, sign, value, isQuoted)
        }
    }

    private func equality(_ key: String, _ value: String, _ isQuoted: Bool) -> Filter {
        let readings = isQuoted ? [.string(value)] : MetadataValue.readings(of: value)
        return readings.count == 1 ? .equals(key, readings[0]) : .any(readings.map { .equals(key, $0) })
    }

    private func comparison(
        _ key: String, _ sign: String, _ value: String, _ isQuoted: Bool
    ) throws(Fault) -> Filter {
        var readings: [Filter] = []
        if !isQuoted, let number = Double(value), number.isFinite {
            switch sign {
            case "<": readings.append(.between(key, from: nil, through: .number(number.nextDown)))
            case "<=": readings.append(.between(key, from: nil, through: .number(number)))
            case ">": readings.append(.between(key, from: .number(number.nextUp), through: nil))
            default: readings.append(.between(key, from: .number(number), through: nil))
            }
        }
        if let date = WrittenDate(value) {
            switch sign {
            case "<=": readings.append(.between(key, from: nil, through: .string(value)))
            case ">=": readings.append(.between(key, from: .string(value), through: nil))
            case "<":
                guard let before = date.previous else { throw Self.noNeighbour(of: value, sign) }
                readings.append(.between(key, from: nil, through: .string(before)))
            default:
                guard let after = date.next else { throw Self.noNeighbour(of: value, sign) }
                readings.append(.between(key, from: .string(after), through: nil))
            }
        }
        guard let first = readings.first else {
            throw Fault(
                description: "\(sign) compares numbers and dates such as 2026-05-31, and “\(value)” is neither.")
        }
        return readings.count == 1 ? first : .any(readings)
    }

    private static func noNeighbour(of value: String, _ sign: String) -> Fault {
        Fault(description: "\(sign) cannot compare with “\(value)”; \(sign)= can.")
    }

    // MARK: Characters

    private mutating func key() throws(Fault) -> String {
        skipSpace()
        if let quoted = try takeQuoted() { return quoted }
        let start = position
        while position < scalars.count, Self.isInKey(scalars[position]) { position += 1 }
        guard position > start else {
            throw Fault(
                description: start < scalars.count
                    ? "there is no key before “\(rest)”." : "a condition is missing, such as key=value.")
        }
        return String(scalars[start..<position])
    }

    /// `(a, b)`.
    private mutating func list() throws(Fault) -> [MetadataValue] {
        skipSpace()
        guard take("(") else { throw Fault(description: "after “in” stands a list in parentheses: in (a, b).") }
        var values: [MetadataValue] = []
        while true {
            skipSpace()
            if let quoted = try takeQuoted() {
                values.append(.string(quoted))
                skipSpace()
            } else {
                let start = position
                while position < scalars.count, scalars[position] != ",", scalars[position] != ")" { position += 1 }
                let item = String(scalars[start..<position]).trimmed
                guard !item.isEmpty else { throw Fault(description: "an item of the list is empty.") }
                values += MetadataValue.readings(of: item)
            }
            if take(")") { return values }
            guard take(",") else { throw Fault(description: "the list is not closed by a parenthesis.") }
        }
    }

    private mutating func value() throws(Fault) -> (text: String, isQuoted: Bool) {
        if position < scalars.count, scalars[position].isWhitespace, beginsConnection {
            throw Fault(description: "a value is missing before “\(rest.trimmed)”; an empty one is \"\".")
        }
        skipSpace()
        if let quoted = try takeQuoted() { return (quoted, true) }
        let start = position
        var nested = 0
        while position < scalars.count {
            let character = scalars[position]
            if character == "(" { nested += 1 }
            if character == ")" {
                if nested == 0, depth > 0 { break }
                nested -= 1
            }
            if character.isWhitespace, beginsConnection { break }
            position += 1
        }
        return (String(scalars[start..<position]).trimmed, false)
    }

    /// Whether `and` or `or` follows with another condition behind it.
    private var beginsConnection: Bool {
        var ahead = self
        guard ahead.take(word: "and") || ahead.take(word: "or") else { return false }
        while ahead.take(word: "not") {}
        ahead.skipSpace()
        while ahead.take("(") { ahead.skipSpace() }
        guard let key = try? ahead.key(), !key.isEmpty else { return false }
        if ahead.take(word: "exists") { return true }
        _ = ahead.take(word: "not")
        if ahead.take(word: "in") {
            ahead.skipSpace()
            return ahead.take("(")
        }
        return !ahead.takeOperator().isEmpty
    }

    /// A text in quotes; nil if none begins here. `\` stands before a quote or another `\`.
    private mutating func takeQuoted() throws(Fault) -> String? {
        guard position < scalars.count, scalars[position] == "\"" || scalars[position] == "'" else { return nil }
        let quote = scalars[position]
        var text = ""
        position += 1
        while position < scalars.count, scalars[position] != quote {
            if scalars[position] == "\\", position + 1 < scalars.count { position += 1 }
            text.append(scalars[position])
            position += 1
        }
        guard position < scalars.count else { throw Fault(description: "the quote \(quote)\(text) is not closed.") }
        position += 1
        return text
    }

    private mutating func takeOperator() -> String {
        skipSpace()
        let start = position
        while position < scalars.count, Self.signs.contains(scalars[position]) { position += 1 }
        return String(scalars[start..<position])
    }

    /// A word in any case, which ends at a space or a parenthesis.
    private mutating func take(word: String) -> Bool {
        var end = position
        while end < scalars.count, scalars[end].isWhitespace { end += 1 }
        let start = end
        while end < scalars.count, Self.isInKey(scalars[end]) { end += 1 }
        guard String(scalars[start..<end]).lowercased() == word else { return false }
        // `in=1`: the word is a key.
        var next = end
        while next < scalars.count, scalars[next].isWhitespace { next += 1 }
        guard next == scalars.count || !Self.signs.contains(scalars[next]) else { return false }
        position = end
        return true
    }

    private mutating func take(_ character: Character) -> Bool {
        guard position < scalars.count, scalars[position] == character else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < scalars.count, scalars[position].isWhitespace { position += 1 }
    }

    private var rest: String {
        let rest = String(scalars[position...])
        return rest.count > 40 ? rest.prefix(40) + "…" : rest
    }

    private static let signs: Set<Character> = ["=", "!", "^", "<", ">", "~", "&", "|"]

    private static func isInKey(_ character: Character) -> Bool {
        !character.isWhitespace && !signs.contains(character) && !"()\"',".contains(character)
    }
}

extension MetadataValue {
    /// What a word without quotes can be: a text, and also a number or a Boolean of the same spelling.
    fileprivate static func readings(of text: String) -> [MetadataValue] {
        var readings: [MetadataValue] = [.string(text)]
        if let number = Double(text), number.isFinite { readings.append(.number(number)) }
        if let bool = Bool(text) { readings.append(.bool(bool)) }
        return readings
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
