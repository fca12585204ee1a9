/// A message, or a part of one (RFC 2045 and 2046).
struct MailPart {
    var buffer: MailBuffer
    /// Header and body.
    var range: Range<Int>
    var fields: MailFields
    var body: Range<Int>
    /// In lower case: `text/plain`.
    var mediaType: String
    var contentType: MailParameters
    var encoding: TransferEncoding
    /// `inline` or `attachment`; empty if not given.
    var disposition: String
    var fileName: String?
    /// The parts of a `multipart`, or the one message of a `message/rfc822`.
    var children: [MailPart] = []

    var isText: Bool { mediaType.hasPrefix("text/") }
    var isMultipart: Bool { mediaType.hasPrefix("multipart/") && !children.isEmpty }
    var isMessage: Bool { mediaType == "message/rfc822" || mediaType == "text/rfc822-headers" }

    /// Whether the part is a file that the message carries, not text to read in it.
    var isAttachment: Bool {
        if isMultipart || isMessage && !children.isEmpty { return false }
        guard isText || mediaType == "message/delivery-status" else { return true }
        if disposition == "attachment" { return true }
        let isReadable = ["text/plain", "text/html", "message/delivery-status", "text/x-amp-html"].contains(mediaType)
        return !isReadable && (fileName != nil || ["text/calendar", "text/rtf", "text/vcard"].contains(mediaType))
    }

    /// The content without its transfer encoding.
    var content: DecodedBody { DecodedBody(buffer, in: body, encoding: encoding) }

    /// This part and those below it for which a condition holds, in the order of the message.
    func parts(where matches: (MailPart) -> Bool) -> [MailPart] {
        (matches(self) ? [self] : []) + (isMultipart ? children.flatMap { $0.parts(where: matches) } : [])
    }
}

/// A file that a message carries.
struct MailAttachment {
    var fileName: String?
    var mediaType: String
    private var part: MailPart

    init(_ part: MailPart) {
        fileName = part.fileName
        mediaType = part.mediaType
        self.part = part
    }

    /// The header of its part in the buffer of the message.
    var header: Range<Int>? { part.buffer.isSource ? part.range.lowerBound..<part.body.lowerBound : nil }

    /// The decoded content.
    var bytes: [UInt8] { part.content.bytes }

    /// The name of the file, or one after its type.
    var name: String {
        fileName ?? "unnamed" + (MailAttachment.pathExtensions[mediaType].map { ".\($0)" } ?? "")
    }

    private static let pathExtensions = [
        "application/pdf": "pdf", "application/rtf": "rtf", "text/rtf": "rtf", "application/msword": "doc",
        "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
        "application/vnd.oasis.opendocument.text": "odt", "application/zip": "zip", "message/rfc822": "eml",
        "text/html": "html", "text/csv": "csv", "text/xml": "xml", "application/json": "json", "image/png": "png",
        "image/jpeg": "jpg", "image/gif": "gif", "audio/mpeg": "mp3",
    ]
}

/// Builds the tree of parts.
struct MailParser {
    /// Deeper parts are read as they are, without their own parts.
    static let maximumDepth = 32
    /// Of more parts of a message the rest are ignored.
    static let maximumParts = 1_000

    var charsets = NamedCharsets()
    private var count = 0
    /// Why parts of the last message were left out; nil if none was.
    private(set) var omission: String?

    /// The message in a range of a buffer.
    mutating func message(_ buffer: MailBuffer, in range: Range<Int>) -> MailPart {
        count = 0
        omission = nil
        return part(buffer, in: range, defaultType: "text/plain", depth: 0)
    }

    private mutating func part(
        _ buffer: MailBuffer, in range: Range<Int>, defaultType: String, depth: Int
    ) -> MailPart {
        count += 1
        let fields = MailFields(buffer.bytes, in: range)
        var contentType = MailParameters(fields.raw("content-type", in: buffer) ?? [], charsets: &charsets)
        if !contentType.value.contains("/") { contentType.value = defaultType }
        let disposition = MailParameters(fields.raw("content-disposition", in: buffer) ?? [], charsets: &charsets)
        let encoding = fields.raw("content-transfer-encoding", in: buffer) ?? []
        let name = disposition["filename"] ?? contentType["name"]
        var part = MailPart(
            buffer: buffer, range: range, fields: fields, body: fields.end..<range.upperBound,
            mediaType: contentType.value, contentType: contentType,
            encoding: TransferEncoding(String(decoding: encoding, as: UTF8.self)), disposition: disposition.value,
            fileName: name.map { String($0.suffix(while: { $0 != "/" && $0 != "\\" })).joiningWords() }.flatMap {
                $0.isEmpty ? nil : $0
            })
        guard part.isMessage || part.mediaType.hasPrefix("multipart/") else { return part }
        guard depth < MailParser.maximumDepth else {
            omission = "Parts of the message nest more than \(MailParser.maximumDepth) deep; those below are left out."
            return part
        }
        if part.mediaType.hasPrefix("multipart/") {
            let isDigest = part.mediaType == "multipart/digest"
            for child in MailParser.ranges(of: part) where hasRoom() {
                part.children.append(
                    self.part(
                        buffer, in: child, defaultType: isDigest ? "message/rfc822" : "text/plain", depth: depth + 1))
            }
            // Without its boundary, the body is text.
            if part.children.isEmpty { part.mediaType = "text/plain" }
        } else if hasRoom() {
            let inner =
                part.encoding == .identity
                ? (buffer, part.body) : MailParser.decoded(part)
            part.children = [self.part(inner.0, in: inner.1, defaultType: "text/plain", depth: depth + 1)]
        }
        return part
    }

    private mutating func hasRoom() -> Bool {
        if count < MailParser.maximumParts { return true }
        omission = "The message has more than \(MailParser.maximumParts) parts; the others are left out."
        return false
    }

    private static func decoded(_ part: MailPart) -> (MailBuffer, Range<Int>) {
        let bytes = part.content.bytes
        return (MailBuffer(bytes: bytes, isSource: false), 0..<bytes.count)
    }

    /// The parts between the boundaries of a multipart body.
    private static func ranges(of part: MailPart) -> [Range<Int>] {
        guard let boundary = part.contentType["boundary"], !boundary.isEmpty else { return [] }
        let bytes = part.buffer.bytes
        let delimiter = Array("--\(boundary)".utf8)
        var ranges: [Range<Int>] = []
        var open: Int?
        var start = part.body.lowerBound
        while start < part.body.upperBound, ranges.count < maximumParts {
            let (line, next) = MailFields.line(bytes, from: start, to: part.body.upperBound)
            if line.count >= delimiter.count, bytes[line].starts(with: delimiter) {
                let rest = bytes[line].dropFirst(delimiter.count)
                let isLast = rest.starts(with: "--".utf8)
                if isLast || rest.allSatisfy({ $0 <= 0x20 }) {
                    if let open { ranges.append(open..<max(open, endOfContent(bytes, before: start, from: open))) }
                    open = isLast ? nil : next
                    if isLast { return ranges }
                }
            }
            start = next
        }
        if let open, open <= part.body.upperBound, ranges.count < maximumParts {
            ranges.append(open..<part.body.upperBound)
        }
        return ranges
    }

    /// The line end before a boundary belongs to the boundary.
    private static func endOfContent(_ bytes: [UInt8], before start: Int, from open: Int) -> Int {
        var end = start
        if end > open, bytes[end - 1] == 0x0A { end -= 1 }
        if end > open, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }
}

extension String {
    /// The characters at the end for which a condition holds.
    fileprivate func suffix(while matches: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex, matches(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
