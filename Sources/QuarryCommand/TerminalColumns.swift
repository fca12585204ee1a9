extension String {
    /// The number of columns that a terminal needs for the text: 2 for wide characters such as 字 or an emoji, 0 for
    /// combining marks.
    var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// The text cut to at most `limit` columns. The last character is then `…`.
    func cut(to limit: Int) -> String {
        guard columns > limit else { return self }
        return prefix(ofColumns: limit - 1) + (limit > 0 ? "…" : "")
    }

    /// The text shortened in the middle to at most `limit` columns: the ends of a path say most.
    func shortened(to limit: Int) -> String {
        guard columns > limit else { return self }
        guard limit > 2 else { return cut(to: limit) }
        // The file's name is at the end.
        let tail = (limit - 1) * 2 / 3
        let reversedTail = String(reversed()).prefix(ofColumns: tail)
        return prefix(ofColumns: limit - 1 - tail) + "…" + String(reversedTail.reversed())
    }

    /// As many characters from the start as fit.
    private func prefix(ofColumns limit: Int) -> String {
        var width = 0
        let fitting = prefix { character in
            width += String(character).columns
            return width <= limit
        }
        return String(fitting)
    }

    /// The text with each line broken at blanks to at most `limit` columns, if its words are short enough. What begins a line,
    /// blanks or the bar of a quoted text, begins its parts too. Commands to copy stay whole.
    ///
    /// - `indent`: Further blanks before all parts of a line but the first.
    func wrapped(to limit: Int, indent: Int = 0) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let line = String(line)
            guard line.columns > limit, !line.hasPrefix("  quarry ") else { return line }
            let margin = line.prefix { $0 == " " || $0 == "│" }
            // A percent sign stays with its number.
            let words = line.dropFirst(margin.count).split(separator: " ").reduce(into: [String]()) { words, word in
                if word.hasPrefix("%"), let number = words.popLast() {
                    words.append("\(number) \(word)")
                } else {
                    words.append(String(word))
                }
            }
            var (lines, last) = ([String](), String(margin))
            var isEmpty = true
            for word in words {
                if !isEmpty, (last + " " + word).columns > limit {
                    lines.append(last)
                    (last, isEmpty) = (margin + String(repeating: " ", count: indent), true)
                }
                last += isEmpty ? word : " " + word
                isEmpty = false
            }
            return (lines + [last]).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// A text that was broken into lines, with the parts that it was made from in bold where they say so.
    func withBold(_ parts: [(text: String, isBold: Bool)]) -> String {
        // Lines differ from the parts only in blanks and what begins each line.
        var expected = parts.flatMap { part in part.text.filter { !$0.isWhitespace }.map { ($0, part.isBold) } }[...]
        var (text, isBold) = ("", false)
        for character in self {
            let isNext = expected.first?.0 == character
            let turnsBold = isNext ? expected.first?.1 == true : isBold && character == " "
            if turnsBold != isBold { text += turnsBold ? "\u{1B}[1m" : "\u{1B}[22m" }
            isBold = turnsBold
            if isNext { expected.removeFirst() }
            text.append(character)
        }
        return isBold ? text + "\u{1B}[22m" : text
    }

    /// The text in lines of at most `limit` columns, broken between the parts.
    ///
    /// - Parameter indent: Blanks before each line.
    static func lines(of parts: [String], separator: String, limit: Int, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, (last + separator + part).columns <= limit {
                lines[lines.count - 1] += separator + part
            } else {
                lines.append(margin + part)
            }
        }
        return lines
    }
}

extension Unicode.Scalar {
    /// 0 for marks that combine with the character before, 2 for wide characters, 1 for others.
    fileprivate var columns: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        return switch value {
        // The ranges of East Asian Width W and F, and of emoji (UAX #11), roughly.
        case 0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2614...0x2615, 0x267F, 0x2693, 0x26A1,
            0x26BD...0x26BE,
            0x2705, 0x270A...0x270B, 0x2728, 0x274C, 0x2753...0x2755, 0x2757, 0x2795...0x2797, 0x27B0, 0x2B50,
            0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E,
            0x1F191...0x1F19A, 0x1F200...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
