public import QuarryCore
import QuarryText

/// Reads RTF: headings, paragraphs, lists, tables and footnotes, which follow their paragraph.
///
/// Headings have an outline level or a style such as `heading 2`. The title is that of the file's information, or the
/// first heading of level 1; its author becomes metadata. Pictures, embedded objects, comments, page headers and hidden
/// text are left out. The map leads to the bytes of the file.
public struct RTFReader: Reader {
    public init() {}

    public var formatName: String { "RTF" }
    public var pathExtensions: Set<String> { ["rtf"] }
    public var version: String { "rtf/4" }

    public func read(_ source: Source) -> ReadResult {
        if source.bytes.isEmpty { return ReadResult(rejected: [.empty(source.id)]) }
        guard let start = RTFReader.start(of: source.bytes) else {
            return ReadResult(rejected: [
                Rejection(
                    source: source.id, reason: .unsupportedFormat,
                    message: "The file is not RTF: it does not begin with {\\rtf. Give it the extension of its format.")
            ])
        }
        return source.bytes.withUnsafeBufferPointer { bytes in
            var parse = RTFParse(bytes: bytes)
            parse.read(from: start)
            let stray = parse.strayBrace.map { brace in
                Rejection(
                    source: source.id, line: SourceMap.lineStarts(in: source.bytes[..<brace]).count,
                    reason: .undecodable,
                    message: "A brace closes the document before its end. The text after it was read.")
            }
            let output = parse.finish()
            var metadata: [String: MetadataValue] = [:]
            if !output.author.isEmpty { metadata["author"] = .string(output.author) }
            let clean = CleanSource(undecoded: source.bytes, in: 0..<bytes.count)
            let title = output.title.isEmpty ? nil : output.title
            guard let written = output.writer.document(id: source.id, title: title, metadata: metadata, from: clean)
            else {
                return ReadResult(rejected: [.empty(source.id)])
            }
            var document = written.document
            if document.title == nil { document.title = RTFReader.title(document.blocks) }
            return ReadResult(
                documents: [document], warnings: (stray.map { [$0] } ?? []) + written.removed.warnings(source.id),
                bidirectionalControls: written.removed.bidirectionalControls)
        }
    }

    /// The offset of `{\rtf`, before which only blanks or a byte-order mark may be.
    private static func start(of bytes: [UInt8]) -> Int? {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < min(bytes.count, 1_024), bytes[start] <= 0x20 { start += 1 }
        return bytes[start...].starts(with: "{\\rtf".utf8) ? start : nil
    }

    private static func title(_ blocks: [Block]) -> String? {
        for block in blocks {
            if case .heading(level: 1, let title) = block.kind, !title.isEmpty { return title }
        }
        return nil
    }
}
