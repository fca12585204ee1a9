import QuarryCore

/// The parts of an OpenDocument file: a zip archive, or one XML file.
struct OpenDocument {
    var content: [UInt8]
    var styles: OpenDocumentStyles
    var properties: OfficeProperties
    /// The objects of other programs in it.
    var unread: [Rejection] = []

    init(_ source: Source, kind: String) throws(Rejection) {
        let start = source.bytes.prefix(64).drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 <= 0x20 }
        if start.first == UInt8(ascii: "<") {
            content = source.bytes
            styles = OpenDocumentStyles([source.bytes])
            properties = OfficeProperties(source.bytes)
            return
        }
        let package = try OfficePackage(source, kind: kind)
        if package.part("encrypted-package") != nil || OpenDocument.isEncrypted(package.part("META-INF/manifest.xml")) {
            throw Rejection.encryptedOffice(source)
        }
        guard let content = package.part("content.xml") else { throw Rejection.foreignOffice(source, kind: kind) }
        self.content = content
        styles = OpenDocumentStyles([package.part("styles.xml"), content].compactMap(\.self))
        properties = OfficeProperties(package.part("meta.xml"))
        unread = package.unread(in: source)
    }

    private static func isEncrypted(_ manifest: [UInt8]?) -> Bool {
        guard let manifest else { return false }
        var isEncrypted = false
        try? ElementReader.read(manifest) { xml in
            try xml.descendants { _, name in if name == "encryption-data" { isEncrypted = true } }
        }
        return isEncrypted
    }

    /// Reads the element with the content of a kind, such as `spreadsheet`.
    func read(
        _ body: String, of source: Source, kind: String, _ parse: (inout ElementReader) throws -> Void
    ) throws -> ReadResult? {
        var isFound = false
        do {
            try ElementReader.read(content) { xml in
                try xml.elements { xml, _ in
                    try xml.elements { xml, name in
                        guard name == "body" else { return }
                        try xml.elements { xml, name in
                            guard name == body else { return }
                            isFound = true
                            try parse(&xml)
                        }
                    }
                }
            }
        } catch let malformed as XMLCursor.Malformed {
            throw Rejection.damagedOffice(source, kind: kind, malformed)
        }
        return isFound ? nil : ReadResult(rejected: [Rejection.foreignOffice(source, kind: kind)])
    }
}

/// The styles of an OpenDocument file that say what paragraphs, lists and sheets are.
struct OpenDocumentStyles {
    struct ListLevel {
        var isNumbered = false
        var format = NumeralFormat.decimal
        var prefix = ""
        var suffix = ""
        var start = 1
        /// How many levels the mark shows.
        var shownLevels = 1
    }

    private struct Style {
        var name = ""
        var parent: String?
        var outlineLevel: Int?
        /// Whether its text is a superscript; nil if the style does not say.
        var isRaised: Bool?
    }

    private var styles: [String: Style] = [:]
    private var lists: [String: [Int: ListLevel]] = [:]
    private var hiddenSheets: Set<String> = []

    init(_ parts: [[UInt8]]) {
        for part in parts {
            var found = self
            // Those before a fault count.
            try? ElementReader.read(part) { xml in
                var (style, list) = ("", "")
                try xml.descendants { xml, name in
                    if name == "body" { throw XMLCursor.Malformed(line: 0) }
                    found.read(name, xml, style: &style, list: &list)
                }
            }
            self = found
        }
    }

    private mutating func read(
        _ element: String, _ xml: borrowing ElementReader, style: inout String, list: inout String
    ) {
        switch element {
        case "style":
            let attributes = xml.attributes()
            guard let name = attributes["name"] else { return }
            style = name
            styles[name] = Style(
                name: (attributes["display-name"] ?? name.replacing("_20_", with: " ")).lowercased(),
                parent: attributes["parent-style-name"],
                outlineLevel: attributes["default-outline-level"].flatMap(Int.init))
        case "list-style": (list, style) = (xml.attributes()["name"] ?? "", "")
        case "text-properties":
            // `super 58%`, or how much it is raised: `33% 58%`.
            guard let position = xml.attributes()["text-position"]?.split(separator: " ").first else { return }
            let isPositive = position.last == "%" && Double(position.dropLast()).map { $0 > 0 } ?? false
            styles[style]?.isRaised = position == "super" || isPositive
        case "table-properties": if xml.attributes()["display"] == "false" { hiddenSheets.insert(style) }
        case "list-level-style-number", "list-level-style-bullet", "list-level-style-image":
            let attributes = xml.attributes()
            guard let level = attributes["level"].flatMap(Int.init), (1...10).contains(level) else { return }
            lists[list, default: [:]][level - 1] = ListLevel(
                isNumbered: element == "list-level-style-number",
                format: NumeralFormat(openDocument: attributes["num-format"] ?? ""),
                prefix: attributes["num-prefix"] ?? "", suffix: attributes["num-suffix"] ?? "",
                start: attributes["start-value"].flatMap(Int.init).map { max(0, min(1_000_000, $0)) } ?? 1,
                shownLevels: attributes["display-levels"].flatMap(Int.init).map { max(1, min(10, $0)) } ?? 1)
        default: break
        }
    }

    func isHidden(sheetStyle: String?) -> Bool { sheetStyle.map { hiddenSheets.contains($0) } ?? false }

    func listLevel(_ style: String?, _ depth: Int) -> ListLevel? { style.flatMap { lists[$0]?[depth] } }

    /// Whether a style makes superscripts.
    func isRaised(_ style: String?) -> Bool {
        var next = style
        // A chain of styles may be a circle.
        for _ in 0..<16 {
            guard let id = next, let style = styles[id] else { return false }
            if let isRaised = style.isRaised { return isRaised }
            next = style.parent
        }
        return false
    }

    /// The level of a heading that a paragraph style makes; nil for text.
    func headingLevel(of style: String?) -> Int? {
        var next = style
        // A chain of styles may be a circle.
        for _ in 0..<16 {
            guard let id = next, let style = styles[id] else { return nil }
            if let level = style.outlineLevel { return level > 0 ? min(level, 10) : nil }
            if style.name == "title" { return 1 }
            if style.name.hasPrefix("heading "), let level = Int(style.name.dropFirst(8)) {
                return max(1, min(10, level))
            }
            next = style.parent
        }
        return nil
    }
}

extension NumeralFormat {
    /// A format by the number one in it, such as `i`.
    fileprivate init(openDocument one: String) {
        self =
            switch one.first {
            case "a": .lowerLetter
            case "A": .upperLetter
            case "i": .lowerRoman
            case "I": .upperRoman
            case "а": .lowerRussian
            case "А": .upperRussian
            case nil: .none
            default: .decimal
            }
    }
}
