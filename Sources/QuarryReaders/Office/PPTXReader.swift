public import QuarryCore

/// Reads PowerPoint presentations (PPTX): each slide is a heading with its text, tables, diagrams, charts and notes.
///
/// Each slide is a place. Comments, dates, footers and numbers of slides are left out.
public struct PPTXReader: Reader {
    public init() {}

    public var formatName: String { "PowerPoint" }
    public var pathExtensions: Set<String> { ["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"] }
    public var version: String { "pptx/4" }

    private static let kind = "a PowerPoint presentation"

    public func read(_ source: Source) -> ReadResult {
        do {
            return try presentation(of: source)
        } catch let rejection as Rejection {
            return ReadResult(rejected: [rejection])
        } catch {
            return ReadResult(rejected: [.damagedOffice(source, kind: Self.kind, error as? XMLCursor.Malformed)])
        }
    }

    private func presentation(of source: Source) throws -> ReadResult {
        let package = try OfficePackage(source, kind: Self.kind)
        let main = package.main(or: "ppt/presentation.xml")
        guard let bytes = package.part(main) else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        var ids: [String] = []
        var isPresentation = false
        try ElementReader.read(bytes) { xml in
            try xml.descendants { xml, name in
                if name == "presentation" { isPresentation = true }
                if name == "sldId", let id = xml.relationship { ids.append(id) }
            }
        }
        guard isPresentation else { throw Rejection.foreignOffice(source, kind: Self.kind) }
        // A part is read once, however many slides claim it.
        var targets = Dictionary(
            package.relationships(of: main).filter { $0.type == "slide" }.map { ($0.id, $0.target) },
            uniquingKeysWith: { a, _ in a })
        var read: Set<String> = []
        var writer = DocumentWriter()
        var isCut = false
        for (index, id) in ids.enumerated() {
            guard let target = targets.removeValue(forKey: id), let part = package.part(target) else { continue }
            let slide = try slide(part, package.relationships(of: target), package, &read)
            isCut = isCut || slide.isCut
            writer.add(slide, number: index + 1)
            guard writer.count <= OfficeLimits.text else { throw Rejection.longOffice(source) }
        }
        let properties = OfficeProperties(package.part("docProps/core.xml"))
        return writer.officeResult(
            source, properties, warnings: isCut ? [.nestedOffice(source)] : [], unread: package.unread(in: source))
    }

    /// - `read`: The parts of notes, diagrams and charts that were read.
    private func slide(
        _ bytes: [UInt8], _ relationships: [OfficePackage.Relationship], _ package: OfficePackage,
        _ read: inout Set<String>
    ) throws -> Slide {
        var parser = SlideParser()
        try parser.read(bytes)
        let targets = Dictionary(relationships.map { ($0.id, $0.target) }, uniquingKeysWith: { a, _ in a })
        for id in parser.diagrams {
            guard let target = targets[id], read.insert(target).inserted, let part = package.part(target) else {
                continue
            }
            try parser.readDiagram(part)
        }
        for id in parser.charts {
            guard let target = targets[id], read.insert(target).inserted, let part = package.part(target) else {
                continue
            }
            parser.add(OfficeChart(part))
        }
        for relationship in relationships where relationship.type == "notesslide" {
            guard read.insert(relationship.target).inserted, let part = package.part(relationship.target) else {
                continue
            }
            try parser.read(part, isNotes: true)
        }
        return parser.slide
    }
}
