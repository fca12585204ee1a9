public import QuarryCore

/// Reads web pages that a browser saved with their pictures in one file (MHTML), as ``HTMLReader`` reads pages.
///
/// The page is the part that the file names as its beginning, or the first page in it. Frames and pictures are left
/// out. The source map leads to the bytes of the file, unless the page is in base64.
public struct MHTMLReader: Reader {
    private let html: HTMLReader

    /// - `keepsHidden`: Whether text is kept that the page does not show.
    public init(keepsHidden: Bool = false) { html = HTMLReader(keepsHidden: keepsHidden) }

    public var formatName: String { "saved web pages" }
    public var pathExtensions: Set<String> { ["mht", "mhtml"] }
    public var version: String { "mhtml/1 \(html.version)" }

    public func read(_ source: Source) -> ReadResult {
        guard !source.bytes.isEmpty else { return ReadResult(rejected: [.empty(source.id)]) }
        let start = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var parser = MailParser()
        let message = parser.message(MailBuffer(bytes: source.bytes), in: start..<source.bytes.count)
        guard !message.fields.fields.isEmpty, let page = Self.page(of: message) else {
            return ReadResult(rejected: [
                Rejection(
                    source: source.id, reason: .unsupportedFormat,
                    message: "It holds no web page, as MHTML does. Save the page anew.")
            ])
        }
        let content = page.content
        let decoded = parser.charsets.decode(content.bytes, charset: page.contentType["charset"])
        var result = html.read(Source(id: source.id, bytes: decoded.utf8))
        for index in result.documents.indices {
            trace(&result.documents[index], SourceMap.composition(of: decoded.segments, over: content.segments), source)
            addFacts(to: &result.documents[index], page, message, &parser.charsets)
        }
        return result
    }

    private static func page(of message: MailPart) -> MailPart? {
        let pages = message.parts { $0.mediaType == "text/html" || $0.mediaType == "application/xhtml+xml" }
        guard let start = message.contentType["start"] else { return pages.first }
        return pages.first { part in
            part.fields.raw("content-id", in: part.buffer).map { String(decoding: $0, as: UTF8.self) } == start
        } ?? pages.first
    }

    /// Lets the map of a document lead to the bytes of the file.
    ///
    /// - `segments`: From the text of the page to the file; empty if they cannot be traced.
    private func trace(_ document: inout Document, _ segments: [SourceMap.Segment], _ source: Source) {
        let map = document.sourceMap
        guard map.base == .source, !segments.isEmpty else {
            document.sourceMap.base = .text
            return
        }
        document.sourceMap = SourceMap(
            segments: SourceMap.composition(of: map.segments, over: segments),
            lineStarts: SourceMap.lineStarts(in: source.bytes), places: map.places)
    }

    /// Adds what the file says about the page, and the page does not.
    private func addFacts(
        to document: inout Document, _ page: MailPart, _ message: MailPart, _ charsets: inout NamedCharsets
    ) {
        func text(_ name: String, of part: MailPart) -> String? {
            part.fields.raw(name, in: part.buffer).map { charsets.text(ofHeader: $0) }.flatMap {
                $0.isEmpty || $0.utf8.count > 4096 ? nil : $0
            }
        }
        document.title = document.title ?? text("subject", of: message)
        let address = text("snapshot-content-location", of: message) ?? text("content-location", of: page)
        document.metadata["url"] = document.metadata["url"] ?? address.map { .string($0) }
        let date = text("date", of: message).flatMap(MailDate.iso8601)
        document.metadata["saved"] = document.metadata["saved"] ?? date.map { .string($0) }
    }
}
