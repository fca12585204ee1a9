public import QuarryCore
import QuarryJSON

/// Chooses a reader by a source's media type or extension, or by its content if neither is known.
///
/// Readers are values: a reader that is registered later replaces earlier ones for its extensions.
public struct ReaderRegistry: Sendable {
    /// How the readers read.
    public let options: ReadingOptions
    /// Whether encrypted files can be opened that could not be before.
    package let hasPassword: Bool
    private var readers: [any Reader]
    private var kinds: [String: Kind] = [:]
    /// Added to the version of each reader that needs no model, by who stores what is made of its documents. Another
    /// suffix means that the files are read again.
    package var cutting = ""

    /// How files with an extension are handled.
    private enum Kind: Hashable {
        /// A position in ``readers``.
        case reader(Int)
        /// A recording or picture without a reader.
        case needsModel
        /// A known format without a reader.
        case unsupported
        /// An unknown extension: the content decides.
        case unknown
    }

    /// Creates a registry of all formats that need no model: text and its markups, web pages, PDF, books, mail, office files,
    /// tables, JSON, notebooks, captions, XML, configuration and source code.
    ///
    /// - Parameters:
    ///   - options: How they read.
    ///   - password: Opens encrypted PDF files.
    public init(_ options: ReadingOptions = ReadingOptions(), password: String? = nil) {
        self.options = options
        hasPassword = password != nil
        readers = []
        let hidden = options.keepsHiddenText
        let readers: [any Reader] = [
            PlainTextReader(), MarkdownReader(), HTMLReader(keepsHidden: hidden),
            PDFReader(password: password, ocr: options.ocr),
            EPUBReader(keepsHidden: hidden), MailReader(), RTFReader(),
            DOCXReader(keepsHidden: hidden), PPTXReader(), XLSXReader(), ODTReader(), ODPReader(), ODSReader(),
            CSVReader(),
            JSONReader(paths: options.records), JSONLReader(paths: options.records), NotebookReader(), CaptionReader(),
            XMLReader(), SourceCodeReader(), RSTReader(), AsciiDocReader(), OrgReader(), LaTeXReader(), ManReader(),
            LogReader(),
        ]
        for reader in readers { register(reader) }
        if let ocr = options.ocr { register(PictureTextReader(ocr)) }
    }

    /// A format that files can have.
    public struct Format: Sendable, Hashable, Codable {
        public var name: String
        /// In lower case and without dots, in alphabetical order.
        public var pathExtensions: [String]
        /// Why its files cannot be read on this machine; nil if they can.
        public var obstacle: String?
    }

    /// The formats that the readers read, in the order of their registration.
    public var formats: [Format] {
        readers.indices.compactMap { index in
            let names = kinds.filter { $0.value == .reader(index) }.keys.sorted()
            let reader = readers[index]
            return names.isEmpty
                ? nil : Format(name: reader.formatName, pathExtensions: names, obstacle: reader.obstacle)
        }
    }

    /// The formats that are known and not read: recordings and pictures without a model, and the others.
    public var unreadFormats: [Format] {
        let media = Self.media.filter { kinds[$0] == nil }.sorted()
        let others = Self.unsupported.filter { kinds[$0] == nil }.sorted()
        return [
            Format(name: "recordings and pictures", pathExtensions: media, obstacle: "only a model reads them"),
            Format(name: "others", pathExtensions: others, obstacle: "convert them first"),
        ].filter { !$0.pathExtensions.isEmpty }
    }

    /// Registers a reader for the files of its extensions.
    public mutating func register(_ reader: any Reader) {
        for name in reader.pathExtensions { kinds[name.lowercased()] = .reader(readers.count) }
        readers.append(reader)
    }

    /// Whether there is a reader for a file, judged by its name and its media type, if it has one.
    public func reads(_ path: String, mediaType: String? = nil) -> Bool {
        switch kind(of: path, mediaType) {
        case .reader, .unknown: true
        case .needsModel, .unsupported: false
        }
    }

    /// Whether a file is a recording or picture without a registered model.
    public func needsModel(_ path: String) -> Bool { kind(of: path) == .needsModel }

    /// The model reader for a file; nil if none is needed or registered.
    public func modelReader(of path: String, mediaType: String? = nil) -> (any ModelReader)? {
        guard case .reader(let index) = kind(of: path, mediaType) else { return nil }
        return readers[index].modelReader
    }

    /// Whether the same reader handles two files, judged by their names, and they have the same labels.
    public func readsAlike(_ a: String, _ b: String) -> Bool {
        kind(of: a) == kind(of: b) && options.labels.labels(of: a) == options.labels.labels(of: b)
    }

    /// The version of the reader of a file; nil without a reader. Files recognised by content have the version of plain
    /// text. The options that change the documents of every reader are a part of the version.
    public func version(of path: String, mediaType: String? = nil) -> String? {
        let version: String?
        switch kind(of: path, mediaType) {
        case .reader(let index):
            version = readers[index].version + (readers[index].modelReader == nil ? cutting : "")
        case .unknown: version = reader(for: "txt").map { $0.version + cutting }
        case .needsModel, .unsupported: version = nil
        }
        return version.map { $0 + versionSuffix(of: path) }
    }

    /// What the options add to the version of the reader of a source.
    package func versionSuffix(of source: String) -> String {
        options.redaction.versionSuffix + options.labels.versionSuffix(of: source)
    }

    private func kind(of path: String, _ mediaType: String? = nil) -> Kind {
        let name: String?
        if let mediaType = mediaType.map({ MediaType($0) }) {
            // A server gives types that say nothing, such as text/plain for Markdown.
            let own = mediaType.isGeneric ? pathExtension(ofAddress: path) : nil
            name = own.flatMap { kinds[$0] == nil ? nil : $0 } ?? mediaType.pathExtension
        } else {
            name = pathExtension(of: path)
        }
        guard let name else { return .unknown }
        if let kind = kinds[name] { return kind }
        if ReaderRegistry.media.contains(name) { return .needsModel }
        return ReaderRegistry.unsupported.contains(name) ? .unsupported : .unknown
    }

    private func reader(for pathExtension: String) -> (any Reader)? {
        guard case .reader(let index)? = kinds[pathExtension] else { return nil }
        return readers[index]
    }

    /// Reads a source with the reader for its name, or for its content if the name is unknown.
    ///
    /// Without a matching reader or without text, an explicit source is rejected with a reason, and any other is skipped.
    /// Text that is damaged, or in an unknown encoding, is rejected in both cases.
    public func read(_ source: Source) async throws -> ReadResult {
        let result = options.finished(try await readFully(source), of: source.id)
        guard !source.isExplicit, result.rejected.count == 1, let reason = result.rejected.first,
            reason.reason == .empty || reason.reason == .scanned, reason.line == nil
        else { return result }
        return ReadResult(skipped: reason)
    }

    /// A document that was made without a reader, with what the options change in every document.
    package func finished(_ document: Document) -> Document {
        options.finished(ReadResult(documents: [document]), of: document.id).documents[0]
    }

    private func readFully(_ source: Source) async throws -> ReadResult {
        switch kind(of: source.id, source.mediaType) {
        case .reader(let index): return try await readers[index].read(source)
        case .unsupported, .needsModel: return unsupported(source)
        case .unknown: break
        }
        guard let reader = reader(for: ReaderRegistry.format(of: source.bytes)) else { return unsupported(source) }
        let result = try await reader.read(source)
        let isForeign =
            result.documents.isEmpty
            && result.rejected.allSatisfy { $0.reason == .binary || $0.reason == .unsupportedFormat }
        guard isForeign, !source.isExplicit, let reason = result.rejected.first else { return result }
        return ReadResult(skipped: reason)
    }

    private func unsupported(_ source: Source) -> ReadResult {
        let reason = Rejection.unsupported(source.id)
        return source.isExplicit ? ReadResult(rejected: [reason]) : ReadResult(skipped: reason)
    }

    /// The extension of the format that the first bytes show; that of plain text for others.
    private static func format(of bytes: [UInt8]) -> String {
        if let known = signatures.first(where: { bytes.starts(with: $0.signature.utf8) }) { return known.pathExtension }
        return looksLikeJSONLines(bytes) ? "jsonl" : "txt"
    }

    private static let signatures = [
        ("%PDF-", "pdf"), ("{\\rtf", "rtf"), ("<!DOCTYPE html", "html"), ("<!doctype html", "html"), ("<html", "html"),
        ("<?xml", "xml"), ("PK\u{3}\u{4}", "zip"),
    ].map { (signature: $0.0, pathExtension: $0.1) }

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
            message: "This format is not supported. Convert it to plain text, Markdown or JSONL.")
    }
}

extension ReaderRegistry {
    /// Common formats of models for speech and pictures.
    private static let media: Set<String> = [
        "flac", "gif", "jpeg", "jpg", "m4a", "mp3", "mp4", "mpeg", "mpga", "ogg", "png", "wav", "webm", "webp",
    ]
    /// Markup formats that plain text reading would show as noise, and common binary formats.
    private static let unsupported: Set<String> = [
        "doc", "xls", "xlsb", "ppt", "mobi", "djvu", "msg", "bmp", "tif", "tiff", "ico", "svg", "heic", "avi", "mov",
        "mkv",
        "zip", "gz", "bz2", "xz", "zst", "7z", "rar", "tar", "tgz", "jar", "class", "o", "a", "so", "dylib", "dll",
        "exe",
        "bin", "wasm", "pyc", "db", "sqlite", "sqlite3", "quarry", "quarry-wal", "quarry-shm", "quarry-lock", "db-wal",
        "db-shm", "sqlite-wal", "sqlite-shm", "ttf", "otf", "woff", "woff2", "safetensors", "gguf", "onnx", "pt", "npy",
        "npz", "parquet", "iso", "dmg", "deb", "rpm",
    ]
}
