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
    /// The readers that hold files for other readers, by their positions in ``readers``.
    private var containers: [Int: any ContainerReader] = [:]
    /// Identifies the versions of all readers without a model.
    private var membersVersion = ""

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
    /// tables, JSON, SQLite, notebooks, captions, XML, configuration, source code, and archives of these.
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
            EPUBReader(keepsHidden: hidden), MHTMLReader(keepsHidden: hidden), RTFReader(),
            DOCXReader(keepsHidden: hidden), PPTXReader(), XLSXReader(keepsHidden: hidden), ODTReader(), ODPReader(),
            ODSReader(keepsHidden: hidden),
            LegacyOfficeReader(.word, keepsHidden: hidden), LegacyOfficeReader(.excel, keepsHidden: hidden),
            LegacyOfficeReader(.powerPoint),
            CSVReader(),
            JSONReader(paths: options.records), JSONLReader(paths: options.records),
            SQLiteReader(tables: options.tables, paths: options.records), NotebookReader(), CaptionReader(),
            XMLReader(), SourceCodeReader(), RSTReader(), AsciiDocReader(), OrgReader(), LaTeXReader(), ManReader(),
            LogReader(),
        ]
        for reader in readers { add(reader) }
        if let ocr = options.ocr { add(PictureTextReader(ocr)) }
        add(container: MailReader())
        add(container: ArchiveReader())
        membersVersion = currentMembersVersion
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
        add(reader)
        membersVersion = currentMembersVersion
    }

    private mutating func add(_ reader: any Reader) {
        for name in reader.pathExtensions { kinds[name.lowercased()] = .reader(readers.count) }
        readers.append(reader)
    }

    private mutating func add(container reader: any ContainerReader) {
        containers[readers.count] = reader
        add(reader)
    }

    private var currentMembersVersion: String {
        let versions = kinds.sorted { $0.key < $1.key }.compactMap { name, kind -> String? in
            guard case .reader(let index) = kind, readers[index].modelReader == nil else { return nil }
            return "\(name)=\(readers[index].version)"
        }
        return String(ContentHash(of: versions.joined(separator: "\n")).description.prefix(12))
    }

    /// Whether there is a reader for a file, judged by its name and its media type, if it has one.
    public func reads(_ path: String, mediaType: String? = nil) -> Bool {
        switch kind(of: path, mediaType) {
        case .reader, .unknown: true
        case .needsModel, .unsupported: false
        }
    }

    /// Whether a file is read as a web page, judged by its name and its media type.
    package func readsAsWebPage(_ path: String, mediaType: String?) -> Bool {
        guard case .reader(let index) = kind(of: path, mediaType) else { return false }
        return readers[index] is HTMLReader
    }

    /// Why a file cannot be read on this machine; nil if it can.
    package func obstacle(of path: String, mediaType: String? = nil) -> String? {
        guard case .reader(let index) = kind(of: path, mediaType) else { return nil }
        return readers[index].obstacle
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
    /// text. The options that change the documents of every reader are a part of the version, and for an archive or
    /// mail the versions of all readers.
    public func version(of path: String, mediaType: String? = nil) -> String? {
        let version: String?
        switch kind(of: path, mediaType) {
        case .reader(let index): version = self.version(ofReader: index)
        case .unknown: version = readerIndex(for: Maildir.holds(path) ? "eml" : "txt").map(self.version(ofReader:))
        case .needsModel, .unsupported: version = nil
        }
        return version.map { $0 + versionSuffix(of: path) }
    }

    private func version(ofReader index: Int) -> String {
        let version = readers[index].version
        if readers[index].modelReader != nil { return version }
        return (containers[index] == nil ? version : "\(version) \(membersVersion)") + cutting
    }

    /// The version of a document that was made without a reader.
    package func version(ofDocument id: String) -> String { "document/1" + cutting + versionSuffix(of: id) }

    /// What the options add to the version of the reader of a source.
    private func versionSuffix(of source: String) -> String {
        options.redaction.versionSuffix + options.labels.versionSuffix(of: source)
    }

    private func kind(of path: String, _ mediaType: String? = nil) -> Kind {
        let name: String?
        if let mediaType = mediaType.map({ MediaType($0) }) {
            // A server gives types that say nothing, such as text/plain for Markdown.
            let own = mediaType.isGeneric ? pathExtension(ofAddress: path) : nil
            name = own.flatMap { kinds[$0] == nil ? nil : $0 } ?? mediaType.pathExtension
        } else {
            name = Maildir.names(path) ? nil : pathExtension(of: path)
        }
        guard let name else { return .unknown }
        if let kind = kinds[name] { return kind }
        if ReaderRegistry.media.contains(name) { return .needsModel }
        return ReaderRegistry.unsupported.contains(name) ? .unsupported : .unknown
    }

    private func readerIndex(for pathExtension: String) -> Int? {
        guard case .reader(let index)? = kinds[pathExtension] else { return nil }
        return index
    }

    /// Reads a source with the reader for its name, or for its content if the name is unknown.
    ///
    /// Without a matching reader or without text, an explicit source is rejected with a reason, and any other is skipped.
    /// Text that is damaged, or in an unknown encoding, is rejected in both cases.
    public func read(_ source: Source) async throws -> ReadResult {
        options.finished(try await read(source, members: self), of: source.id)
    }

    /// Why a file is not read inside of another one; nil if it is, or is of an unknown format.
    func obstacleInside(of path: String) -> String? {
        guard case .reader(let index) = kind(of: path) else { return nil }
        return containers[index]?.obstacleInside
    }

    /// - `members`: Reads the files inside of the source; nil to leave them out.
    func read(_ source: Source, members: Self?) async throws -> ReadResult {
        var result = try await readFully(source, members)
        if result.documents.isEmpty, result.rejected.isEmpty, result.skipped == nil, let first = result.unread.first {
            result.rejected = [.nothingRead(in: source.id, result.unread.count, first)]
        } else if result.rejected.count != 1 || result.rejected.first?.isOfNoText != true || !result.documents.isEmpty {
            return result
        }
        guard !source.isExplicit else { return result }
        return ReadResult(skipped: result.rejected.first, unread: result.unread)
    }

    /// A document that was made without a reader, with what the options change in every document.
    package func finished(_ document: Document) -> Document {
        options.finished(ReadResult(documents: [document]), of: document.id).documents[0]
    }

    private func read(_ source: Source, byReader index: Int, _ members: Self?) async throws -> ReadResult {
        if let members, let container = containers[index] {
            return try await container.read(source, members: members)
        }
        return try await readers[index].read(source)
    }

    private func readFully(_ source: Source, _ members: Self?) async throws -> ReadResult {
        switch kind(of: source.id, source.mediaType) {
        case .reader(let index): return try await read(source, byReader: index, members)
        case .unsupported, .needsModel: return unsupported(source)
        case .unknown: break
        }
        guard let index = readerIndex(for: ReaderRegistry.format(of: source)) else { return unsupported(source) }
        let result = try await read(source, byReader: index, members)
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
    private static func format(of source: Source) -> String {
        let bytes = source.bytes
        if Maildir.holds(source.id), Maildir.isMail(bytes) { return "eml" }
        if let known = signatures.first(where: { bytes.starts(with: $0.signature.utf8) }) { return known.pathExtension }
        return looksLikeJSONLines(bytes) ? "jsonl" : "txt"
    }

    private static let signatures = [
        ("%PDF-", "pdf"), ("{\\rtf", "rtf"), ("<!DOCTYPE html", "html"), ("<!doctype html", "html"), ("<html", "html"),
        // Many formats are zip archives inside, so an archive needs its extension.
        ("<?xml", "xml"), ("PK\u{3}\u{4}", ""),
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

    /// Whether a whole source has no text. For a file in a folder this is not an error.
    fileprivate var isOfNoText: Bool { (reason == .empty || reason == .scanned) && line == nil }

    /// - `count`: The number of files in the source.
    fileprivate static func nothingRead(in id: String, _ count: Int, _ first: Rejection) -> Rejection {
        Rejection(
            source: id, reason: .unsupportedFormat,
            message: count == 1
                ? "The only file in it is not read. \(first)" : "None of the \(count) files in it is read. \(first)")
    }
}

extension ReaderRegistry {
    /// Common formats of models for speech and pictures.
    private static let media: Set<String> = [
        "flac", "gif", "jpeg", "jpg", "m4a", "mp3", "mp4", "mpeg", "mpga", "ogg", "png", "wav", "webm", "webp",
    ]
    /// Markup formats that plain text reading would show as noise, and common binary formats.
    private static let unsupported: Set<String> = [
        "xlsb", "mobi", "djvu", "msg", "bmp", "tif", "tiff", "ico", "svg", "heic", "avi", "mov",
        "mkv",
        "rar", "jar", "war", "ear", "aar", "apk", "ipa", "whl", "egg", "gem", "nupkg", "vsix", "xpi", "crx", "class",
        "o", "a", "so", "dylib", "dll",
        "exe",
        "bin", "wasm", "pyc", "quarry", "quarry-wal", "quarry-shm", "quarry-lock", "db-wal",
        "db-shm", "sqlite-wal", "sqlite-shm", "ttf", "otf", "woff", "woff2", "safetensors", "gguf", "onnx", "pt", "npy",
        "npz", "parquet", "iso", "dmg", "deb", "rpm",
    ]
}
