import QuarryCore

/// A scalar of the YAML subset that front matter is read in.
struct YAMLScalar {
    /// The text without quotes.
    var text: String
    /// Nil for a null.
    var value: MetadataValue?

    /// Nil where a quote is not closed, or the text is a structure that the subset does not know.
    init?(_ source: String) {
        guard let first = source.utf8.first else {
            text = ""
            return
        }
        switch first {
        case UInt8(ascii: "\""):
            guard let string = YAMLScalar.doubleQuoted(source) else { return nil }
            text = string
            value = .string(string)
        case UInt8(ascii: "'"):
            let inner = source.dropFirst().dropLast()
            guard source.utf8.count >= 2, source.utf8.last == first, YAMLScalar.quotesArePaired(inner) else {
                return nil
            }
            text = YAMLScalar.replacing("''", with: "'", in: String(inner))
            value = .string(text)
        case UInt8(ascii: "{"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "%"),
            UInt8(ascii: "@"), UInt8(ascii: "`"):
            return nil
        default:
            text = source
            value = YAMLScalar.plain(source)
        }
    }

    private static func plain(_ text: String) -> MetadataValue? {
        switch text {
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        case "null", "Null", "NULL", "~": nil
        default: isNumber(text) ? .numeral(text) : .string(text)
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        var digits = Substring(text).utf8
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard let first = digits.first, first >= 0x30, first <= 0x39 || first == UInt8(ascii: "."),
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || ".eE+-".utf8.contains($0) })
        else { return false }
        let second = digits.dropFirst().first
        return !(first == 0x30 && second.map { $0 >= 0x30 && $0 <= 0x39 } ?? false)
    }

    private static func quotesArePaired(_ text: Substring) -> Bool {
        var run = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "'") {
                run += 1
            } else {
                if !run.isMultiple(of: 2) { return false }
                run = 0
            }
        }
        return run.isMultiple(of: 2)
    }

    private static func replacing(_ pair: String, with single: String, in text: String) -> String {
        var result = ""
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            result.unicodeScalars.append(scalar)
            if scalar == "'" { _ = scalars.next() }
        }
        return result
    }

    private static func doubleQuoted(_ source: String) -> String? {
        var result = ""
        var scalars = source.unicodeScalars.dropFirst().makeIterator()
        while let scalar = scalars.next() {
            if scalar == "\"" { return scalars.next() == nil ? result : nil }
            guard scalar == "\\" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            guard let escaped = scalars.next() else { return nil }
            switch escaped {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "\"", "\\", "/", " ": result.unicodeScalars.append(escaped)
            case "x", "u", "U":
                var value: UInt32 = 0
                for _ in 0..<(escaped == "x" ? 2 : escaped == "u" ? 4 : 8) {
                    guard let digit = scalars.next().flatMap({ UInt32(String($0), radix: 16) }) else { return nil }
                    value = value &* 16 &+ digit
                }
                guard let scalar = Unicode.Scalar(value) else { return nil }
                result.unicodeScalars.append(scalar)
            default: return nil
            }
        }
        return nil
    }

    /// Splits `key: rest`. Keys are plain or quoted.
    static func key(of line: String) -> (key: String, rest: String)? {
        guard let first = line.utf8.first, !"-[]{}|>&*!%@`,?".utf8.contains(first) else { return nil }
        var quote: UInt8 = 0
        let bytes = Array(line.utf8)
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { quote = first }
        for (index, byte) in bytes.enumerated() where index > 0 {
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: ":"),
                index + 1 == bytes.count || bytes[index + 1] == 0x20
                    || bytes[index + 1] == 0x09
            {
                let key = String(decoding: bytes[..<index], as: UTF8.self).trimmingYAMLSpace()
                let rest = String(decoding: bytes[(index + 1)...], as: UTF8.self).trimmingYAMLSpace()
                guard let name = YAMLScalar(key)?.text, !name.isEmpty else { return nil }
                return (name, rest)
            }
        }
        return nil
    }

    /// The text before ` #`, outside quotes.
    static func withoutComment(_ text: String) -> String {
        var quote: UInt8 = 0
        var previous: UInt8 = 0x20
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if quote != 0 {
                if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                    previous = previous == byte ? 0 : byte
                    continue
                }
                if byte == quote, previous != UInt8(ascii: "\\") { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), index == 0 || isFlowBreak(previous) {
                quote = byte
            } else if byte == UInt8(ascii: "#"), previous == 0x20 || previous == 0x09 {
                return String(decoding: bytes[..<index], as: UTF8.self).trimmingYAMLSpace()
            }
            previous = byte
        }
        return text.trimmingYAMLSpace()
    }

    private static func isFlowBreak(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "[") || byte == UInt8(ascii: ",") || byte == 0x20
    }

    static func isClosedFlow(_ text: String) -> Bool { text.utf8.last == UInt8(ascii: "]") }

    /// The items of `[a, "b, c"]`, or nil where it is no flat list.
    static func flowItems(_ text: String) -> [String]? {
        guard text.hasPrefix("["), isClosedFlow(text) else { return nil }
        var items: [String] = []
        var current: [UInt8] = []
        var quote: UInt8 = 0
        var isEscaped = false
        for byte in text.utf8.dropFirst().dropLast() {
            if quote != 0 {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                    isEscaped = true
                } else if byte == quote {
                    quote = 0
                }
            } else if byte == UInt8(ascii: ",") {
                guard append(current, to: &items) else { return nil }
                current.removeAll()
                continue
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "{") {
                return nil
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), current.allSatisfy({ $0 == 0x20 }) {
                quote = byte
            }
            current.append(byte)
        }
        return quote == 0 && append(current, to: &items) ? items : nil
    }

    private static func append(_ bytes: [UInt8], to items: inout [String]) -> Bool {
        let item = String(decoding: bytes, as: UTF8.self).trimmingYAMLSpace()
        if item.isEmpty { return true }
        guard let scalar = YAMLScalar(item) else { return false }
        if scalar.value != nil { items.append(scalar.text) }
        return true
    }
}

extension String {
    func trimmingYAMLSpace() -> String {
        var bytes = Substring(self).utf8
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(Substring(bytes))
    }

    var yamlIndent: Int { utf8.prefix { $0 == 0x20 }.count }
}
