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

    mutating func begin(_ next: DocumentWriter.Part, _ rest: Range<Int>) {
        output.writer.end()
        part = .nothing
        awaited = nil
        isTag = false
        guard !rest.isEmpty else {
            awaited = next
            return
        }
        output.writer.begin(next)
        for (number, word) in arguments(rest).enumerated() {
            if number > 0 { output.writer.append(" ") }
            escaped(word)
        }
        output.writer.end()
    }

    private func isBullet(_ tag: Range<Int>) -> Bool {
        let text = bytes.string(tag)
        return ["\\(bu", "\\[bu]", "*", "-", "o", "\\-", "\\(em", "•", "\\(oq"].contains(text)
    }

    mutating func header(_ words: [Range<Int>]) {
        guard let name = words.first else { return }
        let section = words.dropFirst().first.map { bytes.string($0) } ?? ""
        output.title = bytes.string(name).lowercased().replacingRoffEscapes() + (section.isEmpty ? "" : "(\(section))")
        if words.count > 2 { output.add("date", bytes.string(words[2]).replacingRoffEscapes()) }
        if words.count > 3 { output.add("source", bytes.string(words[3]).replacingRoffEscapes()) }
    }

    /// The words of a line; those in quotes may have spaces.
    func arguments(_ rest: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var offset = rest.lowerBound
        while offset < rest.upperBound {
            if bytes[offset] <= 0x20 {
                offset += 1
                continue
            }
            if bytes.hasText("\\\"", at: offset) { break }
            var start = offset
            if bytes[offset] == 0x22 {
                start += 1
                offset += 1
                while offset < rest.upperBound, bytes[offset] != 0x22 { offset += 1 }
                words.append(start..<offset)
                offset += 1
            } else {
                while offset < rest.upperBound, bytes[offset] > 0x20 {
                    offset += bytes[offset] == 0x5C && bytes.byte(offset + 1) != 0x22 ? 2 : 1
                }
                offset = min(offset, rest.upperBound)
                words.append(start..<offset)
            }
        }
        return words
    }
}
