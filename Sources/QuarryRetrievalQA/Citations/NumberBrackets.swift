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
