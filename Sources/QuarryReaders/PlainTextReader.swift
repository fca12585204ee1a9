public import QuarryCore
import QuarryText

/// Reads a source as one document without structure: plain text, logs, source code.
///
/// UTF-8, UTF-16 and UTF-32 with or without a byte-order mark, Windows-1251, KOI8-R, IBM866, ISO-8859-5, Mac Cyrillic
/// and Windows-1252. The 8-bit ones are guessed by their letters, which a warning says.
public struct PlainTextReader: Reader {
    public init() {}

    public var pathExtensions: Set<String> { ReaderRegistry.plainText }
    public var version: String { "text/2" }

    public func read(_ source: Source) -> ReadResult {
        do {
            let clean = try CleanSource(source)
            return ReadResult(
                documents: [Document(id: source.id, text: clean.text, sourceMap: clean.sourceMap)],
                warnings: clean.warnings,
                bidirectionalControls: clean.removed.bidirectionalControls)
        } catch {
            return ReadResult(rejected: [error])
        }
    }
}
