extension ManParser {
    /// Handles a macro of man. Returns whether it is one.
    mutating func man(_ name: String, _ rest: Range<Int>) -> Bool {
        switch name {
        case "TH": header(arguments(rest))
        case "SH", "SS":
            isVerbatim = false
            lists = []
            begin(.heading(level: name == "SH" ? 1 : 2), rest)
        case "PP", "P", "LP", "sp", "HP", "br", "RS", "RE":
            if name != "br" || part != .item { breakParagraph() }
            if name == "sp", isVerbatim, part == .code { output.writer.append("\n") }
        case "TP", "TQ":
            awaited = .item(depth: 0)
            isTag = true
        case "IP":
            let words = arguments(rest)
            awaited = nil
            if let tag = words.first, isBullet(tag) || tag.isEmpty {
                if tag.isEmpty { breakParagraph() } else { awaited = .item(depth: 0) }
            } else if let tag = words.first {
                output.writer.begin(.item(depth: 0))
                part = .item
                escaped(tag)
                output.writer.append(": ")
            } else {
                breakParagraph()
            }
        case "nf", "EX", "Vb":
            isVerbatim = true
            breakParagraph()
        case "fi", "EE", "Ve":
            isVerbatim = false
            if part == .code { breakParagraph() }
        case "B", "I", "BR", "BI", "IR", "IB", "RB", "RI", "SM", "SB", "OP", "MT", "UR", "SY":
            guard !rest.isEmpty else { return true }
            let isJoined = name.utf8.count == 2 && !["SM", "SB", "OP", "MT", "UR", "SY"].contains(name)
            open()
            for (number, word) in arguments(rest).enumerated() {
                if number > 0, !isJoined { output.writer.append(" ") }
                escaped(word)
            }
            endLine()
        case "UE", "ME", "YS":
            if !rest.isEmpty { text(rest) }
        default: return false
        }
        return true
    }

    private func isBullet(_ tag: Range<Int>) -> Bool {
        let text = bytes.string(tag)
        return ["\\(bu", "\\[bu]", "*", "-", "o", "\\-", "\\(em", "•", "\\(oq"].contains(text)
    }
}
