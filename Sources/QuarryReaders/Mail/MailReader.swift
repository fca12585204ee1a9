public import QuarryCore
import QuarryText

/// Reads mail: one document for a message (EML), and one for each message of a mailbox (MBOX).
///
/// The subject is the title and the first heading. Metadata has `from`, `to`, `cc`, `date` (ISO 8601), `message-id`,
/// `in-reply-to` and `subject`. Plain text is preferred to HTML, unless it is empty or much shorter. Text of other
/// messages that is repeated below is a quotation. Messages within a message follow it; attachments are named.
///
/// A mailbox with more than one message names them `<source>#<number>`. The map of a document leads to the bytes of
/// the file, unless its text is in base64 or HTML.
public struct MailReader: Reader {
    /// A longer message is rejected.
    private static let maximumLength = 128 << 20

    public init() {}

    public var formatName: String { "mail" }
    public var pathExtensions: Set<String> { ["eml", "mbox"] }
    public var version: String { "mail/2" }

    public func read(_ source: Source) -> ReadResult {
        if source.bytes.isEmpty { return ReadResult(rejected: [.empty(source.id)]) }
        var buffer = MailBuffer(bytes: source.bytes)
        switch EncodingDetector.byteOrderMark(of: source.bytes) {
        case .utf8?, nil: break
        case let wide?:
            guard let decoded = try? TextDecoder.decode(source.bytes, as: wide) else {
                return ReadResult(rejected: [.binary(source.id)])
            }
            buffer = MailBuffer(bytes: Array(decoded.utf8.drop { $0 >= 0x80 }), isSource: false)
        }
        let start = buffer.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let isMailbox =
            pathExtension(of: source.id) == "mbox" && buffer.bytes[start...].starts(with: "From ".utf8)
        var entries = [Mailbox.Entry(range: start..<buffer.bytes.count, firstLine: 1)]
        if isMailbox {
            buffer.isMailbox = true
            entries = Mailbox.entries(buffer.bytes)
        }
        var pass = MailPass(source: source.id, buffer: buffer, isNumbered: entries.count > 1)
        for (index, entry) in entries.enumerated() where !pass.isCancelled { pass.read(entry, number: index + 1) }
        return pass.finish()
    }

    /// Reads the messages of one source.
    private struct MailPass {
        let source: String
        let buffer: MailBuffer
        let isNumbered: Bool
        private var parser = MailParser()
        private var result = ReadResult()
        private var rejected = RejectedRecords()

        var isCancelled: Bool { Task.isCancelled }

        init(source: String, buffer: MailBuffer, isNumbered: Bool) {
            self.source = source
            self.buffer = buffer
            self.isNumbered = isNumbered
        }

        mutating func read(_ entry: Mailbox.Entry, number: Int) {
            guard entry.range.count <= MailReader.maximumLength else {
                return reject(entry, .tooLarge, "The message is larger than 128 MiB.")
            }
            let message = parser.message(buffer, in: entry.range)
            guard !message.fields.fields.isEmpty else {
                let isBinary = buffer.bytes[entry.range].prefix(8192).contains(0)
                return reject(
                    entry, isBinary ? .binary : .brokenRecord,
                    "This is not a mail message: it does not begin with header fields, such as \"From: …\".")
            }
            let id = isNumbered ? "\(source)#\(number)" : source
            switch MailMessageWriter.document(
                of: message, id: id, number: number, firstLine: entry.firstLine, charsets: &parser.charsets)
            {
            case .document(let document, let removed, let isComplete):
                if !isComplete {
                    result.warnings.append(
                        Rejection(
                            source: source, line: isNumbered ? entry.firstLine : nil, reason: .undecodable,
                            message: "The HTML of the message is nested too deeply, and is left out."))
                }
                result.documents.append(document)
                result.bidirectionalControls += removed.bidirectionalControls
                result.warnings += removed.warnings(source)
            case .encrypted:
                reject(entry, .encrypted, "The message is encrypted. Save it decrypted to have it read.")
            case .empty where isNumbered: break
            case .empty: rejected.append(.empty(source))
            }
        }

        private mutating func reject(_ entry: Mailbox.Entry, _ reason: Rejection.Reason, _ message: String) {
            rejected.append(
                Rejection(source: source, line: isNumbered ? entry.firstLine : nil, reason: reason, message: message))
        }

        func finish() -> ReadResult {
            var result = result
            result.rejected = rejected.all
            if result.documents.isEmpty, result.rejected.isEmpty { return ReadResult(rejected: [.empty(source)]) }
            return result
        }
    }
}
