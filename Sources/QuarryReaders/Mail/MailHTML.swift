/// The text of an HTML part in lines: a line for each paragraph, `> ` before quotations and `- ` before items of lists.
///
/// - Complexity: O(bytes).
func htmlText(of html: [UInt8]) -> [UInt8] {
    html.withUnsafeBufferPointer { bytes in
        var text = HTMLText(bytes: bytes)
        text.read()
        return text.lines
    }
}

private struct HTMLText {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var lines: [UInt8] = []
    private var line: [UInt8] = []
    private var quoteDepth = 0
    private var isItem = false
    private var hasSpace = false
    /// Whether a sign `>` may stand in a quoted value: not in a text with an open quotation mark.
    private var trustsQuotes = true
    /// Elements that are not closed.
    private var unclosed: Set<String> = []
    /// Deeper quotations count as this deep.
    private static let maximumDepth = 8

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "title", "tr",
        "ul",
    ]
    /// Elements whose content is not shown.
    private static let hidden: Set<String> = ["head", "noscript", "script", "style", "template", "textarea", "title"]

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func read() {
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), let end = markup(at: index) {
                index = end
            } else {
                let byte = bytes[index]
                if byte <= 0x20 {
                    hasSpace = true
                } else {
                    if hasSpace, !line.isEmpty { line.append(0x20) }
                    hasSpace = false
                    line.append(byte)
                }
                index += 1
            }
        }
        endLine()
    }

    /// Reads a tag or comment and returns its end; nil if the sign is text.
    private mutating func markup(at start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        if bytes[start...].starts(with: "<!--".utf8) {
            return end(of: "-->", from: start + 4)
        }
        let isEnd = bytes[start + 1] == UInt8(ascii: "/")
        let first = start + (isEnd ? 2 : 1)
        guard first < bytes.count else { return nil }
        guard bytes[first].isASCIILetterOrDigit, !bytes[first].isASCIIDigit else {
            return bytes[first] == UInt8(ascii: "!") || bytes[first] == UInt8(ascii: "?")
                ? end(of: ">", from: first) : nil
        }
        var nameEnd = first
        while nameEnd < bytes.count, nameEnd - first < 32, bytes[nameEnd].isASCIILetterOrDigit { nameEnd += 1 }
        let name = String(decoding: bytes[first..<nameEnd].map(\.lowerASCII), as: UTF8.self)
        let close = tagEnd(from: nameEnd)
        apply(name, isEnd: isEnd)
        if !isEnd, HTMLText.hidden.contains(name) { return hiddenEnd(name, from: close) }
        return close
    }

    private mutating func apply(_ name: String, isEnd: Bool) {
        if name == "td" || name == "th" {
            hasSpace = true
            return
        }
        guard HTMLText.blocks.contains(name) else { return }
        endLine()
        switch name {
        case "blockquote": quoteDepth = max(0, quoteDepth + (isEnd ? -1 : 1))
        case "li": isItem = !isEnd
        case "p", "table", "ul", "ol": if lines.last == 0x0A { lines.append(0x0A) }
        default: break
        }
    }

    /// The end of a tag. A sign `>` within quotation marks belongs to a value.
    private mutating func tagEnd(from start: Int) -> Int {
        guard trustsQuotes else { return end(of: ">", from: start) }
        var index = start
        var quote: UInt8?
        let limit = min(bytes.count, start + (1 << 20))
        while index < limit {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                if bytes[index - 1] == UInt8(ascii: "=") || bytes[index - 1] <= 0x20 { quote = byte }
            }
            index += 1
        }
        trustsQuotes = false
        return end(of: ">", from: start)
    }

    private func end(of mark: StaticString, from start: Int) -> Int {
        let mark = Array(mark.description.utf8)
        var index = start
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) {
                return index + mark.count
            }
            index += 1
        }
        return bytes.count
    }

    /// The end of an element whose content is not shown.
    private mutating func hiddenEnd(_ name: String, from start: Int) -> Int {
        guard !unclosed.contains(name) else { return start }
        let mark = Array("</\(name)".utf8)
        var index = start
        while index + mark.count <= bytes.count {
            if bytes[index] == UInt8(ascii: "<"),
                bytes[index..<index + mark.count].lazy.map(\.lowerASCII).elementsEqual(mark)
            {
                return tagEnd(from: index + mark.count)
            }
            index += 1
        }
        // An element that is not closed hides nothing but its tag.
        unclosed.insert(name)
        return start
    }

    private mutating func endLine() {
        defer { hasSpace = false }
        guard !line.isEmpty else { return }
        for _ in 0..<min(quoteDepth, HTMLText.maximumDepth) { lines += Array("> ".utf8) }
        if isItem { lines += Array("- ".utf8) }
        isItem = false
        lines += HTMLText.decodingEntities(line)
        lines.append(0x0A)
        line.removeAll(keepingCapacity: true)
    }

    private static func decodingEntities(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(UInt8(ascii: "&")) else { return line }
        var decoded: [UInt8] = []
        var index = 0
        while index < line.count {
            if line[index] == UInt8(ascii: "&"),
                let end = line[index..<min(line.count, index + 12)].firstIndex(of: UInt8(ascii: ";")),
                let text = character(ofEntity: String(decoding: line[index + 1..<end], as: UTF8.self))
            {
                decoded += Array(text.utf8)
                index = end + 1
            } else {
                decoded.append(line[index])
                index += 1
            }
        }
        return decoded
    }

    private static func character(ofEntity name: String) -> String? {
        if name.hasPrefix("#") {
            let digits = name.dropFirst()
            let isHexadecimal = digits.first == "x" || digits.first == "X"
            let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
        }
        if let text = entities[name] { return text }
        // A letter and its mark, which cleaning composes: eacute, Uuml.
        guard let letter = name.first, letter.isASCII, let mark = marks[String(name.dropFirst())] else { return nil }
        return "\(letter)\(mark)"
    }

    private static let marks = [
        "grave": "\u{300}", "acute": "\u{301}", "circ": "\u{302}", "tilde": "\u{303}", "uml": "\u{308}",
        "ring": "\u{30A}", "cedil": "\u{327}", "caron": "\u{30C}",
    ]
    private static let entities = [
        "nbsp": "\u{A0}", "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "ndash": "–", "mdash": "—",
        "hellip": "…", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "sbquo": "‚", "bdquo": "„",
        "laquo": "«", "raquo": "»", "euro": "€", "pound": "£", "yen": "¥", "cent": "¢", "copy": "©", "reg": "®",
        "trade": "™", "bull": "•", "middot": "·", "deg": "°", "sect": "§", "para": "¶", "times": "×", "szlig": "ß",
        "aelig": "æ", "AElig": "Æ", "oelig": "œ", "OElig": "Œ", "oslash": "ø", "Oslash": "Ø", "shy": "\u{AD}",
        "ensp": " ", "emsp": " ", "thinsp": " ", "zwnj": "\u{200C}", "zwj": "\u{200D}", "iexcl": "¡",
        "iquest": "¿", "frac12": "½", "sup2": "²", "sup3": "³", "micro": "µ", "plusmn": "±", "rarr": "→", "larr": "←",
    ]
}
