public import QuarryCore
import QuarryText

/// Reads mail: one document for a message (EML), and one for each message of a mailbox (MBOX).
///
/// The subject is the title and the first heading. Metadata has `from`, `to`, `cc`, `date` (ISO 8601), `message-id`,
/// `in-reply-to` and `subject`. Plain text is preferred to HTML, unless it is empty or much shorter. Text of other
/// messages that is repeated below is a quotation. Messages within a message follow it; attachments are named.
///
/// In a ``ReaderRegistry``, attachments are documents of their own, `<source>/<file name>`, or in a mailbox
/// `<source>/<number>/<file name>`. They have the subject, sender and date of their message as metadata.
///
/// A mailbox with more than one message names them `<source>#<number>`. The map of a document leads to the bytes of
/// the file, unless its text is in base64 or HTML.
public struct MailReader: Reader {
    private let limits: MemberLimits

    public init() { self.init(limits: MemberLimits()) }

    /// - `limits`: Of the attachments of all messages together.
    package init(limits: MemberLimits) { self.limits = limits }

    public var formatName: String { "mail" }
    public var pathExtensions: Set<String> { ["eml", "mbox"] }
    public var version: String { "mail/3" }

    public func read(_ source: Source) -> ReadResult {
        guard var pass = MailPass(source, limits) else { return MailPass.unreadable(source) }
        while let letter = pass.next() { pass.leaveOut(letter.attachments) }
        return pass.finish()
    }
}

extension MailReader: ContainerReader {
    package var obstacleInside: String? { nil }

    package func read(_ source: Source, members: any MemberReader) async throws -> ReadResult {
        guard var pass = MailPass(source, limits) else { return MailPass.unreadable(source) }
        while let letter = pass.next() { try await pass.read(letter, members) }
        return pass.finish()
    }
}

/// Reads the messages of one source, one after the other.
private struct MailPass {
    /// The files that a message carries.
    struct Letter {
        var attachments: [(name: String, file: MailAttachment)] = []
        /// Facts of the message.
        var metadata: [String: MetadataValue] = [:]
    }

    /// A longer message is rejected.
    private static let maximumLength = 128 << 20

    private let source: Source
    private let buffer: MailBuffer
    private let entries: [Mailbox.Entry]
    /// The number of messages that were read.
    private var position = 0
    private var parser = MailParser()
    private var names = MemberNames()
    private var result = ReadResult()
    private var rejected = RejectedRecords()
    private var budget: MemberBudget
    private var isFull = false

    private var isNumbered: Bool { entries.count > 1 }

    /// Nil if the source holds no message.
    init?(_ source: Source, _ limits: MemberLimits) {
        if source.bytes.isEmpty { return nil }
        var buffer = MailBuffer(bytes: source.bytes)
        switch EncodingDetector.byteOrderMark(of: source.bytes) {
        case .utf8?, nil: break
        case let wide?:
            guard let decoded = try? TextDecoder.decode(source.bytes, as: wide) else { return nil }
            buffer = MailBuffer(bytes: Array(decoded.utf8.drop { $0 >= 0x80 }), isSource: false)
        }
        let start = buffer.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var entries = [Mailbox.Entry(range: start..<buffer.bytes.count, firstLine: 1)]
        if pathExtension(of: source.id) == "mbox", buffer.bytes[start...].starts(with: "From ".utf8) {
            buffer.isMailbox = true
            entries = Mailbox.entries(buffer.bytes)
        }
        (self.source, self.buffer, self.entries) = (source, buffer, entries)
        budget = MemberBudget(limits)
    }

    static func unreadable(_ source: Source) -> ReadResult {
        ReadResult(rejected: [source.bytes.isEmpty ? .empty(source.id) : .binary(source.id)])
    }

    /// Reads the next message; nil after the last one, and if the task is cancelled.
    mutating func next() -> Letter? {
        guard position < entries.count, !Task.isCancelled else { return nil }
        let entry = entries[position]
        position += 1
        guard entry.range.count <= Self.maximumLength else {
            return reject(entry, .tooLarge, "The message is larger than 128 MiB.")
        }
        let message = parser.message(buffer, in: entry.range)
        guard !message.fields.fields.isEmpty else {
            let isBinary = buffer.bytes[entry.range].prefix(8192).contains(0)
            return reject(
                entry, isBinary ? .binary : .brokenRecord,
                "This is not a mail message: it does not begin with header fields, such as \"From: …\".")
        }
        if let omission = parser.omission { warn(entry, omission) }
        switch MailMessageWriter.document(
            of: message, id: isNumbered ? "\(source.id)#\(position)" : source.id,
            number: isNumbered ? position : nil, firstLine: entry.firstLine, charsets: &parser.charsets)
        {
        case .document(let document, let removed, let obstacle, let files):
            if let obstacle { warn(entry, "The HTML of the message is left out: \(obstacle).") }
            result.documents.append(document)
            result.bidirectionalControls += removed.bidirectionalControls
            result.warnings += removed.warnings(source.id)
            return letter(files, of: document)
        case .encrypted:
            return reject(entry, .encrypted, "The message is encrypted. Save it decrypted to have it read.")
        case .empty where isNumbered: break
        case .empty: rejected.append(.empty(source.id))
        }
        return Letter()
    }

    private mutating func letter(_ files: [MailAttachment], of message: Document) -> Letter {
        var letter = Letter()
        for file in files {
            let name = isNumbered ? "\(position)/\(file.name)" : file.name
            letter.attachments.append((names.name(for: name).name, file))
        }
        for name in ["subject", "from", "date"] { letter.metadata[name] = message.metadata[name] }
        return letter
    }

    // MARK: Attachments

    /// Reads the attachments of a message.
    mutating func read(_ letter: Letter, _ members: any MemberReader) async throws {
        for (name, file) in letter.attachments {
            try Task.checkCancellation()
            if let obstacle = members.obstacle(to: name, of: source) {
                result.unread.append(obstacle)
            } else if !isFull, let exhaustion = budget.exhaustion {
                isFull = true
                result.warnings.append(
                    Rejection(
                        source: source.id, reason: .tooLarge,
                        message: "The attachments are \(exhaustion). \(name) and those after it are left out."))
            } else if !isFull {
                let member = try await members.read(name, file.bytes, of: source, metadata: letter.metadata)
                budget.count(member)
                result.add(member)
            }
        }
    }

    /// Names attachments that are not read.
    mutating func leaveOut(_ attachments: [(name: String, file: MailAttachment)]) {
        result.unread += attachments.map { name, _ in
            Rejection(
                source: "\(source.id)/\(name)", reason: .unsupportedFormat,
                message: "It is a file of a mail inside of another file. Take the mail out to have it read.")
        }
    }

    // MARK: Faults

    private mutating func reject(_ entry: Mailbox.Entry, _ reason: Rejection.Reason, _ message: String) -> Letter {
        rejected.append(Rejection(source: source.id, line: line(of: entry), reason: reason, message: message))
        return Letter()
    }

    private mutating func warn(_ entry: Mailbox.Entry, _ message: String) {
        result.warnings.append(
            Rejection(source: source.id, line: line(of: entry), reason: .undecodable, message: message))
    }

    private func line(of entry: Mailbox.Entry) -> Int? { isNumbered ? entry.firstLine : nil }

    func finish() -> ReadResult {
        var result = result
        result.rejected = rejected.all + result.rejected
        if result.documents.isEmpty, result.rejected.isEmpty {
            return ReadResult(rejected: [.empty(source.id)], unread: result.unread)
        }
        return result
    }
}
