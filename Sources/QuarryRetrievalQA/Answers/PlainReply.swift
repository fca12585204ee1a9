/// A model's text without anything that acts or passes for the engine's own: links, pictures and HTML are text, hidden
/// characters are removed, and brackets with numbers are either markers or not brackets.
///
/// - Complexity: O(length).
struct PlainReply {
    private(set) var text: String

    init(_ reply: String) {
        let visible = String(String.UnicodeScalarView(reply.unicodeScalars.filter { !Fence.isHidden($0) }))
        text = NumberBrackets.replacing(in: Self.withoutOpenCode(Self.withoutComments(visible)), skipsLinks: true) {
            bracket in
            if !bracket.numbers.isEmpty { return "[\(bracket.content)]" }
            return bracket.isQuantity ? "⟦\(bracket.content)⟧" : ""
        }
        text = Self.withoutMarkup(text)
    }

    /// Removes comments of HTML, which a terminal shows and a page hides.
    private static func withoutComments(_ text: String) -> String {
        guard text.contains("<!--") else { return text }
        var kept = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "<!--"), let end = rest[start.upperBound...].firstRange(of: "-->") {
            kept += rest[..<start.lowerBound]
            rest = rest[end.upperBound...]
        }
        return kept + rest
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
        // For every run, the run that closes it.
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
                    // Removing only the brackets would leave a bare number.
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
