/// A slide's title and the paragraphs and tables of its shapes.
struct Slide {
    enum Part {
        case paragraph(String)
        case item(depth: Int, number: Int?, text: String)
        case table(rows: [[String]], hasHeader: Bool)
    }

    var title = ""
    var parts: [Part] = []
    var notes: [String] = []

    /// Whether text was left out because it nests too deeply.
    var isCut = false

    var isEmpty: Bool { title.isEmpty && parts.isEmpty && notes.isEmpty }
}

/// Reads the shapes of a slide (PresentationML), in the order of the file.
struct SlideParser {
    private(set) var slide = Slide()
    /// The relationships of diagrams, whose text is in parts of their own.
    private(set) var diagrams: [String] = []
    /// The relationships of charts.
    private(set) var charts: [String] = []

    /// A paragraph of a shape.
    private struct Paragraph {
        enum Mark { case inherited, none, bullet, number(start: Int) }

        var text = ""
        var level = 0
        var mark = Mark.inherited
        /// Whether the text ends with a superscript.
        var endsRaised = false

        var isEmpty: Bool { text.allSatisfy(\.isWhitespace) }
    }

    private enum Role { case title, body, text, notes, ignored }

    /// Reads the slide; of the page of its notes, only those.
    mutating func read(_ bytes: [UInt8], isNotes: Bool = false) throws {
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in try shapes(&xml, isNotes: isNotes) }
            slide.isCut = slide.isCut || xml.isCut
        }
    }

    private mutating func shapes(_ xml: inout ElementReader, isNotes: Bool) throws {
        var hasChoice = false
        try xml.elements { xml, name in
            switch name {
            case "sp": try shape(&xml, isNotes: isNotes)
            case "Fallback" where hasChoice: break
            case "graphicFrame" where isNotes: break
            case "tbl": try table(&xml)
            case "relIds":
                if let id = xml.attribute("r:dm") ?? xml.attributes()["dm"] { diagrams.append(id) }
            case "chart": if let id = xml.relationship { charts.append(id) }
            case "cSld", "spTree", "grpSp", "AlternateContent", "Choice", "Fallback", "graphicFrame", "graphic",
                "graphicData":
                if name == "Choice" { hasChoice = true }
                try shapes(&xml, isNotes: isNotes)
            default: break
            }
        }
    }

    private mutating func shape(_ xml: inout ElementReader, isNotes: Bool) throws {
        var role = Role.text
        var paragraphs: [Paragraph] = []
        try xml.elements { xml, name in
            if name == "nvSpPr" {
                try xml.descendants { xml, name in
                    guard name == "ph" else { return }
                    role =
                        switch xml.attribute("type") {
                        case "title", "ctrTitle": .title
                        case nil, "obj": .body
                        case "body": isNotes ? .notes : .body
                        case "dt", "ftr", "hdr", "sldNum", "sldImg": .ignored
                        default: .text
                        }
                }
            }
            guard name == "txBody" else { return }
            paragraphs += try Self.paragraphs(&xml)
        }
        let texts = paragraphs.filter { !$0.isEmpty }
        if isNotes {
            if role == .notes { slide.notes += texts.map(\.text) }
            return
        }
        switch role {
        case .ignored: break
        case .title where slide.title.isEmpty: slide.title = texts.map(\.text).joined(separator: " ")
        default: add(texts, isBody: role == .body)
        }
    }

    private mutating func add(_ paragraphs: [Paragraph], isBody: Bool) {
        var numbers: [Int?] = Array(repeating: nil, count: 9)
        for paragraph in paragraphs {
            let level = paragraph.level
            for deeper in numbers.indices where deeper > level { numbers[deeper] = nil }
            var number: Int?
            switch paragraph.mark {
            case .number(let start):
                number = numbers[level].map { $0 + 1 } ?? start
                numbers[level] = number
            case .inherited where isBody, .bullet: numbers[level] = nil
            case .inherited, .none:
                numbers[level] = nil
                slide.parts.append(.paragraph(paragraph.text))
                continue
            }
            slide.parts.append(.item(depth: level, number: number, text: paragraph.text))
        }
    }

    // MARK: Text

    /// Adds a chart: its title and a table of its values.
    mutating func add(_ chart: OfficeChart) {
        if !chart.title.isEmpty { slide.parts.append(.paragraph(chart.title)) }
        let rows = chart.rows
        if !rows.isEmpty { slide.parts.append(.table(rows: rows, hasHeader: true)) }
    }

    /// The paragraphs of a part such as a diagram, as items.
    mutating func readDiagram(_ bytes: [UInt8]) throws {
        var found: [Paragraph] = []
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, name in
                    guard name == "ptLst" else { return }
                    try xml.elements { xml, _ in
                        try xml.elements { xml, name in if name == "t" { found += try Self.paragraphs(&xml) } }
                    }
                }
            }
            slide.isCut = slide.isCut || xml.isCut
        }
        add(found.filter { !$0.isEmpty }, isBody: true)
    }

    private static func paragraphs(_ xml: inout ElementReader) throws -> [Paragraph] {
        var paragraphs: [Paragraph] = []
        try xml.elements { xml, name in
            if name == "p" { paragraphs.append(try paragraph(&xml)) }
        }
        return paragraphs
    }

    private static func paragraph(_ xml: inout ElementReader) throws -> Paragraph {
        var paragraph = Paragraph()
        try runs(&xml, into: &paragraph)
        return paragraph
    }

    private static func runs(_ xml: inout ElementReader, into paragraph: inout Paragraph) throws {
        var isRaised = false
        try xml.elements { xml, name in
            switch name {
            case "pPr":
                paragraph.level = xml.attribute("lvl").flatMap(Int.init).map { max(0, min(8, $0)) } ?? 0
                try xml.elements { xml, name in
                    switch name {
                    case "buNone": paragraph.mark = .none
                    case "buChar", "buBlip": paragraph.mark = .bullet
                    case "buAutoNum":
                        let start = xml.attribute("startAt").flatMap(Int.init) ?? 1
                        paragraph.mark = .number(start: max(0, min(1_000_000, start)))
                    default: break
                    }
                }
            case "t":
                let text = try xml.text()
                if isRaised, !paragraph.endsRaised {
                    paragraph.text += SuperscriptText.sign(before: text, after: paragraph.text.last)
                }
                paragraph.text += text
                paragraph.endsRaised = isRaised
            case "br", "tab": paragraph.text += " "
            case "rPr":
                // In thousandths of a percent, or with the sign.
                let baseline = xml.attribute("baseline")?.replacing("%", with: "")
                isRaised = baseline.flatMap(Double.init).map { $0 > 0 } ?? false
            case "endParaRPr", "Fallback": break
            default: try runs(&xml, into: &paragraph)
            }
        }
    }

    private mutating func table(_ xml: inout ElementReader) throws {
        var rows: [[String]] = []
        var hasHeader = false
        try xml.elements { xml, name in
            if name == "tblPr" { hasHeader = ["1", "true"].contains(xml.attribute("firstRow")) }
            guard name == "tr" else { return }
            var cells: [String] = []
            try xml.elements { xml, name in
                guard name == "tc" else { return }
                var paragraphs: [Paragraph] = []
                try xml.elements { xml, name in
                    if name == "txBody" { paragraphs += try Self.paragraphs(&xml) }
                }
                cells.append(paragraphs.filter { !$0.isEmpty }.map(\.text).joined(separator: " "))
            }
            rows.append(cells)
        }
        if rows.contains(where: { $0.contains { !$0.isEmpty } }) {
            slide.parts.append(.table(rows: rows, hasHeader: hasHeader))
        }
    }
}
