/// A part of a Word document.
enum WordBlock {
    case paragraph(WordParagraph)
    case table(WordTable)
}

struct WordParagraph {
    var properties = WordStyles.Properties()
    var role = WordStyles.Role.body
    var text = ""
    var raised = RaisedRuns()
    /// The content of the text boxes that are anchored here.
    var boxes: [WordBlock] = []
    /// The notes that it is the first to refer to, with their numbers.
    var notes: [(number: Int, note: WordNote)] = []
    /// Whether its end is deleted, so that the next paragraph continues it.
    var isContinued = false
}

struct WordTable {
    struct Cell {
        var blocks: [WordBlock] = []
        /// How many columns it covers.
        var columns = 1
    }

    var rows: [[Cell]] = []
    var hasHeader = true
}

/// A footnote or endnote, by its id in the file.
struct WordNote: Hashable {
    enum Kind { case footnote, endnote }

    var kind: Kind
    var id: String
}

/// How a run of text looks.
struct WordLook {
    private var isVanished = false
    private var isWhite = false
    private var isTiny = false
    private var isShaded = false
    private(set) var isRaised = false

    /// Reads an element of run properties.
    mutating func read(_ name: String, _ xml: borrowing ElementReader) {
        switch name {
        case "vanish": isVanished = xml.isOn
        case "color": isWhite = xml.value?.uppercased() == "FFFFFF"
        // In half points.
        case "sz": isTiny = xml.value.flatMap(Int.init).map { $0 <= 2 } ?? false
        case "shd", "highlight": isShaded = true
        case "vertAlign": isRaised = xml.value == "superscript"
        default: break
        }
    }

    /// Whether a person does not see the text: hidden, white on white, or of 1 point.
    func isHidden(onColor: Bool) -> Bool { isVanished || isTiny || (isWhite && !isShaded && !onColor) }
}

/// Reads the paragraphs and tables of WordprocessingML. Tracked changes are read as accepted.
struct WordParser {
    let styles: WordStyles
    private let keepsHidden: Bool
    /// The letters of text that a person does not see, which is left out.
    private(set) var hiddenLetters = 0
    /// Whether white text may have another color behind it: in tables, in text boxes and on a colored page.
    private var isOnColor = false
    /// The numbers of notes, in the order in which the text refers to them.
    private var notes: [WordNote: Int] = [:]

    /// The text of diagrams and charts, by the id of their relationship. Each is read once.
    private var objects: [String: [WordBlock]]

    init(styles: WordStyles, objects: [String: [WordBlock]] = [:], keepsHidden: Bool = false) {
        self.styles = styles
        self.objects = objects
        self.keepsHidden = keepsHidden
    }

    /// Reads parts that have a background of their own.
    private mutating func onColor<Result>(_ read: (inout WordParser) throws -> Result) rethrows -> Result {
        let outer = isOnColor
        isOnColor = true
        defer { isOnColor = outer }
        return try read(&self)
    }

    /// Calls `body` with each block of the element that started last.
    mutating func blocks(_ xml: inout ElementReader, _ body: (WordBlock) throws -> Void) throws {
        var hasChoice = false
        try xml.elements { xml, name in
            switch name {
            case "p": try body(.paragraph(try paragraph(&xml)))
            case "tbl": try body(.table(try table(&xml)))
            case "background": isOnColor = true
            case "Fallback" where hasChoice: break
            case "document", "body", "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent",
                "Choice", "Fallback":
                if name == "Choice" { hasChoice = true }
                try blocks(&xml, body)
            default: break
            }
        }
    }

    private mutating func blocks(_ xml: inout ElementReader) throws -> [WordBlock] {
        var blocks: [WordBlock] = []
        try self.blocks(&xml) { blocks.append($0) }
        return blocks
    }

    // MARK: Paragraphs

    private mutating func paragraph(_ xml: inout ElementReader) throws -> WordParagraph {
        var paragraph = WordParagraph()
        (_, paragraph.role) = styles.resolved(paragraph.properties)
        try xml.elements { xml, name in
            guard name == "pPr" else { return try inline(&xml, name, into: &paragraph) }
            try xml.elements { xml, name in
                switch name {
                case "numPr": try xml.elements { xml, name in paragraph.properties.read(name, xml) }
                case "rPr": try xml.elements { _, name in if name == "del" { paragraph.isContinued = true } }
                default: paragraph.properties.read(name, xml)
                }
            }
            (paragraph.properties, paragraph.role) = styles.resolved(paragraph.properties)
        }
        return paragraph
    }

    /// Reads an element within a paragraph.
    private mutating func inline(
        _ xml: inout ElementReader, _ name: String, into paragraph: inout WordParagraph
    ) throws {
        switch name {
        case "t": paragraph.text += try xml.text()
        case "tab", "ptab": paragraph.text += "\t"
        case "br", "cr": paragraph.text += "\n"
        case "noBreakHyphen": paragraph.text += "-"
        case "sym": symbol(xml.attributes()["char"], into: &paragraph)
        case "footnoteReference", "endnoteReference":
            guard let id = xml.attributes()["id"] else { return }
            refer(to: WordNote(kind: name == "footnoteReference" ? .footnote : .endnote, id: id), in: &paragraph)
        case "chart", "relIds":
            let id = name == "chart" ? xml.relationship : xml.attribute("r:dm") ?? xml.attributes()["dm"]
            if let id, let blocks = objects.removeValue(forKey: id) { paragraph.boxes += blocks }
        case "txbxContent": paragraph.boxes += try onColor { try $0.blocks(&xml) }
        // Deleted text, codes of fields, and the reading of ruby.
        case "del", "moveFrom", "delText", "instrText", "delInstrText", "fldData", "rPr", "pPr", "sdtPr", "rt": break
        default:
            if try !mathematics(&xml, name, into: &paragraph) { try inlines(&xml, into: &paragraph) }
        }
    }

    mutating func inlines(_ xml: inout ElementReader, into paragraph: inout WordParagraph) throws {
        var (isHidden, isRaised) = (false, false)
        var hasChoice = false
        try xml.elements { xml, name in
            switch name {
            case "rPr":
                var look = WordLook()
                try xml.elements { xml, name in look.read(name, xml) }
                let isOnColor = isOnColor || paragraph.properties.isShaded
                isRaised = look.isRaised
                isHidden = !keepsHidden && look.isHidden(onColor: isOnColor)
            case "Fallback" where hasChoice: break
            case "t" where isHidden: hiddenLetters += try xml.text().count { !$0.isWhitespace }
            case _ where isHidden: break
            case "t" where isRaised:
                paragraph.raised.append(try xml.text(), to: &paragraph.text)
            default:
                if name == "Choice" { hasChoice = true }
                try inline(&xml, name, into: &paragraph)
            }
        }
    }

    /// Appends a character; signs of symbol fonts, which are private to a font, are left out.
    private func symbol(_ code: String?, into paragraph: inout WordParagraph) {
        guard let code, let number = UInt32(code, radix: 16), !(0xE000...0xF8FF).contains(number),
            let scalar = Unicode.Scalar(number)
        else { return }
        paragraph.text.unicodeScalars.append(scalar)
    }

    private mutating func refer(to note: WordNote, in paragraph: inout WordParagraph) {
        let isNew = notes[note] == nil
        let number = notes[note] ?? notes.count + 1
        notes[note] = number
        if isNew { paragraph.notes.append((number, note)) }
        if case .heading = paragraph.role { return }
        paragraph.text += "[^\(number)]"
    }

    // MARK: Tables

    private mutating func table(_ xml: inout ElementReader) throws -> WordTable {
        var table = WordTable()
        try onColor { try $0.rows(&xml, into: &table) }
        return table
    }

    private mutating func rows(_ xml: inout ElementReader, into table: inout WordTable) throws {
        try xml.elements { xml, name in
            switch name {
            case "tblPr":
                try xml.elements { xml, name in
                    guard name == "tblLook" else { return }
                    let look = xml.attributes()
                    if let isFirst = look["firstRow"] {
                        table.hasHeader = isFirst != "0" && isFirst != "false"
                    } else if let flags = look["val"].flatMap({ Int($0, radix: 16) }) {
                        table.hasHeader = flags & 0x20 != 0
                    }
                }
            case "tr":
                if let (cells, isHeader) = try row(&xml) {
                    if isHeader { table.hasHeader = true }
                    table.rows.append(cells)
                }
            case "sdt", "sdtContent", "customXml", "ins", "moveTo": try rows(&xml, into: &table)
            default: break
            }
        }
    }

    /// A row; nil if it is deleted.
    private mutating func row(_ xml: inout ElementReader) throws -> (cells: [WordTable.Cell], isHeader: Bool)? {
        var cells: [WordTable.Cell] = []
        var (isHeader, isDeleted) = (false, false)
        try cellsOfRow(&xml, into: &cells) { xml, name in
            if name == "tblHeader" { isHeader = xml.isOn }
            if name == "del" { isDeleted = true }
        }
        return isDeleted ? nil : (cells, isHeader)
    }

    private mutating func cellsOfRow(
        _ xml: inout ElementReader, into cells: inout [WordTable.Cell],
        property: (borrowing ElementReader, String) -> Void
    ) throws {
        try xml.elements { xml, name in
            switch name {
            case "trPr": try xml.elements { xml, name in property(xml, name) }
            case "tc": cells.append(try cell(&xml))
            case "sdt", "sdtContent", "customXml", "ins", "moveTo":
                try cellsOfRow(&xml, into: &cells, property: property)
            default: break
            }
        }
    }

    private mutating func cell(_ xml: inout ElementReader) throws -> WordTable.Cell {
        var cell = WordTable.Cell()
        try xml.elements { xml, name in
            switch name {
            case "tcPr":
                try xml.elements { xml, name in
                    guard name == "gridSpan", let columns = xml.value.flatMap(Int.init) else { return }
                    cell.columns = max(1, min(63, columns))
                }
            case "p": cell.blocks.append(.paragraph(try paragraph(&xml)))
            case "tbl": cell.blocks.append(.table(try table(&xml)))
            default: cell.blocks += try blocks(&xml)
            }
        }
        return cell
    }
}
