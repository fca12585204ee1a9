import QuarryCore
import QuarryJSON

/// The formats that readers know.
public enum SourceFormat: String, Sendable, Hashable, Codable, CaseIterable {
    case plainText
    case markdown
    case jsonLines
}

/// Chooses a reader by a source's extension, or by its content where the extension says nothing.
public struct FormatRegistry: Sendable {
    /// What an extension says of a file.
    public enum Verdict: Sendable, Hashable {
        case format(SourceFormat)
        /// A recording, a picture, or what else was left to an ``AsyncReader``.
        case external
        /// Known, and not read here.
        case unsupported
        /// The content decides: UTF-8 text is plain text, lines of JSON objects are JSONL.
        case unknown
    }

    private var formats: [String: SourceFormat]
    /// Extensions that an ``AsyncReader`` takes care of.
    private var external: Set<String> = []

    /// Markdown (`md`, `markdown`, …), JSONL (`jsonl`, `ndjson`), and as plain text `txt`, logs, other light markup,
    /// configuration and source code.
    public init() {
        formats = [:]
        for name in FormatRegistry.markdown { formats[name] = .markdown }
        for name in FormatRegistry.jsonLines { formats[name] = .jsonLines }
        for name in FormatRegistry.plainText { formats[name] = .plainText }
    }

    /// Reads files of an extension, written without its dot, as a format.
    public mutating func register(_ pathExtension: String, as format: SourceFormat) {
        formats[pathExtension.lowercased()] = format
    }

    /// Leaves files of some extensions, written without their dots, to an ``AsyncReader``.
    public mutating func leave(_ pathExtensions: Set<String>) {
        for name in pathExtensions { external.insert(name.lowercased()) }
    }

    /// Whether there is a reader for a file, as far as its name tells.
    public func isRead(_ path: String) -> Bool {
        switch verdict(forPath: path) {
        case .format, .unknown: true
        case .external: FormatRegistry.pathExtension(of: path).map(external.contains) ?? false
        case .unsupported: false
        }
    }

    public func verdict(forPath path: String) -> Verdict {
        guard let name = FormatRegistry.pathExtension(of: path) else { return .unknown }
        if external.contains(name) || FormatRegistry.media.contains(name) { return .external }
        if let format = formats[name] { return .format(format) }
        return FormatRegistry.unsupported.contains(name) ? .unsupported : .unknown
    }

    /// Reads a source by its name, or as the format that is given.
    ///
    /// Where no reader fits, a source that was named explicitly is rejected with a reason, any other is skipped. Text
    /// that is damaged, or in an encoding that is not read, is rejected either way.
    public func read(_ source: Source, as format: SourceFormat? = nil) throws -> ReadResult {
        if let format { return try reader(for: format).read(source) }
        switch verdict(forPath: source.id) {
        case .format(let format): return try reader(for: format).read(source)
        case .unsupported, .external: return unsupported(source)
        case .unknown: break
        }
        if FormatRegistry.hasForeignSignature(source.bytes) { return unsupported(source) }
        let sniffed = FormatRegistry.looksLikeJSONLines(source.bytes) ? SourceFormat.jsonLines : .plainText
        let result = try reader(for: sniffed).read(source)
        let isForeign =
            result.documents.isEmpty
            && result.rejected.allSatisfy { $0.reason == .binary || $0.reason == .unsupportedFormat }
        guard isForeign, !source.isExplicit, let reason = result.rejected.first else { return result }
        return ReadResult(skipped: reason)
    }

    private func reader(for format: SourceFormat) -> any Reader {
        switch format {
        case .plainText: PlainTextReader()
        case .markdown: MarkdownReader()
        case .jsonLines: JSONLReader()
        }
    }

    private func unsupported(_ source: Source) -> ReadResult {
        let reason = Rejection.unsupported(source.id)
        return source.isExplicit ? ReadResult(rejected: [reason]) : ReadResult(skipped: reason)
    }

    /// What stands behind the last dot of a file's name, in lower case; nil where there is nothing.
    package static func pathExtension(of path: String) -> String? {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        let text = name[name.index(after: dot)...]
        return text.isEmpty ? nil : text.lowercased()
    }

    /// First bytes of files that may pass for text but are another format.
    private static func hasForeignSignature(_ bytes: [UInt8]) -> Bool {
        for signature in ["%PDF-", "{\\rtf", "<!DOCTYPE html", "<!doctype html", "<html", "<?xml", "PK\u{3}\u{4}"] {
            if bytes.starts(with: signature.utf8) { return true }
        }
        return false
    }

    /// Whether the first line is an object with a member `"text"`.
    private static func looksLikeJSONLines(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == UInt8(ascii: "{") else { return false }
        let end = bytes.prefix(1 << 20).firstIndex(of: 0x0A) ?? min(bytes.count, 1 << 20)
        return bytes.withUnsafeBufferPointer { buffer in
            var cursor = JSONCursor(buffer, in: 0..<end)
            var hasText = false
            do {
                try cursor.spans { key, cursor in
                    hasText = hasText || buffer[key.contents].elementsEqual("text".utf8)
                    try cursor.skip()
                }
                try cursor.end()
            } catch {
                return false
            }
            return hasText
        }
    }
}

extension Rejection {
    package static func unsupported(_ id: String) -> Rejection {
        Rejection(
            source: id, reason: .unsupportedFormat,
            message: "No reader knows this format. Plain text, Markdown and JSONL are read; convert it to one of them.")
    }
}

extension FormatRegistry {
    private static let markdown = ["md", "markdown", "mdown", "mkd", "mdx", "qmd"]
    private static let jsonLines = ["jsonl", "ndjson"]
    private static let plainText = [
        "txt", "text", "log", "rst", "org", "adoc", "asciidoc", "tex", "textile", "srt", "me", "diff", "patch",
        "swift", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "m", "mm", "rs", "go", "java", "kt", "kts", "scala", "cs",
        "py", "rb", "pl", "pm", "php", "lua", "js", "mjs", "cjs", "jsx", "ts", "tsx", "sh", "bash", "zsh", "fish",
        "sql", "r", "jl", "hs", "ml", "mli", "ex", "exs", "erl", "clj", "dart", "zig", "nim", "css", "scss", "less",
        "proto", "graphql", "cmake", "mk", "gradle", "toml", "yaml", "yml", "ini", "cfg", "conf", "properties", "env",
    ]
    /// What models for speech and pictures commonly take.
    private static let media: Set<String> = [
        "flac", "gif", "jpeg", "jpg", "m4a", "mp3", "mp4", "mpeg", "mpga", "ogg", "png", "wav", "webm", "webp",
    ]
    /// Formats that hold text which a plain reading would show as markup or noise, and common binary ones.
    private static let unsupported: Set<String> = [
        "html", "htm", "xhtml", "xml", "json", "csv", "tsv", "pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods",
        "ppt", "pptx", "odp", "epub", "mobi", "djvu", "ipynb", "eml", "msg", "bmp", "tif", "tiff", "ico", "svg",
        "heic", "avi", "mov", "mkv", "zip", "gz", "bz2", "xz", "zst", "7z", "rar", "tar", "tgz", "jar", "class", "o",
        "a", "so", "dylib",
        "dll", "exe", "bin", "wasm", "pyc", "db", "sqlite", "sqlite3", "quarry", "quarry-wal",
        "quarry-shm", "quarry-lock", "db-wal", "db-shm", "sqlite-wal", "sqlite-shm", "ttf", "otf", "woff", "woff2",
        "safetensors", "gguf", "onnx", "pt", "npy", "npz", "parquet", "iso", "dmg", "deb", "rpm",
    ]
}
