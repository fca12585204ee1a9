/// Reads inline Markdown and tells markup from text (CommonMark 0.31, chapter 6), without keeping what the markup says.
struct InlineScanner {
    private let bytes: [UInt8]
    private let labels: LinkLabels
    private var index = 0
    private var output: [UInt8] = []
    /// Whether each byte of the output turned out to be markup.
    private var isMarkup: [Bool] = []
    private var brackets: [Bracket] = []
    private var delimiters: [Delimiter] = []

    /// An opening bracket that may begin a link or an image.
    private struct Bracket {
        /// Where in the output it stands, with the `!` of an image.
        var start: Int
        var isImage: Bool
        /// Where its text begins, in the source.
        var text: Int
        /// How many runs of delimiters stand before it.
        var delimiterCount: Int
    }

    /// A run of `*`, `_` or `~` that may open or close emphasis (section 6.2).
    private struct Delimiter {
        var byte: UInt8
        /// The bytes of the output that are not used yet.
        var range: Range<Int>
        /// How many bytes the run had.
        var length: Int
        var canOpen: Bool
        var canClose: Bool
    }

    init(bytes: [UInt8], labels: LinkLabels) {
        self.bytes = bytes
        self.labels = labels
    }

    /// - Complexity: O(*n*²) at worst.
    mutating func plainText() -> String {
        while index < bytes.count { step() }
        matchDelimiters(from: 0)
        let text = output.indices.filter { !isMarkup[$0] }.map { output[$0] }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func step() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\\") where index + 1 < bytes.count && isPunctuation(bytes[index + 1]):
            append(bytes[index + 1])
            index += 2
        case UInt8(ascii: "`"): codeSpan()
        case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): delimiterRun(byte)
        case UInt8(ascii: "!") where peek(1) == UInt8(ascii: "["): openBracket(isImage: true)
        case UInt8(ascii: "["): openBracket(isImage: false)
        case UInt8(ascii: "]"): closeBracket()
        case UInt8(ascii: "<"): tag()
        default:
            append(byte)
            index += 1
        }
    }

    private mutating func append(_ byte: UInt8) {
        output.append(byte)
        isMarkup.append(false)
    }

    private mutating func append(_ bytes: some Sequence<UInt8>) { for byte in bytes { append(byte) } }

    private func peek(_ distance: Int) -> UInt8 { index + distance < bytes.count ? bytes[index + distance] : 0 }

    private func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private mutating func codeSpan() {
        var start = index
        while start < bytes.count, bytes[start] == UInt8(ascii: "`") { start += 1 }
        let length = start - index
        var end = start
        while end < bytes.count {
            var stop = end
            while stop < bytes.count, bytes[stop] == UInt8(ascii: "`") { stop += 1 }
            if stop - end == length {
                append(bytes[start..<end])
                index = stop
                return
            }
            end = max(stop, end + 1)
        }
        append(bytes[index..<start])
        index = start
    }

    /// Drops a tag; the address of an autolink stays.
    private mutating func tag() {
        let next = peek(1)
        let isTag = next == UInt8(ascii: "/") || (next | 0x20) >= 0x61 && (next | 0x20) <= 0x7A
        guard isTag, let end = bytes[index...].firstIndex(of: UInt8(ascii: ">")) else {
            append(UInt8(ascii: "<"))
            index += 1
            return
        }
        let inner = bytes[index + 1..<end]
        if inner.contains(UInt8(ascii: ":")) || inner.contains(UInt8(ascii: "@")), !inner.contains(0x20) {
            append(inner)
        }
        index = end + 1
    }
}

// Links.
extension InlineScanner {
    private mutating func openBracket(isImage: Bool) {
        let bracket = isImage ? index + 1 : index
        if bracket + 1 < bytes.count, bytes[bracket + 1] == UInt8(ascii: "["), let end = closingPair(bracket + 2) {
            let inner = bytes[bracket + 2..<end]
            append(inner.firstIndex(of: UInt8(ascii: "|")).map { inner[($0 + 1)...] } ?? inner)
            index = end + 2
            return
        }
        brackets.append(
            Bracket(
                start: output.count, isImage: isImage, text: bracket + 1, delimiterCount: delimiters.count))
        append(bytes[index...bracket])
        index = bracket + 1
    }

    /// Where the two brackets that end a wikilink stand.
    private func closingPair(_ start: Int) -> Int? {
        var end = start
        while end + 1 < bytes.count, bytes[end] != UInt8(ascii: "["), bytes[end] != 0x0A {
            if bytes[end] == UInt8(ascii: "]"), bytes[end + 1] == UInt8(ascii: "]") { return end }
            end += 1
        }
        return nil
    }

    private mutating func closeBracket() {
        guard let opening = brackets.popLast(), let end = linkEnd(opening) else {
            append(UInt8(ascii: "]"))
            index += 1
            return
        }
        for position in opening.start..<opening.start + (opening.isImage ? 2 : 1) { isMarkup[position] = true }
        matchDelimiters(from: opening.delimiterCount)
        // A link holds no link.
        if !opening.isImage { brackets.removeAll { !$0.isImage } }
        index = end
    }

    /// Where the link ends whose text the bracket at `index` closes, or nil where it is none.
    private func linkEnd(_ opening: Bracket) -> Int? {
        switch peek(1) {
        case UInt8(ascii: "("): if let end = balancedEnd() { return end }
        case UInt8(ascii: "["):
            guard let close = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: "]")) else { break }
            let label = bytes[index + 2..<close]
            let text = bytes[opening.text..<index]
            if labels.contains(label.isEmpty ? text : label) { return close + 1 }
            // The text may be a label by itself, unless another follows.
            return nil
        default: break
        }
        return labels.contains(bytes[opening.text..<index]) ? index + 1 : nil
    }

    /// Where the parentheses after the bracket at `index` end.
    private func balancedEnd() -> Int? {
        var depth = 0
        for position in index + 1..<bytes.count {
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return position + 1 }
        }
        return nil
    }
}

// Emphasis.
extension InlineScanner {
    private mutating func delimiterRun(_ byte: UInt8) {
        let start = index
        while index < bytes.count, bytes[index] == byte { index += 1 }
        let before = kind(of: scalar(before: start))
        let after = kind(of: scalar(at: index))
        let isLeftFlanking = after == .word || after == .punctuation && before != .word
        let isRightFlanking = before == .word || before == .punctuation && after != .word
        let isUnderscore = byte == UInt8(ascii: "_")
        delimiters.append(
            Delimiter(
                byte: byte, range: output.count..<output.count + index - start, length: index - start,
                canOpen: isLeftFlanking && (!isUnderscore || !isRightFlanking || before == .punctuation),
                canClose: isRightFlanking && (!isUnderscore || !isLeftFlanking || after == .punctuation)))
        append(bytes[start..<index])
    }

    private enum Neighbour { case space, punctuation, word }

    /// - Parameter scalar: Nil for the end of the text.
    private func kind(of scalar: Unicode.Scalar?) -> Neighbour {
        guard let scalar, !scalar.properties.isWhitespace else { return .space }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            return .punctuation
        default: return .word
        }
    }

    private func scalar(before end: Int) -> Unicode.Scalar? {
        guard end > 0 else { return nil }
        var start = end - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.first
    }

    private func scalar(at start: Int) -> Unicode.Scalar? {
        String(decoding: bytes[start...].prefix(4), as: UTF8.self).unicodeScalars.first
    }

    /// Pairs the runs from a place on, marks what they used as markup and forgets them (section 6.2, “process
    /// emphasis”). A pair takes two bytes of either run where both have two, else one; `~~` takes two (GFM, 6.5).
    private mutating func matchDelimiters(from first: Int) {
        var closer = first
        while closer < delimiters.count {
            guard delimiters[closer].canClose, !delimiters[closer].range.isEmpty,
                let opener = opener(of: closer, from: first)
            else {
                closer += 1
                continue
            }
            let isDouble = delimiters[opener].range.count >= 2 && delimiters[closer].range.count >= 2
            let count = isDouble ? 2 : 1
            let opening = delimiters[opener].range
            let closing = delimiters[closer].range
            for offset in 0..<count {
                isMarkup[opening.upperBound - 1 - offset] = true
                isMarkup[closing.lowerBound + offset] = true
            }
            delimiters[opener].range = opening.dropLast(count)
            delimiters[closer].range = closing.dropFirst(count)
            // Runs between the two are text.
            delimiters.removeSubrange(opener + 1..<closer)
            closer = opener + 1
        }
        delimiters.removeSubrange(first...)
    }

    private func opener(of closer: Int, from first: Int) -> Int? {
        let closing = delimiters[closer]
        return (first..<closer).last { index in
            let opening = delimiters[index]
            guard opening.byte == closing.byte, opening.canOpen, !opening.range.isEmpty else { return false }
            if closing.byte == UInt8(ascii: "~") { return opening.length == 2 && closing.length == 2 }
            let mayBeBoth = opening.canClose || closing.canOpen
            return !mayBeBoth || !(opening.length + closing.length).isMultiple(of: 3)
                || opening.length.isMultiple(of: 3) && closing.length.isMultiple(of: 3)
        }
    }
}
