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
        while index < bytes.count {
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
            guard !Self.void.contains(name) else { continue }
            if Self.formatting.contains(name) { formatting = max(0, formatting + (isEnd ? -1 : 1)) }
            if !isEnd, !Self.formatting.contains(name) { repeats += formatting }
            depth = max(0, depth + (isEnd ? -1 : Self.closesItself.contains(name) ? 0 : 1))
            if depth > Self.maximumDepth || repeats > Self.maximumRepeats {
                isAcceptable = false
                return
            }
        }
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
