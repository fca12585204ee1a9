import QuarryText

/// Writes what an RTF file says: its parts, and facts about it.
struct RTFOutput {
    var writer = DocumentWriter()
    private(set) var title = ""
    private(set) var author = ""
    /// Whether the current row is a table's header.
    var isHeaderRow = false

    private var ranges = AscendingRanges()
    private var listText = ""
    private var footnote = ""
    private var footnotes: [String] = []
    /// Levels of headings, by the number of their style.
    private var styles: [Int: Int] = [:]
    private var style: (number: Int?, name: [UInt8], level: Int?) = (0, [], nil)
    private var isOpen = false
    private var row: (isDefined: Bool, isOpen: Bool, hasCell: Bool) = (false, false, false)
    /// Longer names and titles are cut.
    private static let maximumNameLength = 4_096
    private static let maximumStyles = 10_000

    // MARK: Text

    mutating func write(
        _ text: UnsafeBufferPointer<UInt8>, source: Range<Int>, to destination: RTFParse.Destination,
        paragraph: RTFParse.Paragraph, startsRaised: Bool = false
    ) {
        func appended(to name: String) -> String {
            name.utf8.count < RTFOutput.maximumNameLength ? name + String(decoding: text, as: UTF8.self) : name
        }
        switch destination {
        case .body:
            if !isOpen, !text.contains(where: { $0 > 0x20 }) { return }
            open(paragraph)
            if startsRaised {
                let raised = String(decoding: text, as: UTF8.self)
                writer.append(SuperscriptText.sign(before: raised, after: writer.lastCharacter))
            }
            writer.append(text, source: ranges.admit(source))
        case .skip, .fonts, .info: break
        case .styles: addToStyle(text)
        case .title: title = appended(to: title)
        case .author: author = appended(to: author)
        case .listText: listText = appended(to: listText)
        case .footnote: footnote += String(decoding: text, as: UTF8.self)
        }
    }

    /// Writes the end of a paragraph within a part.
    mutating func addSpace(to destination: RTFParse.Destination) {
        switch destination {
        case .body: if isOpen { writer.append(" ") }
        case .footnote: footnote += " "
        default: break
        }
    }

    /// Begins the part of a paragraph at its first letter.
    private mutating func open(_ paragraph: RTFParse.Paragraph) {
        guard !isOpen else { return }
        isOpen = true
        if paragraph.isInTable || row.isDefined {
            beginCell()
            return
        }
        endTable()
        let label = listText.joiningWords()
        listText = ""
        if let level = paragraph.outlineLevel.map({ $0 + 1 }) ?? styles[paragraph.style] {
            writer.begin(.heading(level: level))
            if !label.isEmpty { writer.append(label + " ") }
        } else if !label.isEmpty {
            let digits = label.utf8.prefix { $0.isASCIIDigit }
            let isNumber = !digits.isEmpty && digits.count < 8 && label.utf8.count <= digits.count + 1
            writer.begin(
                .item(
                    depth: paragraph.listLevel, number: isNumber ? Int(String(decoding: digits, as: UTF8.self)) : nil))
            // Letters and other numbers, such as "a)" and "1.2", are part of the text.
            if !isNumber, label.utf8.contains(where: \.isASCIILetterOrDigit), label.utf8.count > 1 {
                writer.append(label + " ")
            }
        } else {
            writer.begin(.paragraph)
        }
    }

    mutating func endParagraph(isInTable: Bool) {
        guard !row.isOpen || !(isInTable || row.isDefined) else {
            if isOpen { writer.append(" ") }
            return
        }
        guard isOpen else {
            listText = ""
            return
        }
        isOpen = false
        listText = ""
        writer.end()
        writeFootnotes()
    }

    /// Begins the text of a destination.
    mutating func begin(_ destination: RTFParse.Destination) {
        switch destination {
        case .title: title = ""
        case .author: author = ""
        case .listText: listText = ""
        case .footnote: footnote = ""
        case .body, .skip, .fonts, .styles, .info: break
        }
    }

    /// Ends the text of a destination.
    mutating func end(_ destination: RTFParse.Destination) {
        switch destination {
        case .footnote:
            let text = footnote.joiningWords()
            if !text.isEmpty { footnotes.append(text) }
            footnote = ""
        case .styles: endStyle()
        default: break
        }
    }

    private mutating func writeFootnotes() {
        for text in footnotes { writer.add(.paragraph, text) }
        footnotes = []
    }

    // MARK: Tables

    mutating func beginRowDefinition() { row.isDefined = true }

    private mutating func beginCell() {
        if !row.isOpen {
            writer.beginRow()
            row.isOpen = true
        }
        if !row.hasCell {
            writer.beginCell()
            row.hasCell = true
        }
    }

    mutating func endCell() {
        // A table whose rows are not defined.
        if isOpen, !row.isOpen {
            writer.end()
            isOpen = false
            return
        }
        beginCell()
        row.hasCell = false
        isOpen = false
        listText = ""
    }

    mutating func endRow() {
        writer.endRow(isHeader: isHeaderRow)
        row = (false, false, false)
        isHeaderRow = false
        isOpen = false
    }

    private mutating func endTable() {
        guard !footnotes.isEmpty || row.isOpen else { return }
        endRow()
        writer.endTable()
        writeFootnotes()
    }

    mutating func finish() {
        writer.end()
        if row.isOpen { writer.endRow() }
        writer.endTable()
        writeFootnotes()
        title = RTFOutput.clean(title)
        author = RTFOutput.clean(author)
    }

    private static func clean(_ text: String) -> String {
        (try? TextCleaner.clean(Array(text.utf8)).text.joiningWords()) ?? ""
    }

    // MARK: Styles

    mutating func beginStyle(_ number: Int?) { style = (number, [], nil) }

    mutating func setStyle(level: Int) { style.level = level }

    /// Names end with a semicolon.
    private mutating func addToStyle(_ text: UnsafeBufferPointer<UInt8>) {
        for byte in text {
            if byte == UInt8(ascii: ";") {
                endStyle()
            } else if style.name.count < 64 {
                style.name.append(byte)
            }
        }
    }

    private mutating func endStyle() {
        defer { style = (0, [], nil) }
        guard let number = style.number, styles.count < RTFOutput.maximumStyles else { return }
        if let level = style.level ?? RTFOutput.level(ofStyle: String(decoding: style.name, as: UTF8.self)) {
            styles[number] = level
        }
    }

    /// The level of a style named `heading 2`, in the languages of common programs; that of a title is 1.
    private static func level(ofStyle name: String) -> Int? {
        let words = name.lowercased().split { $0 == " " || $0 == "," }
        guard let first = words.first else { return nil }
        if words.count == 1, first == "title" { return 1 }
        let isHeading =
            ["heading", "titre", "titolo", "título", "kop", "rubrik", "overskrift", "nagłówek"].contains(first)
            || first.hasSuffix("berschrift")
        guard isHeading, words.count >= 2, let level = Int(words[1]), (1...9).contains(level) else { return nil }
        return level
    }
}
