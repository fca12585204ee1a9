import QuarryCore
import QuarryText

/// Writes one message as a document: the subject as a heading, its text, nested messages and the names of attachments.
struct MailMessageWriter {
    private var writer = DocumentWriter()
    private var ranges: AscendingRanges
    private var charsets: NamedCharsets
    /// The files that the message carries, those of nested messages included.
    private var attachments: [MailAttachment] = []
    /// Whether every text of the message can be traced to its bytes.
    private var isTraceable = true
    private var isEncrypted = false
    private var hasText = false
    /// Why a part of HTML was left out.
    private var obstacle: HTMLTree.Obstacle?

    private init(charsets: NamedCharsets, from start: Int) {
        self.charsets = charsets
        ranges = AscendingRanges(from: start)
    }

    enum Outcome {
        /// A document, why parts of it are left out, and the files that the message carries.
        case document(Document, RemovedCharacters, leftOut: HTMLTree.Obstacle?, [MailAttachment])
        case encrypted
        case empty
    }

    /// - `number`: Of a message of a mailbox; nil for one alone.
    /// - `firstLine`: The line of the file at which the message begins.
    static func document(
        of message: MailPart, id: String, number: Int?, firstLine: Int, charsets: inout NamedCharsets
    ) -> Outcome {
        var message = message
        if message.mediaType == "message/rfc822", let inner = message.children.first, message.fields.fields.isEmpty {
            message = inner
        }
        var pass = MailMessageWriter(charsets: charsets, from: message.range.lowerBound)
        let subject = pass.header("subject", of: message)
        // Messages of a mailbox often have one subject.
        let place = [number.map(String.init), subject].compactMap(\.self).joined(separator: ": ")
        pass.writer.move(to: .message(place.isEmpty ? "1" : place))
        if let subject {
            pass.writer.begin(.heading(level: 1))
            pass.append(subject, message.fields.field("subject")?.value, in: message)
        }
        pass.write(message, depth: 0)
        if pass.isEncrypted, !pass.hasText { return .encrypted }
        for attachment in pass.attachments { pass.name(attachment) }
        let (metadata, attachments) = (pass.metadata(of: message, subject: subject), pass.attachments)
        charsets = pass.charsets
        let source =
            pass.isTraceable && message.buffer.isSource
            ? CleanSource(undecoded: message.buffer.bytes, in: message.range) : nil
        guard var written = pass.written(id, subject, metadata, source) else { return .empty }
        let map = written.0.sourceMap
        if map.base == .source, firstLine > 1 {
            written.0.sourceMap = SourceMap(
                segments: map.segments, lineStarts: map.lineStarts, firstLine: firstLine, places: map.places)
        }
        return .document(written.0, written.1, leftOut: pass.obstacle, attachments)
    }

    private consuming func written(
        _ id: String, _ title: String?, _ metadata: [String: MetadataValue], _ source: CleanSource?
    ) -> (Document, RemovedCharacters)? {
        writer.document(id: id, title: title, metadata: metadata, from: source).map { ($0.document, $0.removed) }
    }

    // MARK: Header

    /// A header value as clean text on one line; nil if it is absent or empty.
    private mutating func header(_ name: String, of part: MailPart) -> String? {
        part.fields.raw(name, in: part.buffer).flatMap { clean(charsets.text(ofHeader: $0)) }
    }

    private func clean(_ text: String) -> String? {
        guard let cleaned = try? TextCleaner.clean(Array(text.utf8)).text.joiningWords(), !cleaned.isEmpty else {
            return nil
        }
        return cleaned
    }

    private mutating func metadata(of message: MailPart, subject: String?) -> [String: MetadataValue] {
        var metadata: [String: MetadataValue] = [:]
        metadata["subject"] = subject.map { .string($0) }
        metadata["from"] = header("from", of: message).map { .string(MailAddresses.unquoted($0)) }
        for name in ["to", "cc"] {
            let addresses = message.fields.fields.filter { $0.name == name }.flatMap { field in
                MailAddresses.split(MailFields.unfolded(message.buffer.bytes[field.value]))
            }
            let names = addresses.prefix(1_000).compactMap {
                clean(charsets.text(ofHeader: $0)).map(MailAddresses.unquoted)
            }
            if !names.isEmpty { metadata[name] = .strings(names) }
        }
        metadata["date"] = header("date", of: message).flatMap(MailDate.iso8601).map { .string($0) }
        for name in ["message-id", "in-reply-to"] {
            metadata[name] = header(name, of: message).map { .string(MailAddresses.identifier($0)) }
        }
        return metadata
    }

    // MARK: Parts

    /// - `depth`: The number of messages around this one.
    private mutating func write(_ part: MailPart, depth: Int) {
        if part.isMultipart {
            writeMultipart(part, depth: depth)
        } else if part.isMessage, let message = part.children.first {
            writeNested(message, depth: depth + 1)
        } else if isCipher(part) {
            isEncrypted = true
        } else if part.isAttachment {
            let isSignature = part.mediaType.hasSuffix("-signature")
            if !isSignature { attachments.append(MailAttachment(part)) }
        } else {
            write(MailBody(part, charsets: &charsets), of: part)
        }
    }

    private mutating func write(_ body: MailBody, of part: MailPart) {
        obstacle = obstacle ?? body.obstacle
        guard body.weight > 0 else { return }
        if body.segments.isEmpty { isTraceable = false }
        body.text.withUnsafeBufferPointer { text in
            var lines = MailBodyWriter(text, body, bytes: part.buffer.bytes)
            let before = writer.count
            lines.write(to: &writer, &ranges)
            isEncrypted = isEncrypted || lines.isEncrypted
            hasText = hasText || writer.count > before
        }
    }

    private mutating func writeMultipart(_ part: MailPart, depth: Int) {
        switch part.mediaType {
        case "multipart/alternative":
            let chosen = alternative(of: part)
            for (index, child) in part.children.enumerated() {
                if index == chosen {
                    write(child, depth: depth)
                } else {
                    let files = child.parts { $0.isAttachment && $0.disposition == "attachment" }
                    attachments += files.map(MailAttachment.init)
                }
            }
        case "multipart/encrypted": isEncrypted = true
        case "multipart/related":
            for (index, child) in part.children.enumerated() {
                // The pictures of an HTML text are part of its appearance.
                let isPicture =
                    index > 0 && child.disposition != "attachment" && child.mediaType.hasPrefix("image/")
                    && child.fields.field("content-id") != nil
                if !isPicture { write(child, depth: depth) }
            }
        default: for child in part.children { write(child, depth: depth) }
        }
    }

    /// The alternative to read: plain text, or HTML if plain text is empty or much shorter.
    private mutating func alternative(of part: MailPart) -> Int {
        func leaf(_ child: MailPart, _ type: String) -> MailPart? {
            child.parts { $0.mediaType == type && !$0.isAttachment }.first
        }
        let rich = part.children.lastIndex { leaf($0, "text/html") != nil }
        guard let plain = part.children.firstIndex(where: { leaf($0, "text/plain") != nil }) else {
            return rich ?? part.children.lastIndex { $0.isText && !$0.isAttachment } ?? 0
        }
        guard let rich, rich != plain, let text = leaf(part.children[plain], "text/plain"),
            let html = leaf(part.children[rich], "text/html")
        else { return plain }
        let weight = MailBody(text, charsets: &charsets).weight
        // HTML that is short even with its markup need not be decoded.
        guard weight == 0 || html.body.count > weight * 4 else { return plain }
        let other = MailBody(html, charsets: &charsets).weight
        return weight == 0 && other > 0 || other > max(200, weight * 4) ? rich : plain
    }

    private func isCipher(_ part: MailPart) -> Bool {
        guard part.mediaType == "application/pkcs7-mime" || part.mediaType == "application/x-pkcs7-mime" else {
            return part.mediaType == "application/pgp-encrypted"
        }
        return part.contentType["smime-type"]?.lowercased() != "signed-data"
    }

    private mutating func writeNested(_ message: MailPart, depth: Int) {
        if let subject = header("subject", of: message) {
            writer.begin(.heading(level: min(6, depth + 1)))
            append(subject, message.fields.field("subject")?.value, in: message)
        }
        let facts = [("From", "from"), ("To", "to"), ("Date", "date")].compactMap { label, name in
            header(name, of: message).map { "\(label): \(MailAddresses.unquoted($0))" }
        }
        if !facts.isEmpty {
            writer.begin(.paragraph)
            append(facts.joined(separator: ", "), nil, in: message)
        }
        hasText = hasText || !facts.isEmpty
        write(message, depth: depth)
    }

    private mutating func name(_ attachment: MailAttachment) {
        let name = attachment.fileName.flatMap(clean) ?? "unnamed"
        writer.begin(.paragraph)
        writer.append(
            "Attachment: \(name) (\(attachment.mediaType), \(MailMessageWriter.size(attachment.bytes.count)))",
            source: ranges.admit(attachment.header))
        writer.end()
    }

    private static func size(_ count: Int) -> String {
        if count < 1_000 { return "\(count) bytes" }
        if count < 1_000_000 { return "\((count + 500) / 1_000) kB" }
        let tenths = (count + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) MB"
    }

    /// Appends text and ends its part.
    private mutating func append(_ text: String, _ source: Range<Int>?, in part: MailPart) {
        writer.append(text, source: part.buffer.isSource ? ranges.admit(source) : nil)
        writer.end()
    }
}

/// Addresses and identifiers of a header.
enum MailAddresses {
    /// The addresses of a list, which commas separate outside of quotation marks, brackets and comments.
    static func split(_ list: [UInt8]) -> [[UInt8]] {
        var addresses: [[UInt8]] = [[]]
        var isQuoted = false
        var depth = 0
        var isEscaped = false
        for byte in list {
            if !isEscaped {
                switch byte {
                case UInt8(ascii: "\""): isQuoted.toggle()
                case UInt8(ascii: "("), UInt8(ascii: "<"): depth += isQuoted ? 0 : 1
                case UInt8(ascii: ")"), UInt8(ascii: ">"): depth = max(0, depth - (isQuoted ? 0 : 1))
                default: break
                }
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if byte == UInt8(ascii: ","), !isQuoted, depth == 0 {
                addresses.append([])
            } else {
                addresses[addresses.count - 1].append(byte)
            }
        }
        return addresses.filter { $0.contains { $0 > 0x20 } }
    }

    /// An address without the quotation marks around its name.
    static func unquoted(_ address: String) -> String {
        var text = ""
        var isEscaped = false
        for character in address {
            if isEscaped || character != "\"" && character != "\\" { text.append(character) }
            isEscaped = character == "\\" && !isEscaped
        }
        text = text.joiningWords()
        return text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
    }

    /// An identifier, or several, without the brackets.
    static func identifier(_ text: String) -> String { text.filter { $0 != "<" && $0 != ">" }.joiningWords() }
}
