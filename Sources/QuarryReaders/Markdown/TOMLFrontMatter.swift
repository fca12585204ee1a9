import QuarryCore

/// Reads front matter in a subset of TOML 1.0: dotted keys, tables, strings on one line, numbers, booleans, dates and
/// lists of these.
///
/// Dates are strings, as written. Other lines are ignored, and so are the keys of a table with an unsupported header.
struct TOMLFrontMatter {
    private let lines: [String]
    private var content = FrontMatterContent()
    private var line = 0
    /// The unread bytes of the line.
    private var rest: Substring.UTF8View
    /// The name of the table; nil if its keys are ignored.
    private var table: String? = ""
    private var keyCount = 0

    /// Nil if no line has a key, or if more lines are ignored than have a key.
    static func read(_ lines: [String]) -> FrontMatterContent? {
        var reader = TOMLFrontMatter(lines: lines, rest: Substring().utf8)
        reader.read()
        let problems = reader.content.problems.count
        let isEmpty = lines.allSatisfy { $0.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
        return isEmpty || reader.keyCount > 0 && problems <= reader.keyCount ? reader.content : nil
    }

    private init(lines: [String], rest: Substring.UTF8View) {
        self.lines = lines
        self.rest = rest
    }

    private mutating func read() {
        while line < lines.count {
            let start = line
            rest = Substring(lines[line]).utf8
            do throws(TOMLProblem) {
                if !atLineEnd() { try readEntry() }
            } catch {
                content.ignore(start, error.reason)
                skipMultilineString(from: start)
            }
            line += 1
        }
    }

    private mutating func readEntry() throws(TOMLProblem) {
        let start = line
        if rest.first == UInt8(ascii: "[") {
            table = nil
            rest.removeFirst()
            if rest.first == UInt8(ascii: "[") { throw TOMLProblem("Lists of tables are not supported.") }
            let name = try key()
            guard take("]") else { throw TOMLProblem("The name of a table must end with \"]\".") }
            try endLine()
            table = name + "."
            return
        }
        var name = try key()
        guard take("=") else { throw TOMLProblem("\"=\" is missing after the key.") }
        guard let table else { throw TOMLProblem("The table of this key is ignored.") }
        name = table + name
        let (value, text) = try value()
        try endLine()
        if content.metadata[name] != nil { throw TOMLProblem("The key \(name) occurs twice.") }
        keyCount += 1
        content.metadata[name] = value
        if name == "title", let text { (content.title, content.titleLines) = (text, start..<line + 1) }
    }

    /// A key, its parts joined with dots.
    private mutating func key() throws(TOMLProblem) -> String {
        var parts: [String] = []
        repeat {
            skipSpace()
            if rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'") {
                parts.append(try string())
            } else {
                let part = rest.prefix { $0.isBareKeyByte }
                if part.isEmpty { throw TOMLProblem("A key must be letters, digits, \"_\" and \"-\", or in quotes.") }
                rest = rest.dropFirst(part.count)
                parts.append(String(Substring(part)))
            }
        } while take(".")
        return parts.joined(separator: ".")
    }

    /// A value, with its source text unless it is a list.
    private mutating func value() throws(TOMLProblem) -> (MetadataValue, text: String?) {
        skipSpace()
        if take("[") { return (.strings(try items()), nil) }
        let isQuoted = rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'")
        let text = isQuoted ? try string() : try bareValue()
        return (isQuoted ? .string(text) : try TOMLFrontMatter.typed(text), text)
    }

    private mutating func items() throws(TOMLProblem) -> [String] {
        var items: [String] = []
        while true {
            try skipLineEnds()
            if take("]") { return items }
            if rest.first == UInt8(ascii: "[") { throw TOMLProblem("Lists of lists are not supported.") }
            if let text = try value().text { items.append(text) }
            try skipLineEnds()
            if take("]") { return items }
            guard take(",") else { throw TOMLProblem("Items of a list must be separated by commas.") }
        }
    }

    /// Skips to the next item of the list, in this line or a later one.
    private mutating func skipLineEnds() throws(TOMLProblem) {
        while atLineEnd() {
            line += 1
            guard line < lines.count else { throw TOMLProblem("The list is not closed.") }
            rest = Substring(lines[line]).utf8
        }
    }

    /// An unquoted value, up to a comma, a bracket or a comment.
    private mutating func bareValue() throws(TOMLProblem) -> String {
        let text = rest.prefix { !",]#".utf8.contains($0) }
        rest = rest.dropFirst(text.count)
        if text.isEmpty { throw TOMLProblem("The value is missing.") }
        return String(Substring(text)).joiningWords()
    }

    private static func typed(_ text: String) throws(TOMLProblem) -> MetadataValue {
        if text == "true" || text == "false" { return .bool(text == "true") }
        let bytes = Array(text.utf8)
        let isDate = bytes.count >= 5 && (bytes[4] == UInt8(ascii: "-") || bytes[2] == UInt8(ascii: ":"))
        if isDate, bytes[0].isDigit, bytes.allSatisfy({ $0.isDigit || "-:.+TtZz ".utf8.contains($0) }) {
            return .string(text)
        }
        let number = text.replacing("_", with: "")
        if MetadataValue.isNumber(number), Double(number) != nil { return .numeral(number) }
        throw TOMLProblem("The value is not a string in quotes, a number, a date, true, false or a list of these.")
    }
}

// Strings and space.
extension TOMLFrontMatter {
    private mutating func string() throws(TOMLProblem) -> String {
        let quote = rest.removeFirst()
        if rest.starts(with: [quote, quote]) { throw TOMLProblem("Strings of several lines are not supported.") }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
                bytes.append(byte)
                continue
            }
            bytes += String(try escaped()).utf8
        }
        throw TOMLProblem("The quotes are not closed.")
    }

    private mutating func escaped() throws(TOMLProblem) -> Unicode.Scalar {
        let byte = rest.popFirst() ?? 0
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = rest.prefix(count)
            rest = rest.dropFirst(count)
            if digits.count == count, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let scalar = UInt32(Substring(digits), radix: 16).flatMap(Unicode.Scalar.init)
            {
                return scalar
            }
        default: break
        }
        throw TOMLProblem("An escape in a string is not valid TOML.")
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        skipSpace()
        return true
    }

    /// Whether the rest of the line is only space and a comment.
    private mutating func atLineEnd() -> Bool {
        skipSpace()
        return rest.isEmpty || rest.first == UInt8(ascii: "#")
    }

    private mutating func endLine() throws(TOMLProblem) {
        if !atLineEnd() { throw TOMLProblem("There is extra text after the value.") }
    }

    /// Skips a string of several lines, so that its text is not parsed as keys.
    private mutating func skipMultilineString(from start: Int) {
        line = start
        for quotes in ["\"\"\"", "'''"] where lines[start].ranges(of: quotes).count == 1 {
            line = lines[(start + 1)...].firstIndex { $0.contains(quotes) } ?? start
        }
    }
}

private struct TOMLProblem: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    fileprivate var isBareKeyByte: Bool {
        isDigit || self | 0x20 >= 0x61 && self | 0x20 <= 0x7A || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }
}
