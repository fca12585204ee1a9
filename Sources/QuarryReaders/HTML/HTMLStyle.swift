/// What the inline style of an element says about whether its text is seen. Style sheets are not read.
struct HTMLStyle {
    /// In lower case, without spaces.
    private var values: [String: String] = [:]

    /// A longer style is cut.
    private static let maximumBytes = 4096

    init(_ style: String) {
        for declaration in String(decoding: style.utf8.prefix(Self.maximumBytes), as: UTF8.self).split(separator: ";") {
            guard let colon = declaration.firstIndex(of: ":") else { continue }
            let name = declaration[..<colon].lowercased().filter { !$0.isWhitespace }
            var value = declaration[declaration.index(after: colon)...].lowercased().filter { !$0.isWhitespace }
            if value.hasSuffix("!important") { value.removeLast(10) }
            values[name] = value
        }
    }

    /// Whether the element is not seen: not displayed, transparent, cut to nothing, or off the page.
    var hides: Bool {
        if values["display"] == "none" || ["hidden", "collapse"].contains(values["visibility"]) { return true }
        // A page that fades its parts in begins like this.
        let isAnimated = ["transform", "transition", "animation", "will-change"].contains { values[$0] != nil }
        if let opacity = values["opacity"].flatMap(Self.number), opacity <= 0.01, !isAnimated { return true }
        if ["absolute", "fixed"].contains(values["position"]) {
            let offsets = ["left", "top", "right", "bottom"].compactMap { values[$0] }.compactMap(Self.number)
            if offsets.contains(where: { $0 <= -500 }) { return true }
            if let clip = values["clip"], clip.hasPrefix("rect(0") || clip.hasPrefix("rect(1px,1px,1px,1px") {
                return true
            }
        }
        if let indent = values["text-indent"].flatMap(Self.number), indent <= -500 { return true }
        let isCut = values["overflow"] == "hidden"
        return isCut && ["width", "height"].contains { values[$0].flatMap(Self.number).map { $0 <= 1 } == true }
    }

    /// Whether it sets the size of the text.
    var setsSize: Bool { values["font-size"] != nil }

    /// Whether the text is too small to be seen. Elements within may have another size.
    var isTiny: Bool { values["font-size"].map(Self.isTiny) ?? false }

    /// The color of the text; nil if the style sets none.
    var color: String? { values["color"].map(Self.color) }

    /// The color behind the text; nil if the style sets none. An image counts as a color of its own.
    var background: String? {
        if values["background-image"] != nil { return "image" }
        guard let value = values["background-color"] ?? values["background"] else { return nil }
        return value.contains("url(") || value.contains("gradient(") ? "image" : Self.color(value)
    }

    /// The number at the start of a value; 0 as in `0px`.
    private static func number(_ value: String) -> Double? {
        Double(value.prefix { $0.isNumber || $0 == "." || $0 == "-" })
    }

    private static func isTiny(_ size: String) -> Bool {
        guard let number = number(size) else { return false }
        if number == 0 { return true }
        return (size.hasSuffix("px") || size.hasSuffix("pt")) && number <= 1
    }

    /// `#fff`, `white` and `rgb(255,255,255)` are one color.
    static func color(_ value: String) -> String {
        switch value {
        case "white": return "#ffffff"
        case "black": return "#000000"
        default: break
        }
        if value.hasPrefix("#"), value.utf8.count == 4 { return "#" + value.dropFirst().map { "\($0)\($0)" }.joined() }
        if value.hasPrefix("rgb("), value.hasSuffix(")") {
            let parts = value.dropFirst(4).dropLast().split(separator: ",").compactMap { UInt8($0) }
            if parts.count == 3 {
                let digits = Array("0123456789abcdef")
                return "#" + parts.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
            }
        }
        return value
    }
}
