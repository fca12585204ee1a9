extension CodeScanner {
    func endOfString(from start: Int, _ close: [UInt8], _ rule: CodeLanguage.StringRule) -> Int {
        var end = start
        while end < bytes.count {
            let byte = bytes[end]
            if byte == rule.escape {
                end += 2
            } else if byte == close[0], has(close, at: end) {
                return end + close.count
            } else if byte == 0x0A, !rule.isMultiline {
                return end
            } else {
                end += 1
            }
        }
        return end
    }

    func endOfCharacter() -> Int? {
        var end = offset + 1
        if bytes.byte(end) == 0x5C {
            end += 2
            let limit = end + 10
            while end < min(limit, bytes.count), bytes[end].isASCIILetterOrDigit || "{}".utf8.contains(bytes[end]) {
                end += 1
            }
        } else {
            guard bytes.byte(end) > 0x1F else { return nil }
            end += 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        }
        return bytes.byte(end) == UInt8(ascii: "'") ? end + 1 : nil
    }

    /// `R"x(…)x"` of C++, `r#"…"#` of Rust.
    func endOfRawString(prefix: Range<Int>) -> Int? {
        var start = prefix.upperBound
        var close: [UInt8]
        if bytes[prefix].last == UInt8(ascii: "R"), bytes[start] == UInt8(ascii: "\"") {
            let name = bytes[(start + 1)...].prefix(17).prefix { $0 != UInt8(ascii: "(") && $0 > 0x20 }
            guard bytes.byte(name.endIndex) == UInt8(ascii: "(") else { return nil }
            start = name.endIndex + 1
            close = [UInt8(ascii: ")")] + name + [UInt8(ascii: "\"")]
        } else if bytes[prefix].last == UInt8(ascii: "r") {
            let hashes = bytes[start...].prefix(255).prefix { $0 == UInt8(ascii: "#") }
            guard bytes.byte(hashes.endIndex) == UInt8(ascii: "\"") else { return nil }
            start = hashes.endIndex + 1
            close = [UInt8(ascii: "\"")] + hashes
        } else {
            return nil
        }
        while start < bytes.count, !(bytes[start] == close[0] && has(close, at: start)) { start += 1 }
        return start + close.count
    }

    /// The end of a template, or of its text before `${`.
    mutating func endOfTemplate(from start: Int) -> Int {
        var end = start
        while end < bytes.count {
            switch bytes[end] {
            case 0x5C: end += 2
            case UInt8(ascii: "`"): return end + 1
            case UInt8(ascii: "$") where bytes.byte(end + 1) == UInt8(ascii: "{"):
                templates.append(braces)
                return end + 2
            default: end += 1
            }
        }
        return end
    }

    mutating func endOfExpression() -> Int? {
        guard offset >= noExpressionUntil else { return nil }
        if let last {
            switch last.kind {
            case .word:
                let words = ["return", "typeof", "case", "in", "of", "delete", "void"]
                guard words.contains(bytes.string(last.range)) else { return nil }
            case .sign: guard "(,=:[!&|?{};+-*%~^".utf8.contains(bytes[last.range.lowerBound]) else { return nil }
            default: return nil
            }
        }
        var end = offset + 1
        var isInClass = false
        while end < bytes.count, bytes[end] != 0x0A {
            switch bytes[end] {
            case 0x5C: end += 1
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            case UInt8(ascii: "/") where !isInClass: return end + 1
            default: break
            }
            end += 1
        }
        noExpressionUntil = end
        return nil
    }
}
