public import QuarryCore
import QuarryText

/// Reads a source as one document without structure: plain text, configuration.
///
/// The source may be in any ``TextEncoding``. Unicode needs no byte-order mark, and ISO 2022 is recognised by its
/// escape sequences. Other encodings are guessed by their letters, with a warning.
public struct PlainTextReader: Reader {
    public init() {}

    public var formatName: String { "plain text, configuration" }
    public var pathExtensions: Set<String> { Self.pathExtensions }
    public var version: String { "text/4" }

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

    private static let pathExtensions: Set<String> = [
        "txt", "text", "textile", "me", "diff", "patch", "css", "scss", "less", "cmake", "mk", "toml", "yaml", "yml",
        "ini", "cfg", "conf", "properties", "env",
    ]
}
