public import QuarryCore
import QuarryText

/// Reads captions and subtitles: SubRip (SRT) and WebVTT.
///
/// Cues are joined into paragraphs of some 30 seconds; a pause of more than 2 seconds ends one, too. The place of a
/// paragraph is its time. Markup, positions and comments are left out. The name of a speaker (`<v Anna>`) is written before
/// the words, as in `Anna: Hello.` A file without times is read as plain text.
public struct CaptionReader: Reader {
    public init() {}

    public var formatName: String { "captions" }
    public var pathExtensions: Set<String> { ["srt", "vtt"] }
    public var version: String { "captions/2" }

    private static let paragraphLength = 30.0
    /// The maximum length of a paragraph that does not end with a sentence.
    private static let maximumLength = 45.0
    private static let pause = 2.0

    public func read(_ source: Source) -> ReadResult {
        do throws(Rejection) {
            let clean = try CleanSource(source)
            let bytes = Array(clean.text.utf8)
            let cues = bytes.withUnsafeBufferPointer { CaptionParser($0).cues() }
            guard !cues.isEmpty else { return PlainTextReader().read(source) }
            let written = bytes.withUnsafeBufferPointer { document(of: cues, $0, id: source.id, from: clean) }
            guard let written else { throw Rejection.empty(source.id) }
            return ReadResult(
                documents: [written.document], warnings: clean.warnings,
                bidirectionalControls: clean.removed.bidirectionalControls)
        } catch {
            return ReadResult(rejected: [error])
        }
    }

    private func document(
        of cues: [CaptionCue], _ bytes: UnsafeBufferPointer<UInt8>, id: String, from clean: CleanSource
    ) -> (document: Document, removed: RemovedCharacters)? {
        var writer = DocumentWriter()
        var start = 0
        while start < cues.count {
            var end = start + 1
            var last = cues[start].end
            while end < cues.count, !isBreak(cues[end - 1], cues[end], from: cues[start].start, to: last, bytes) {
                last = max(last, cues[end].end)
                end += 1
            }
            writer.move(to: .time(from: cues[start].start, to: last))
            writer.begin(.paragraph)
            write(cues[start..<end], bytes, to: &writer)
            writer.end()
            start = end
        }
        return writer.document(id: id, from: clean)
    }

    /// Whether a paragraph ends between two cues.
    private func isBreak(
        _ cue: CaptionCue, _ next: CaptionCue, from start: Double, to end: Double, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if next.start - end > Self.pause || next.start < start { return true }
        let length = next.start - start
        if length >= Self.maximumLength { return true }
        return length >= Self.paragraphLength && cue.endsSentence(bytes)
    }

    private func write(
        _ cues: ArraySlice<CaptionCue>, _ bytes: UnsafeBufferPointer<UInt8>, to writer: inout DocumentWriter
    ) {
        var speaker: String?
        for cue in cues {
            for piece in cue.pieces {
                switch piece {
                case .speaker(let range):
                    let name = String(decoding: bytes[range], as: UTF8.self).joiningWords()
                    guard name != speaker, !name.isEmpty else { continue }
                    speaker = name
                    writer.append(" ")
                    writer.append(name, source: range)
                    writer.append(": ")
                case .text(let range):
                    writer.append(UnsafeBufferPointer(rebasing: bytes[range]), source: range)
                case .character(let text, let range): writer.append(text, source: range)
                }
            }
            writer.append(" ")
        }
    }
}
