public import QuarryCore

/// Reads OpenDocument presentations (ODP): each slide is a heading with its text, tables and notes, and a place.
public struct ODPReader: Reader {
    public init() {}

    public var formatName: String { "OpenDocument slides" }
    public var pathExtensions: Set<String> { ["odp", "otp", "fodp"] }
    public var version: String { "odp/4" }

    private static let kind = "an OpenDocument presentation"
    /// Classes of shapes that repeat on all slides.
    private static let ignored: Set<String> = ["header", "footer", "date-time", "page-number", "page", "handout"]

    public func read(_ source: Source) -> ReadResult {
        do {
            let document = try OpenDocument(source, kind: Self.kind)
            var parser = OpenDocumentParser(styles: document.styles)
            var writer = DocumentWriter()
            var number = 0
            var isCut = false
            let foreign = try document.read("presentation", of: source, kind: Self.kind) { xml in
                try xml.elements { xml, name in
                    guard name == "page" else { return }
                    number += 1
                    var slide = Slide()
                    try Self.shapes(&xml, into: &slide, &parser, isNotes: false)
                    writer.add(slide, number: number)
                    guard writer.count <= OfficeLimits.text else { throw Rejection.longOffice(source) }
                }
                isCut = xml.isCut
            }
            return foreign
                ?? writer.officeResult(
                    source, document.properties, warnings: isCut ? [.nestedOffice(source)] : [], unread: document.unread
                )
        } catch let rejection as Rejection {
            return ReadResult(rejected: [rejection])
        } catch {
            return ReadResult(rejected: [.damagedOffice(source, kind: Self.kind)])
        }
    }

    private static func shapes(
        _ xml: inout ElementReader, into slide: inout Slide, _ parser: inout OpenDocumentParser, isNotes: Bool
    ) throws {
        try xml.elements { xml, name in
            if name == "notes" { return isNotes ? () : try shapes(&xml, into: &slide, &parser, isNotes: true) }
            // Groups of shapes.
            if name == "g" || name == "a" { return try shapes(&xml, into: &slide, &parser, isNotes: isNotes) }
            let type = xml.attribute("presentation:class") ?? ""
            guard !ignored.contains(type), name != "forms", name != "annotation", !isNotes || type == "notes" else {
                return
            }
            var blocks: [OpenDocumentBlock] = []
            try parser.blocks(&xml) { blocks.append($0) }
            if isNotes {
                slide.notes += blocks.map { OpenDocumentParser.plainText([$0]) }.filter { !$0.isEmpty }
            } else if type == "title", slide.title.isEmpty {
                slide.title = OpenDocumentParser.plainText(blocks)
            } else {
                slide.parts += blocks.compactMap(part)
            }
        }
    }

    private static func part(_ block: OpenDocumentBlock) -> Slide.Part? {
        let text = OpenDocumentParser.plainText([block])
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        return switch block {
        case .item(let depth, let label, let content):
            .item(depth: depth, number: label.number, text: label.number == nil ? text : content)
        case .table(let rows, let hasHeader): .table(rows: rows, hasHeader: hasHeader)
        default: .paragraph(text)
        }
    }
}
