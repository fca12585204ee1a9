extension RTFParse {
    /// Applies a control word.
    mutating func apply(_ word: String, _ number: Int?, isIgnorable: Bool, from start: Int) {
        if let scalar = RTFParse.characters[word] { return write(scalar, from: start) }
        if applyDestination(word, isIgnorable: isIgnorable) { return }
        switch word {
        case "ansicpg": if let number, number > 0 { charsets.codePage = number }
        case "mac": charsets.codePage = 10_000
        case "pc": charsets.codePage = 437
        case "pca": charsets.codePage = 850
        case "deff": defaultFont = number ?? 0
        case "uc": state.fallbackLength = max(0, min(100, number ?? 1))
        case "f": setFont(number ?? 0)
        case "fcharset": if state.destination == .fonts { charsets.setCharset(number ?? 0, ofFont: definedFont) }
        case "cpg":
            if state.destination == .fonts, let number { charsets.setCodePage(number, ofFont: definedFont) }
        case "plain":
            state.font = nil
            state.isHidden = false
            state.isRaised = false
        case "super": state.isRaised = number != 0
        case "up": state.isRaised = number != 0
        case "sub", "dn", "nosupersub": state.isRaised = false
        case "v", "deleted": state.isHidden = number != 0
        default: applyToParagraph(word, number)
        }
    }

    private mutating func setFont(_ number: Int) {
        if state.destination == .fonts { definedFont = number } else { state.font = number }
    }

    private mutating func applyToParagraph(_ word: String, _ number: Int?) {
        switch word {
        case "pard":
            guard state.destination != .listText else { return }
            state.paragraph = Paragraph()
        case "s":
            if state.destination == .styles {
                output.beginStyle(number ?? 0)
            } else {
                state.paragraph.style = number ?? 0
            }
        case "cs", "ds", "ts": if state.destination == .styles { output.beginStyle(nil) }
        case "outlinelevel":
            guard let number, (0...8).contains(number) else { return state.paragraph.outlineLevel = nil }
            if state.destination == .styles { output.setStyle(level: number + 1) }
            state.paragraph.outlineLevel = number
        case "ilvl": state.paragraph.listLevel = max(0, min(8, number ?? 0))
        case "intbl": state.paragraph.isInTable = true
        case "par", "sect", "page", "column":
            if state.destination == .body {
                output.endParagraph(isInTable: state.paragraph.isInTable)
            } else {
                output.addSpace(to: state.destination)
            }
        case "trowd" where state.destination == .body: output.beginRowDefinition()
        case "trhdr" where state.destination == .body: output.isHeaderRow = true
        case "cell" where state.destination == .body: output.endCell()
        case "row" where state.destination == .body: output.endRow()
        case "nestcell" where state.destination == .body: output.addSpace(to: .body)
        default: break
        }
    }

    /// Whether a control word begins a destination.
    private mutating func applyDestination(_ word: String, isIgnorable: Bool) -> Bool {
        switch word {
        case "fonttbl": state.destination = .fonts
        case "stylesheet": state.destination = .styles
        case "info": state.destination = .info
        case "title", "author":
            guard state.destination == .info else { return false }
            state.destination = word == "title" ? .title : .author
            output.begin(state.destination)
        case "listtext", "pntext":
            guard state.destination == .body else { return false }
            state.destination = .listText
            output.begin(state.destination)
        case "footnote":
            guard state.destination == .body else { return false }
            state.destination = .footnote
            output.begin(state.destination)
        case "upr":
            state.resumed = state.destination
            state.destination = .skip
        case "ud":
            state.destination = state.resumed ?? state.destination
            state.resumed = nil
        // The text of a drawn shape is inside an ignorable group.
        case "shpinst": break
        case "shptxt":
            if state.destination == .body { output.endParagraph(isInTable: state.paragraph.isInTable) }
        default:
            guard isIgnorable || RTFParse.skipped.contains(word) else { return false }
            state.destination = .skip
        }
        return true
    }

    /// Destinations without text of the document.
    private static let skipped: Set<String> = [
        "colortbl", "filetbl", "revtbl", "listtable", "listoverridetable", "rsidtbl", "pict", "object",
        "objdata", "nonshppict", "fldinst", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr",
        "footerf", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "annotation", "atnid", "atnauthor",
        "tc", "tcn", "xe", "txe", "rxe", "sp", "do", "template", "private", "pntxta", "pntxtb", "nonesttables",
        "bkmkstart", "bkmkend", "themedata", "datastore", "leveltext", "levelnumbers", "levelmarker", "mmath",
    ]

    private static let characters: [String: Unicode.Scalar] = [
        "tab": " ", "line": " ", "softline": " ", "lbr": " ", "emdash": "—", "endash": "–", "lquote": "‘",
        "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
        "qmspace": " ", "zwj": "\u{200D}", "zwnj": "\u{200C}",
    ]
}
