/// The styles of a Word document (`word/styles.xml`).
struct WordStyles {
    /// The role of a paragraph, by itself and its style. Nil is inherited.
    struct Properties {
        var style: String?
        /// From 0; 9 is body text.
        var outlineLevel: Int?
        /// 0 takes the paragraph out of its list.
        var list: Int?
        var listLevel: Int?
        /// Whether a color is behind its text.
        var isShaded = false
    }

    enum Role: Hashable {
        case heading(level: Int)
        case body, code, quote
    }

    private struct Style {
        var name = ""
        var parent: String?
        var properties = Properties()
    }

    private var styles: [String: Style] = [:]
    private var standard: String?

    init() {}

    init(_ bytes: [UInt8]?) {
        guard let bytes else { return }
        var (styles, standard) = ([String: Style](), String?.none)
        // Those before a fault count.
        try? ElementReader.read(bytes) { xml in
            var id: String?
            try xml.descendants { xml, name in
                if name == "style" {
                    let attributes = xml.attributes()
                    id = attributes["styleId"]
                    guard let id else { return }
                    styles[id] = Style()
                    if attributes["type"] == "paragraph", attributes["default"].map({ $0 != "0" }) == true,
                        attributes["default"] != "false"
                    {
                        standard = id
                    }
                }
                guard let id else { return }
                switch name {
                case "name": styles[id]?.name = xml.value?.lowercased() ?? ""
                case "basedOn": styles[id]?.parent = xml.value
                default: styles[id]?.properties.read(name, xml)
                }
            }
        }
        (self.styles, self.standard) = (styles, standard)
    }

    /// A paragraph's properties with those of its style, and the styles that this is based on.
    func resolved(_ properties: Properties) -> (properties: Properties, role: Role) {
        var found = properties
        var role = Role?.none
        var next = properties.style ?? standard
        // A chain of styles may be a circle.
        for _ in 0..<16 {
            guard let id = next else { break }
            let style = styles[id]
            if let style {
                found.isShaded = found.isShaded || style.properties.isShaded
                found.outlineLevel = found.outlineLevel ?? style.properties.outlineLevel
                if found.list == nil {
                    found.list = style.properties.list
                    found.listLevel = found.listLevel ?? style.properties.listLevel
                }
            }
            role = role ?? WordStyles.role(ofStyle: style?.name ?? id.lowercased())
            next = style?.parent
        }
        if let level = found.outlineLevel, level < 9 { return (found, .heading(level: level + 1)) }
        if case .heading? = role, found.outlineLevel != nil, role != .heading(level: 1) { role = nil }
        return (found, role ?? .body)
    }

    /// The list of a numbering style.
    func list(ofStyle id: String) -> Int? { styles[id]?.properties.list }

    /// Names of headings in the templates of publishers.
    private static let publishersHeadings = [
        "chaptertitle": 1, "parttitle": 1, "appendixtitle": 1, "heada": 2, "headb": 3, "headc": 4, "ahead": 2,
        "bhead": 3,
        "chead": 4, "h1": 1, "h2": 2, "h3": 3, "h4": 4, "head1": 1, "head2": 2, "head3": 3, "head4": 4,
    ]

    /// The role that the name of a style gives; nil if it gives none. Names of built-in styles are English in all languages.
    private static func role(ofStyle name: String) -> Role? {
        if name == "title" { return .heading(level: 1) }
        if name.hasPrefix("heading"), let level = Int(name.dropFirst(7).trimmingSpaces), (1...9).contains(level) {
            return .heading(level: level)
        }
        if let level = publishersHeadings[name.filter { $0 != " " && $0 != "-" && $0 != "_" }] {
            return .heading(level: level)
        }
        if name == "quote" || name == "intense quote" { return .quote }
        if name == "html preformatted" || name == "macro" { return .code }
        if name.hasPrefix("code") || name.hasSuffix("code") || name.hasPrefix("source code"),
            !name.contains("caption"), !name.contains("title"), !name.contains("heading")
        {
            return .code
        }
        return nil
    }
}

extension WordStyles.Properties {
    /// Reads an element of paragraph properties.
    mutating func read(_ name: String, _ xml: borrowing ElementReader) {
        switch name {
        case "pStyle": style = xml.value
        case "outlineLvl": outlineLevel = xml.value.flatMap(Int.init).map { max(0, min(9, $0)) }
        case "numId": list = xml.value.flatMap(Int.init)
        case "shd": isShaded = true
        case "ilvl": listLevel = xml.value.flatMap(Int.init).map { max(0, min(8, $0)) }
        default: break
        }
    }
}

extension StringProtocol {
    /// Without spaces at either end.
    var trimmingSpaces: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
