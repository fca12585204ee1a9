import QuarryCore

/// The XML parts of an office file, which is a zip archive.
struct OfficePackage {
    struct Relationship {
        var id: String
        /// The last component of the type, such as `styles`. Transitional and strict files differ before it.
        var type: String
        /// The path of the part that it leads to.
        var target: String
    }

    /// By lower-case paths: names of parts do not depend on case.
    private let parts: [String: [UInt8]]
    /// The paths of files and objects of other programs in the document, in the order of the archive.
    private let embedded: [String]

    /// - `kind`: The kind of file for messages, such as "a Word document".
    init(_ source: Source, kind: String) throws(Rejection) {
        guard !source.bytes.isEmpty else { throw Rejection.empty(source.id) }
        guard !OLEFile.hasSignature(source.bytes) else { throw OLEFile.rejection(of: source) }
        var parts: [String: [UInt8]] = [:]
        var embedded: [String] = []
        do {
            try Archive.forEachFile(
                of: source.bytes,
                wants: { path in
                    if OfficePackage.isEmbedded(path) { embedded.append(path) }
                    let path = path.lowercased()
                    return path.hasSuffix(".xml") || path.hasSuffix(".rels") || path == "mimetype"
                        || path == "encrypted-package"
                }
            ) { path, bytes in
                let name = OfficePackage.normalized(path, in: "")
                if parts[name] == nil { parts[name] = bytes }
                return true
            }
        } catch let failure as Archive.Failure {
            throw Rejection.office(source, failure, kind: kind)
        } catch {
            throw Rejection.damagedOffice(source, kind: kind)
        }
        self.parts = parts
        self.embedded = embedded
    }

    /// Whether a file of the archive is an embedded one: in a folder `embeddings` of Office, or the content of an object of
    /// OpenDocument.
    private static func isEmbedded(_ path: String) -> Bool {
        let folders = path.split { $0 == "/" || $0 == "\\" }.dropLast()
        guard let first = folders.first else { return path.hasPrefix("Object ") }
        return folders.last == "embeddings"
            || first.hasPrefix("Object ") && folders.count == 1 && path.hasSuffix("/content.xml")
    }

    /// Names the embedded files and objects, which are not read.
    func unread(in source: Source) -> [Rejection] {
        var names = MemberNames()
        // The values of a chart are in its part, too.
        let charts = parts.keys.filter { $0.contains("/charts/") && $0.hasSuffix(".xml") }
        let values = Set(charts.flatMap { relationships(of: $0) }.map(\.target))
        return embedded.filter { !values.contains(OfficePackage.normalized($0, in: "")) }.map { path in
            let path = path.hasSuffix("/content.xml") ? String(path.dropLast("/content.xml".utf8.count)) : path
            let name = names.name(for: path).name
            if let chart = openDocumentChart(at: path) { return .unreadChart(chart, at: "\(source.id)/\(name)") }
            return Rejection(
                source: "\(source.id)/\(name)", reason: .unsupportedFormat,
                message:
                    "It is embedded in the document, and is not read. Save it as a file of its own to have it read.")
        }
    }

    /// The title of an object of OpenDocument that is a chart, perhaps empty; nil for other objects.
    private func openDocumentChart(at path: String) -> String? {
        guard let content = part(path + "/content.xml") else { return nil }
        var title: String?
        // What precedes a fault counts.
        try? ElementReader.read(content) { xml in
            try xml.descendants { xml, name in
                switch name {
                case "chart" where title == nil && xml.attribute("chart:class") != nil: title = ""
                case "title" where title == "": title = try xml.text().joiningWords()
                default: break
                }
            }
        }
        return title
    }

    /// Names the charts of a workbook, which are not read: their values are those of cells.
    func charts(in source: Source) -> [Rejection] {
        var names = MemberNames()
        let paths = parts.keys.filter { $0.contains("/charts/chart") && $0.hasSuffix(".xml") }
        return paths.sorted().map { path in
            let title = parts[path].map { OfficeChart($0).title } ?? ""
            let name = "\(source.id)/\(names.name(for: path).name)"
            return .unreadChart(title, at: name, note: " The cells that it shows are.")
        }
    }

    func part(_ path: String) -> [UInt8]? { parts[OfficePackage.normalized(path, in: "")] }

    /// The part that a relationship of a type leads to, or the one with a usual name.
    func part(_ type: String, of relationships: [Relationship], or path: String) -> [UInt8]? {
        relationships.first { $0.type == type }.flatMap { part($0.target) } ?? part(path)
    }

    /// The path of the main part.
    func main(or path: String) -> String {
        relationships(of: "").first { $0.type == "officedocument" && part($0.target) != nil }?.target ?? path
    }

    /// The relationships of a part; those of the package with an empty path.
    func relationships(of path: String) -> [Relationship] {
        let folder = OfficePackage.folder(of: path)
        let name = path.split(separator: "/").last ?? ""
        guard let bytes = part("\(folder)/_rels/\(name).rels") else { return [] }
        var found: [Relationship] = []
        // Those before a fault count.
        try? ElementReader.read(bytes) { xml in
            try xml.descendants { xml, name in
                guard name == "Relationship" else { return }
                let attributes = xml.attributes()
                guard let id = attributes["Id"], let type = attributes["Type"], let target = attributes["Target"],
                    attributes["TargetMode"] != "External"
                else { return }
                found.append(
                    Relationship(
                        id: id, type: type.split(separator: "/").last?.lowercased() ?? "",
                        target: OfficePackage.normalized(target, in: folder)))
            }
        }
        return found
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// A path without `.`, `..`, backslashes and upper case.
    private static func normalized(_ path: String, in folder: String) -> String {
        let path = path.lowercased().split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
            .replacing("\\", with: "/")
        var components = path.hasPrefix("/") ? [] : folder.lowercased().split(separator: "/")
        for component in path.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return components.joined(separator: "/")
    }
}

/// What office readers do not do: stated limits against files made to exhaust memory.
enum OfficeLimits {
    /// Bytes of text in a document.
    static let text = 100 << 20
    /// Cells of a workbook, empty ones between others included.
    static let cells = 2_000_000
    /// How often a repeated cell or row is written.
    static let repetitions = 1_000
}

extension Rejection {
    fileprivate static func office(_ source: Source, _ failure: Archive.Failure, kind: String) -> Rejection {
        switch failure.code {
        case .encrypted: encryptedOffice(source)
        case .tooLarge, .tooManyFiles:
            Rejection(source: source.id, reason: .tooLarge, message: "The file is too large. \(failure.reason)")
        case .damaged:
            Rejection(
                source: source.id, reason: .undecodable,
                message: "The file cannot be read as \(kind). \(failure.reason)")
        }
    }

    fileprivate static func unreadChart(_ title: String, at source: String, note: String = "") -> Rejection {
        Rejection(
            source: source, reason: .unsupportedFormat,
            message: "The chart\(title.isEmpty ? "" : " “\(title.prefix(200))”") is not read.\(note)")
    }

    static func encryptedOffice(_ source: Source) -> Rejection {
        Rejection(
            source: source.id, reason: .encrypted,
            message: "The file is encrypted. Open it with its password and save it without one.")
    }

    /// - `error`: Where the XML has its fault.
    static func damagedOffice(_ source: Source, kind: String, _ error: XMLCursor.Malformed? = nil) -> Rejection {
        Rejection(
            source: source.id, reason: .undecodable,
            message: "The file cannot be read as \(kind): "
                + (error.map { "its XML \($0.problem) in line \($0.line)." } ?? "it is damaged.")
                + " Open it in its program and save it again.")
    }

    /// A warning that parts were left out.
    static func nestedOffice(_ source: Source) -> Rejection {
        Rejection(
            source: source.id, reason: .tooLarge,
            message: "Tables or frames nest too deeply in each other. The text of the innermost was left out.")
    }

    static func foreignOffice(_ source: Source, kind: String) -> Rejection {
        Rejection(
            source: source.id, reason: .unsupportedFormat,
            message: "The file is an archive, but not \(kind). Give it the extension of its format.")
    }

    static func longOffice(_ source: Source) -> Rejection {
        Rejection(
            source: source.id, reason: .tooLarge,
            message: "The file has more than \(OfficeLimits.text >> 20) MB of text. Split it.")
    }
}

/// Compound files of Microsoft: documents of Office before 2007, and encrypted ones of later versions.
private enum OLEFile {
    static func hasSignature(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
    }

    /// A rejection that names the kind of the file, if the names of its streams tell it.
    static func rejection(of source: Source) -> Rejection {
        if contains("EncryptedPackage", in: source.bytes) { return Rejection.encryptedOffice(source) }
        for (stream, program, format) in [
            ("WordDocument", "Word", "DOCX"), ("Workbook", "Excel", "XLSX"),
            ("PowerPoint Document", "PowerPoint", "PPTX"),
        ] where contains(stream, in: source.bytes) {
            return Rejection(
                source: source.id, reason: .unsupportedFormat,
                message: "The file is a document of \(program) before 2007. Save it as \(format).")
        }
        return Rejection(
            source: source.id, reason: .unsupportedFormat,
            message: "The file is encrypted, or a document of Office before 2007. Save it in a current format "
                + "without a password.")
    }

    /// Whether a name occurs in UTF-16.
    private static func contains(_ name: String, in bytes: [UInt8]) -> Bool {
        let wanted = name.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return bytes.withUnsafeBufferPointer { bytes in
            guard bytes.count >= wanted.count else { return false }
            return (0...bytes.count - wanted.count).contains { start in
                bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
            }
        }
    }
}
