public import QuarryCore

/// Reads Word documents (DOCX): headings, lists with their numbers, tables, text boxes, notes, charts as tables, and
/// the text of diagrams.
///
/// Headings are paragraphs with an outline level, of their own or of their style. A footnote or endnote follows its
/// paragraph as `[^1]: …`. A citation names the paragraph and the heading above it. Tracked changes are read as accepted. Comments, hidden text, headers and footers are left out.
public struct DOCXReader: Reader {
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether hidden text is kept: hidden runs, white text on a white page, and text of 1 point. The
    ///   default is false.
    public init(keepsHidden: Bool = false) { self.keepsHidden = keepsHidden }

    public var formatName: String { "Word" }
    public var pathExtensions: Set<String> { ["docx", "docm", "dotx", "dotm"] }
    public var version: String { "docx/4" + (keepsHidden ? " hidden" : "") }

    private static let kind = "a Word document"

    public func read(_ source: Source) -> ReadResult {
        do {
            return try document(of: source)
        } catch let rejection as Rejection {
            return ReadResult(rejected: [rejection])
        } catch {
            return ReadResult(
                rejected: [.damagedOffice(source, kind: Self.kind, error as? XMLCursor.Malformed)])
        }
    }

    private func document(of source: Source) throws -> ReadResult {
        let package = try OfficePackage(source, kind: Self.kind)
        let main = package.main(or: "word/document.xml")
        guard let bytes = package.part(main) else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        let relationships = package.relationships(of: main)
        let styles = WordStyles(package.part("styles", of: relationships, or: "word/styles.xml"))
        let numbering = WordNumbering(package.part("numbering", of: relationships, or: "word/numbering.xml"))
        var notes: [WordNote: [WordBlock]] = [:]
        for (kind, name) in [(WordNote.Kind.footnote, "footnotes"), (.endnote, "endnotes")] {
            let part = package.part(name, of: relationships, or: "word/\(name).xml")
            for (id, blocks) in Self.notes(part, styles) { notes[WordNote(kind: kind, id: id)] = blocks }
        }
        var writer = WordWriter(styles: styles, numbering: numbering, notes: notes)
        var parser = WordParser(
            styles: styles, objects: Self.objects(relationships, package), keepsHidden: keepsHidden)
        var (isDocument, isCut) = (false, false)
        try ElementReader.read(bytes) { xml in
            try xml.elements { xml, name in
                guard name == "document" else { return }
                isDocument = true
                try parser.blocks(&xml) { block in
                    writer.write(block)
                    guard writer.writer.count <= OfficeLimits.text else { throw Rejection.longOffice(source) }
                }
            }
            isCut = xml.isCut
        }
        guard isDocument else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        writer.finish()
        let properties = OfficeProperties(package.part("docProps/core.xml"))
        let warnings =
            Rejection.hiddenText(source.id, letters: parser.hiddenLetters) + (isCut ? [.nestedOffice(source)] : [])
        let inserted = relationships.filter { $0.type == "afchunk" }.map { chunk in
            Rejection(
                source: "\(source.id)/\(chunk.target)", reason: .unsupportedFormat,
                message: "It is a document inserted as it is, and is not read. Save the whole document anew.")
        }
        return writer.writer.officeResult(
            source, properties, warnings: warnings, unread: package.unread(in: source) + inserted)
    }

    /// The text of diagrams and charts, by the id of their relationship.
    private static func objects(
        _ relationships: [OfficePackage.Relationship], _ package: OfficePackage
    ) -> [String: [WordBlock]] {
        var objects: [String: [WordBlock]] = [:]
        for relationship in relationships {
            guard ["chart", "diagramdata"].contains(relationship.type), let part = package.part(relationship.target)
            else { continue }
            objects[relationship.id] = relationship.type == "chart" ? WordBlock.chart(part) : WordBlock.diagram(part)
        }
        return objects
    }

    /// The notes of a part by their ids, without the lines that separate them from the text.
    private static func notes(_ bytes: [UInt8]?, _ styles: WordStyles) -> [String: [WordBlock]] {
        guard let bytes else { return [:] }
        var found: [String: [WordBlock]] = [:]
        // Those before a fault count.
        try? ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, _ in
                    let attributes = xml.attributes()
                    guard let id = attributes["id"], attributes["type"].map({ $0 == "normal" }) ?? true else { return }
                    var parser = WordParser(styles: styles)
                    var blocks: [WordBlock] = []
                    try parser.blocks(&xml) { blocks.append($0) }
                    found[id] = blocks
                }
            }
        }
        return found
    }
}
