/// A look at the tags of a page before it is parsed: how deep elements may nest, and how often open formatting elements
/// would be repeated. A parser follows the rules of HTML even where they cost quadratic time, and cannot be stopped.
struct HTMLNesting {
    /// The most elements that are open at one place.
    private static let maximumDepth = 1024
    /// The most elements that reopened formatting (`<b><p><p>…`) may add.
    private static let maximumRepeats = 4_000_000

    private(set) var isAcceptable = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var depth = 0
        var formatting = 0
        var repeats = 0
        var index = 0
        /// The open element whose content is not markup, such as script or style.
        var raw: String?
        while index < bytes.count {
            if bytes[index...].starts(with: "<!--".utf8), raw == nil {
                index = Self.end(of: "-->", in: bytes, from: index + 4)
                continue
            }
            guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else {
                index += 1
                continue
            }
            let isEnd = bytes[index + 1] == UInt8(ascii: "/")
            var end = index + (isEnd ? 2 : 1)
            let start = end
            while end < bytes.count, end < start + 12, Self.isName(bytes[end]) { end += 1 }
            index = max(end, index + 1)
            guard end > start else { continue }
            let name = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
            if let open = raw {
                if isEnd, name == open { raw = nil } else { continue }
            }
            guard !Self.void.contains(name), !Self.closesAtOnce(bytes, from: end) else { continue }
            if !isEnd, Self.rawText.contains(name) { raw = name }
            if Self.formatting.contains(name) { formatting = max(0, formatting + (isEnd ? -1 : 1)) }
            if !isEnd, !Self.formatting.contains(name) { repeats += formatting }
            depth = max(0, depth + (isEnd ? -1 : Self.closesItself.contains(name) ? 0 : 1))
            if depth > Self.maximumDepth || repeats > Self.maximumRepeats {
                isAcceptable = false
                return
            }
        }
    }

    /// The elements whose content is text.
    private static let rawText: Set<String> = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed"]

    private static func end(of mark: String, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let mark = Array(mark.utf8)
        var index = start
        while index < bytes.count {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) { return index + mark.count }
            index += 1
        }
        return bytes.count
    }

    /// Whether a tag ends in `/>`, as those of SVG and XHTML do. For other elements the sign means nothing, so only a few
    /// bytes are looked at and elements of HTML are counted.
    private static func closesAtOnce(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        var index = start
        while index < bytes.count, index < start + 65_536, bytes[index] != UInt8(ascii: ">") { index += 1 }
        return index < bytes.count && bytes[index - 1] == UInt8(ascii: "/") && index > start
    }

    private static func isName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }

    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]
    private static let formatting: Set<String> = [
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    ]
    /// Elements whose end tag is often omitted.
    private static let closesItself: Set<String> = [
        "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "rp", "rt",
    ]
}
