extension LaTeXParser {
    mutating func command() {
        let start = offset
        guard start + 1 < bytes.count else {
            offset += 1
            return
        }
        let first = bytes[start + 1]
        guard LaTeXParser.isLetter(first) else { return sign(first) }
        var end = start + 1
        while end < bytes.count, LaTeXParser.isLetter(bytes[end]) { end += 1 }
        let name = end - start < 40 ? bytes.string(start + 1..<end) : ""
        offset = end
        if bytes.byte(offset) == UInt8(ascii: "*") { offset += 1 }
        switch name {
        case "begin": begin()
        case "end": endEnvironment()
        case "item": item()
        case "par", "newpage", "clearpage", "bigskip", "medskip", "smallskip", "maketitle": endParagraph()
        case "footnote", "footnotetext", "thanks":
            offset = skipOptions(offset)
            guard openGroup(.footnote) else { return }
            output.writer.append(" (")
        case "title", "author", "date":
            offset = skipOptions(offset)
            if openGroup(.fact(name, offset)) { endParagraph() }
        case "caption", "subcaption", "captionof":
            if name == "captionof" { skipArguments(1) }
            offset = skipOptions(offset)
            part(.paragraph)
        case "verb", "lstinline", "mintinline": verbatim(name)
        case "newline", "linebreak", "tabularnewline":
            offset = skipOptions(offset)
            if tables > 0, name == "tabularnewline" { endRow() } else { output.writer.append(" ") }
        default:
            if let level = LaTeXParser.levels[name] {
                lists = []
                quotes = 0
                offset = skipOptions(offset)
                part(.heading(level: level))
            } else if let count = LaTeXParser.skipped[name] {
                skipArguments(count)
            } else if let words = LaTeXParser.symbols[name] {
                skipSpaceAfterCommand()
                substituteCommand(words, from: start)
            } else if let accent = LaTeXParser.letterAccents[name] {
                self.accent(accent, from: start)
            } else if name == "href" || name == "textcolor" || name == "colorbox" || name == "parbox"
                || name == "fcolorbox"
                || name == "multirow" || name == "raisebox" || name == "scalebox" || name == "hyperlink"
                || name == "hypertarget"
                || name == "resizebox"
            {
                // The last argument is the text.
                skipArguments(name == "multirow" || name == "resizebox" || name == "fcolorbox" ? 2 : 1)
            } else if name == "multicolumn" {
                skipArguments(2)
            } else {
                // The text in the argument of another macro is read with the rest.
                let options = skipOptions(offset)
                if options == offset { skipSpaceAfterCommand() } else { offset = options }
            }
        }
    }

    private mutating func skipSpaceAfterCommand() {
        guard offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x0A else { return }
        let next = skipSpace(offset)
        // The empty group after a macro is dropped, white space before other text is not.
        if bytes.byte(next) == UInt8(ascii: "{") { offset = next }
    }

    private mutating func substituteCommand(_ words: String, from start: Int) {
        var end = offset
        if bytes.hasText("{}", at: end) { end += 2 }
        offset = start
        substitute(words, end - start)
    }

    /// Opens the group of an argument. Returns whether there is one.
    private mutating func openGroup(_ effect: Group.Effect) -> Bool {
        let next = skipSpace(offset)
        guard bytes.byte(next) == UInt8(ascii: "{"), groups.count < Self.maximumGroups else { return false }
        offset = next + 1
        open(Group(end: .brace, effect: effect))
        return true
    }

    /// Begins a part whose text is the next argument.
    private mutating func part(_ part: DocumentWriter.Part) {
        guard parts == 0, tables == 0, openGroup(.part) else { return }
        parts += 1
        output.writer.begin(part)
        isParagraphOpen = true
    }
}
