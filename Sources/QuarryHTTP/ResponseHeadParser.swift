/// Parses the lines of a response head from libcurl.
struct ResponseHeadParser {
    private(set) var byteCount = 0
    private var status = 0
    private var version = ""
    private var fields: [(name: String, value: String)] = []

    /// Whether the end of the connection ends the body of the last head (RFC 9112, 6.3).
    private var endsByClosing: Bool {
        guard version.hasPrefix("HTTP/1"), status != 204, status != 304 else { return false }
        return !fields.contains { field in
            let name = field.name.lowercased()
            return name == "content-length"
                || (name == "transfer-encoding" && field.value.lowercased().hasSuffix("chunked"))
        }
    }

    /// A complete final head.
    struct Head {
        var status: Int
        var headers: HTTPHeaders
        var endsByClosing: Bool

        /// The digits of a `Content-Length` that is larger than any body can be; nil if there is none.
        var overflowingLength: Substring? {
            headers.values(of: "content-length").lazy
                .map { $0.prefix { $0.isASCII && $0.isNumber } }
                .first { !$0.isEmpty && Int64($0) == nil }
        }
    }

    /// Parses one line with its ending. Returns the head if the line completes a final one (not 1xx).
    mutating func push(_ bytes: UnsafeRawBufferPointer) -> Head? {
        byteCount += bytes.count
        var line = bytes[...]
        while let last = line.last, last == 0x0A || last == 0x0D { line = line.dropLast() }
        guard let first = line.first else {
            defer { fields = [] }
            guard status >= 200 else { return nil }
            var headers = HTTPHeaders()
            for field in fields { headers.add(field.name, field.value) }
            return Head(status: status, headers: headers, endsByClosing: endsByClosing)
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            fields = []
            let words = text.split(separator: " ", maxSplits: 2)
            version = words.first.map(String.init) ?? ""
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        } else if first == 0x20 || first == 0x09 {
            if !fields.isEmpty { fields[fields.count - 1].value += " " + Self.trim(text[...]) }
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            fields.append((Self.trim(text[..<colon]), Self.trim(text[text.utf8.index(after: colon)...])))
        }
        return nil
    }

    private static func trim(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(text)
    }
}
