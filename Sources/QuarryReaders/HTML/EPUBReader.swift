import Foundation
public import QuarryCore
import QuarryText

/// Reads EPUB books: the chapters in the order of the spine, each as a web page. A citation names the chapter.
///
/// Title, authors, language, publisher, date and identifier of the book become metadata. Protected books are rejected.
/// Offsets and lines count in the text that this reader makes. Source: EPUB 3.3 (W3C, 2023).
public struct EPUBReader: Reader {
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether text is kept that a page hides by its inline styles. The default is false.
    public init(keepsHidden: Bool = false) { self.keepsHidden = keepsHidden }

    public var formatName: String { "books (EPUB)" }
    public var pathExtensions: Set<String> { ["epub"] }
    public var version: String { "epub/2" + (keepsHidden ? " hidden" : "") }

    public func read(_ source: Source) -> ReadResult {
        do {
            return try document(of: source)
        } catch let error as Rejection {
            return ReadResult(rejected: [error])
        } catch let error as Archive.Failure {
            return ReadResult(rejected: [Rejection(source: source.id, reason: .undecodable, message: error.reason)])
        } catch {
            return ReadResult(rejected: [
                Rejection(source: source.id, reason: .undecodable, message: "A part of the book is damaged.")
            ])
        }
    }

    /// Chapters after this many bytes of text are left out.
    private static let maximumText = 128 << 20
    /// The extensions of what a book holds beside its chapters.
    private static let media: Set<String> = [
        "css", "js", "jpg", "jpeg", "png", "gif", "svg", "webp", "ttf", "otf", "woff", "woff2", "mp3", "m4a", "mp4",
        "ogg",
        "webm", "pdf",
    ]
    private static let limits = Archive.Limits(total: 256 << 20, file: 64 << 20, files: 20_000)

    private func document(of source: Source) throws -> ReadResult {
        var files: [String: [UInt8]] = [:]
        var isProtected = false
        try Archive.forEachFile(of: source.bytes, limits: Self.limits) { name in
            if name == "META-INF/rights.xml" { isProtected = true }
            // Chapters may have any name.
            return !Self.media.contains(pathExtension(of: name) ?? "")
        } _: { name, bytes in
            files[name] = bytes
            return true
        }
        guard !isProtected else {
            throw Rejection(
                source: source.id, reason: .unsupportedFormat, message: "The book is protected against reading (DRM).")
        }
        guard let name = try EPUBPackage.path(in: files), let bytes = files[name] else {
            throw Rejection(
                source: source.id, reason: .undecodable, message: "It has no package document, as an EPUB has.")
        }
        let package = try EPUBPackage(bytes, at: name)
        var writer = DocumentWriter()
        var warnings: [Rejection] = []
        var hiddenLetters = 0
        var seen: Set<String> = []
        for (number, path) in package.spine.enumerated() where seen.insert(path).inserted {
            guard let page = files[path] else {
                warnings.append(.leftOut(path, of: source.id, "it is not in the file"))
                continue
            }
            guard writer.count < Self.maximumText else {
                warnings.append(
                    .leftOut(path, of: source.id, "the book has more than \(Self.maximumText) bytes of text"))
                break
            }
            do {
                try write(page, named: path, number: number + 1, to: &writer, &hiddenLetters)
            } catch let obstacle as HTMLTree.Obstacle {
                warnings.append(.leftOut(path, of: source.id, obstacle.description))
            }
        }
        guard let result = writer.document(id: source.id, title: package.title, metadata: package.metadata) else {
            throw Rejection.empty(source.id)
        }
        return ReadResult(
            documents: [result.document],
            warnings: warnings + result.removed.warnings(source.id)
                + Rejection.hiddenText(source.id, letters: hiddenLetters),
            bidirectionalControls: result.removed.bidirectionalControls)
    }

    private func write(
        _ page: [UInt8], named path: String, number: Int, to writer: inout DocumentWriter, _ hiddenLetters: inout Int
    ) throws {
        let source = Source(id: path, bytes: page)
        guard let clean = try? CleanSource(source, declared: HTMLEncoding.declared(in: page)) else { return }
        try Array(clean.text.utf8).withUnsafeBufferPointer { bytes in
            try HTMLTree.withTree(of: bytes) { tree in
                let heading = ["h1", "h2", "h3"].lazy.compactMap { tree.first($0) }.first
                let title = heading.map { tree.content(of: $0).joiningWords() } ?? ""
                writer.move(to: .chapter(title.isEmpty || title.count > 200 ? "\(number)" : title))
                var pages = HTMLWriter(tree, to: writer)
                let seen = HTMLContent.seen(of: tree, keepsHidden: keepsHidden)
                hiddenLetters += seen.hiddenLetters
                pages.write(seen.parts)
                writer = pages.document
            }
        }
    }
}

extension Rejection {
    fileprivate static func leftOut(_ path: String, of id: String, _ reason: String) -> Rejection {
        Rejection(source: id, reason: .undecodable, message: "The chapter \(path) is left out: \(reason).")
    }
}

/// The package document of an EPUB: metadata, and the order of the chapters.
struct EPUBPackage {
    private(set) var title: String?
    private(set) var metadata: [String: MetadataValue] = [:]
    /// The paths of the chapters inside of the archive.
    private(set) var spine: [String] = []

    /// Where the container says that the package document is.
    static func path(in files: [String: [UInt8]]) throws -> String? {
        guard let container = files["META-INF/container.xml"] else {
            return files.keys.filter { $0.hasSuffix(".opf") }.min()
        }
        return try container.withUnsafeBufferPointer { bytes in
            var cursor = try XMLCursor(bytes)
            while let event = try cursor.next() {
                if case .start("rootfile") = event, let path = cursor.attribute("full-path") { return path }
            }
            return nil
        }
    }

    init(_ bytes: [UInt8], at path: String) throws(XMLCursor.Malformed) {
        let folder = path.split(separator: "/").dropLast().map(String.init)
        let parsed = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(XMLCursor.Malformed) in try Self.parse(bytes) }
        }
        let (texts, items, order) = try parsed.get()
        spine = order.compactMap { items[$0] }.map { Self.resolved($0, in: folder) }
        title = texts["title"]?.first
        for name in ["creator", "language", "publisher", "date", "identifier", "subject", "description"] {
            guard let values = texts[name], let first = values.first else { continue }
            metadata[name == "creator" ? "author" : name] = values.count == 1 ? .string(first) : .strings(values)
        }
    }

    private typealias Parts = (texts: [String: [String]], items: [String: String], order: [String])

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(XMLCursor.Malformed) -> Parts {
        var parts: Parts = ([:], [:], [])
        var text = ""
        var cursor = try XMLCursor(bytes)
        while let event = try cursor.next() {
            switch event {
            case .start("item"):
                if let id = cursor.attribute("id"), let path = cursor.attribute("href") { parts.items[id] = path }
            case .start("itemref"):
                if cursor.attribute("linear") != "no", let id = cursor.attribute("idref") { parts.order.append(id) }
            case .start: text = ""
            case .text(let piece): if text.utf8.count < 1 << 16 { text += piece }
            case .end(let name):
                let value = text.joiningWords()
                if !value.isEmpty, value.utf8.count <= 4096, parts.texts[name, default: []].count < 100 {
                    parts.texts[name, default: []].append(value)
                }
                text = ""
            }
        }
        return parts
    }

    /// A path of the package as one of the archive: without `..`, fragments and percent signs.
    private static func resolved(_ path: String, in folder: [String]) -> String {
        let plain = path.split(separator: "#").first.map(String.init) ?? path
        var parts = folder
        for part in (plain.removingPercentEncoding ?? plain).split(separator: "/") {
            if part == ".." {
                _ = parts.popLast()
            } else if part != "." {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
