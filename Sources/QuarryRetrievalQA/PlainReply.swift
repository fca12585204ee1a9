/// A model's text without anything that acts or passes for the engine's own: links, pictures and HTML are text, hidden
/// characters are removed, and brackets with numbers are either markers or not brackets.
///
/// - Complexity: O(length).
struct PlainReply {
    private(set) var text: String

    init(_ reply: String) {
        let visible = String(String.UnicodeScalarView(reply.unicodeScalars.filter { !Fence.isHidden($0) }))
        text = NumberBrackets.replacing(in: Self.withoutOpenCode(visible), skipsLinks: true) { bracket in
            if !bracket.numbers.isEmpty { return "[\(bracket.content)]" }
            return bracket.isQuantity ? "⟦\(bracket.content)⟧" : ""
        }
        text = Self.withoutMarkup(text)
    }

    /// Removes backticks that open code but are never closed before the paragraph ends. Otherwise they would hide
    /// markers from the check.
    private static func withoutOpenCode(_ text: String) -> String {
        guard text.contains("`") else { return text }
        let scalars = Array(text.unicodeScalars)
        var runs: [(range: Range<Int>, paragraph: Int)] = []
        var paragraph = 0
        var position = 0
        while position < scalars.count {
            let start = position
            if scalars[position] == "\n", position > 0, scalars[position - 1] == "\n" { paragraph += 1 }
            while position < scalars.count, scalars[position] == "`" { position += 1 }
            if position > start { runs.append((start..<position, paragraph)) } else { position += 1 }
        }
        // For every run, the one that closes it.
        var next = [Int?](repeating: nil, count: runs.count)
        var last: [Int: Int] = [:]
        for index in runs.indices.reversed() {
            let count = runs[index].range.count
            // Code blocks may contain blank lines.
            if let other = last[count], count >= 3 || runs[other].paragraph == runs[index].paragraph {
                next[index] = other
            }
            last[count] = index
        }
        var kept = String.UnicodeScalarView()
        var end = 0
        var index = 0
        while index < runs.count {
            if let other = next[index] {
                index = other + 1
            } else if runs[index].range.count >= 3 {
                // An open code block ends with the text.
                break
            } else {
                kept.append(contentsOf: scalars[end..<runs[index].range.lowerBound])
                end = runs[index].range.upperBound
                index += 1
            }
        }
        kept.append(contentsOf: scalars[end...])
        return String(kept)
    }

    // MARK: Markup

    /// Turns `![a](u)` and `[a](u)` into `a (u)`, and `<` of tags and `[` of link definitions into other brackets.
    private static func withoutMarkup(_ text: String) -> String {
        guard text.contains(where: { "[<".contains($0) }) else { return text }
        let scalars = Array(text.unicodeScalars)
        // What replaces a scalar; nil for the scalar itself.
        var changes = [Int: String]()
        var open: [Int] = []
        var tags: [Int] = []
        var tagHasName = false
        for (position, scalar) in scalars.enumerated() {
            switch scalar {
            case "[":
                open.append(position)
            case "]":
                guard let start = open.popLast() else { break }
                let following = position + 1 < scalars.count ? scalars[position + 1] : " "
                let isImage = start > 0 && scalars[start - 1] == "!"
                if following == "(", isImage || isAddress(scalars[(position + 2)...]) {
                    changes[start] = ""
                    changes[position] = " "
                    if isImage { changes[start - 1] = "" }
                    // A number would be left of what looks like a marker.
                    let label = start + 1..<position
                    if label.count < 49, !scalars[label].contains(where: \.properties.isAlphabetic) {
                        for place in label { changes[place] = "" }
                    }
                } else if following == "[", isImage {
                    changes[start - 1] = ""
                } else if following == ":", isPrefix(before: start, in: scalars) {
                    changes[start] = "⟦"
                    changes[position] = "⟧"
                }
            case "<":
                if startsTag(scalars[(position + 1)...]) { tags.append(position) }
                tagHasName = false
                if opensActive(scalars[(position + 1)...]) { changes[position] = "‹" }
            case ">":
                tags = []
            case "=":
                // An attribute: every tag that it may belong to is text.
                guard tagHasName else { break }
                for tag in tags { changes[tag] = "‹" }
                tags = []
            case " ", "\t", "\n", "\r", "\u{C}", "/":
                tagHasName = true
            default: break
            }
        }
        guard !changes.isEmpty else { return text }
        var result = String.UnicodeScalarView()
        for (position, scalar) in scalars.enumerated() {
            if let change = changes[position] {
                result.append(contentsOf: change.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// Whether a link's target leads anywhere but to a name, such as the argument in `handlers[name](event)`.
    private static func isAddress(_ target: ArraySlice<Unicode.Scalar>) -> Bool {
        target.prefix(2_000).prefix { $0 != ")" }.contains { "/:&%\\<#".unicodeScalars.contains($0) }
    }

    /// Whether only the marks of lists and quotes are before a position of its line.
    private static func isPrefix(before position: Int, in scalars: [Unicode.Scalar]) -> Bool {
        var place = position - 1
        while place >= 0, scalars[place] != "\n" {
            guard " \t>-*+.)0123456789".unicodeScalars.contains(scalars[place]), position - place < 40 else {
                return false
            }
            place -= 1
        }
        return true
    }

    private static func startsTag(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        rest.first.map { $0.isASCII && $0.properties.isAlphabetic || $0 == "/" || $0 == "!" || $0 == "?" } ?? false
    }

    /// Whether a tag acts without an attribute, or is a link of its own, such as `<https://…>`.
    private static func opensActive(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let name = String(String.UnicodeScalarView(rest.prefix(12))).lowercased()
        return ["script", "style", "iframe", "object", "embed", "http:", "https:", "ftp:", "mailto:", "data:"]
            .contains { name.hasPrefix($0) }
    }
}

/// A bracket of any script that contains only numbers and marks between them.
struct NumberBracket {
    /// With ASCII digits, commas and hyphens.
    var content: String
    /// The passages that a marker names; empty if it is not a marker.
    var numbers: [Int]
    /// Whether it is rather a year or another quantity than a marker.
    var isQuantity: Bool
}

/// Finds brackets with numbers outside code, in any notation: `[1]`, `［１］`, `【1】`, `[-1]`.
struct NumberBrackets {
    private let scalars: [Unicode.Scalar]
    private let skipsLinks: Bool
    private var code = CodeSpan()

    /// - `skipsLinks`: Whether the text of a link, `[1](…)`, is not a bracket.
    static func replacing(
        in text: String, skipsLinks: Bool = false, by replacement: (NumberBracket) -> String
    ) -> String {
        guard text.unicodeScalars.contains(where: { closing[$0] != nil }) else { return text }
        var brackets = NumberBrackets(scalars: Array(text.unicodeScalars), skipsLinks: skipsLinks)
        return brackets.replaced(replacement)
    }

    private static let closing: [Unicode.Scalar: Unicode.Scalar] = ["[": "]", "［": "］", "【": "】", "〔": "〕"]

    private mutating func replaced(_ replacement: (NumberBracket) -> String) -> String {
        var result = String.UnicodeScalarView()
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            code.take(scalar.isASCII ? UInt8(scalar.value) : 0xFF)
            if !code.isInside, let end = Self.closing[scalar], let (bracket, next) = bracket(from: position, to: end) {
                let text = replacement(bracket)
                // A removed marker takes the space before it.
                if text.isEmpty { while result.last == " " { result.removeLast() } }
                result.append(contentsOf: text.unicodeScalars)
                for _ in position + 1..<next { code.take(0xFF) }
                position = next
            } else {
                result.append(scalar)
                position += 1
            }
        }
        return String(result)
    }

    /// - Returns: The bracket and the position after it; nil if it has other content, or is the text of a link.
    private func bracket(from start: Int, to end: Unicode.Scalar) -> (NumberBracket, next: Int)? {
        var content = ""
        var hasDigit = false
        for position in start + 1..<min(scalars.count, start + 49) {
            let scalar = scalars[position]
            if scalar == end {
                let isLink =
                    skipsLinks && scalar == "]" && position + 1 < scalars.count && scalars[position + 1] == "("
                return hasDigit && !isLink ? Self.read(content).map { ($0, position + 1) } : nil
            }
            if let digit = Self.digit(scalar) {
                content += String(digit)
                hasDigit = true
            } else if let mark = Self.mark(scalar) {
                content.append(mark)
            } else if scalar.properties.isAlphabetic || "№#^†:".unicodeScalars.contains(scalar) {
                content.unicodeScalars.append(scalar)
            } else {
                return nil
            }
        }
        return nil
    }

    private static func read(_ content: String) -> NumberBracket? {
        let numbers = CitationMarkerParser.numbers(in: content)
        guard !numbers.isEmpty || !content.contains(where: \.isLetter) else { return nil }
        let isLong = content.split { !$0.isNumber }.contains { $0.count > 3 && $0.first != "0" }
        return NumberBracket(content: content, numbers: numbers, isQuantity: isLong || content.contains("."))
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        guard scalar.properties.numericType != nil, scalar.properties.numericType != .numeric else { return nil }
        return scalar.properties.numericValue.flatMap { Int(exactly: $0) }.flatMap { (0...9).contains($0) ? $0 : nil }
    }

    private static func mark(_ scalar: Unicode.Scalar) -> Character? {
        switch scalar {
        case " ", "\u{A0}", "\u{3000}": " "
        case ",", "，", "、": ","
        case ";", "；": ";"
        case ".", "．": "."
        case "-", "–", "—", "−", "‐", "‑", "‒", "～", "〜", "~", "+": "-"
        default: nil
        }
    }
}
