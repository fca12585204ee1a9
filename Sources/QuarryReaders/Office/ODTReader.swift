public import QuarryCore

/// Reads OpenDocument texts (ODT): headings, lists with their numbers, tables, text boxes and notes.
///
/// A footnote or endnote follows its paragraph as `[^1]: …`. A citation names the paragraph and the heading above it. Comments, deleted text, headers and footers are left out.
public struct ODTReader: Reader {
    public init() {}

    public var formatName: String { "OpenDocument texts" }
    public var pathExtensions: Set<String> { ["odt", "ott", "fodt"] }
    public var version: String { "odt/5" }

    private static let kind = "an OpenDocument text"

    public func read(_ source: Source) -> ReadResult {
        do {
            let document = try OpenDocument(source, kind: Self.kind)
            var parser = OpenDocumentParser(styles: document.styles)
            var writer = DocumentWriter()
            var places = ParagraphPlaces()
            var isCut = false
            let foreign = try document.read("text", of: source, kind: Self.kind) { xml in
                try parser.blocks(&xml) { block in
                    writer.add(block, at: &places)
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
}
