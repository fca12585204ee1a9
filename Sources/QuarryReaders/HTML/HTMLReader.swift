public import QuarryCore
import QuarryText

/// Reads web pages: HTML and XHTML.
///
/// Headings, paragraphs, lists, tables, code and quotes become parts of the document. Navigation, banners, footers and
/// other boilerplate are left out (``HTMLContent``), and so are scripts and what is hidden. The source map leads to the
/// bytes of the file.
///
/// The title is that of the page. Its language, author, description, date and canonical address become metadata.
public struct HTMLReader: Reader {
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether text is kept that the page hides by its inline styles. The default is false.
    public init(keepsHidden: Bool = false) { self.keepsHidden = keepsHidden }

    public var formatName: String { "web pages" }
    public var pathExtensions: Set<String> { ["html", "htm", "xhtml", "xht"] }
    public var version: String { "html/3" + (keepsHidden ? " hidden" : "") }

    /// Pages that are longer are rejected.
    private static let maximumBytes = 64 << 20

    public func read(_ source: Source) -> ReadResult {
        do {
            guard source.bytes.count <= Self.maximumBytes else {
                throw Rejection(
                    source: source.id, reason: .tooLarge,
                    message: "The page has \(source.bytes.count) bytes, more than \(Self.maximumBytes).")
            }
            let clean = try CleanSource(source, declared: HTMLEncoding.declared(in: source.bytes))
            return try document(of: source, clean)
        } catch let error as Rejection {
            return ReadResult(rejected: [error])
        } catch {
            return ReadResult(rejected: [
                Rejection(
                    source: source.id, reason: .unsupportedFormat,
                    message: "It cannot be read: \(error). Save the page anew, or convert it to text.")
            ])
        }
    }

    private func document(of source: Source, _ clean: CleanSource) throws -> ReadResult {
        let bytes = Array(clean.text.utf8)
        return try bytes.withUnsafeBufferPointer { bytes in
            try HTMLTree.withTree(of: bytes) { tree in
                let head = HTMLHead(tree)
                var writer = HTMLWriter(tree)
                let content = HTMLContent(tree, keepsHidden: keepsHidden)
                writer.write(content.parts)
                guard
                    let result = writer.document.document(
                        id: source.id, title: head.title ?? writer.firstHeading, metadata: head.metadata, from: clean)
                else { throw Rejection.empty(source.id) }
                return ReadResult(
                    documents: [result.document],
                    warnings: clean.warnings + result.removed.warnings(source.id)
                        + Rejection.hiddenText(source.id, letters: content.hiddenLetters),
                    bidirectionalControls: clean.removed.bidirectionalControls + result.removed.bidirectionalControls)
            }
        }
    }
}

/// The encoding that a page declares.
enum HTMLEncoding {
    /// The encoding of `<meta charset>` or of an XML declaration in the first 2,048 bytes; nil without one.
    static func declared(in bytes: [UInt8]) -> TextEncoding? {
        let start = String(decoding: bytes.prefix(2048).map { $0 < 0x80 ? $0 : 0x20 }, as: UTF8.self).lowercased()
        guard let match = start.firstMatch(of: /(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.\-]+)/) else {
            return nil
        }
        return TextEncoding(label: String(match.1))
    }
}

/// The title and metadata in the head of a page.
struct HTMLHead {
    private(set) var title: String?
    private(set) var metadata: [String: MetadataValue] = [:]

    init(_ tree: HTMLTree) {
        var meta: [String: String] = [:]
        var canonical: String?
        var times = 0
        for index in tree.nodes.indices {
            switch tree.nodes[index].tag {
            case "meta":
                guard let content = tree.attribute("content", of: index), !content.isEmpty,
                    let name = tree.attribute("name", of: index) ?? tree.attribute("property", of: index)
                        ?? tree.attribute("itemprop", of: index)
                else { continue }
                if meta[name.lowercased()] == nil { meta[name.lowercased()] = content }
            case "link" where canonical == nil && tree.attribute("rel", of: index)?.lowercased() == "canonical":
                canonical = tree.attribute("href", of: index)
            case "time" where meta["time"] == nil && times < 50:
                times += 1
                guard let date = tree.attribute("datetime", of: index), tree.isDateOfPage(index) else { continue }
                meta["time"] = date
            default: continue
            }
        }
        title = Self.title(tree, meta)
        let language = tree.nodes.isEmpty ? nil : tree.attribute("lang", of: 0) ?? tree.attribute("xml:lang", of: 0)
        set("language", language ?? meta["og:locale"])
        set("author", meta["author"] ?? meta["article:author"] ?? meta["dc.creator"])
        set("description", meta["description"] ?? meta["og:description"])
        set("date", Self.dateNames.lazy.compactMap { meta[$0] }.first)
        set("url", canonical ?? meta["og:url"])
    }

    private static let dateNames = [
        "article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "dc.date.issued", "pubdate",
        "article:modified_time", "time",
    ]

    private mutating func set(_ name: String, _ value: String?) {
        guard let text = value?.joiningWords(), !text.isEmpty, text.utf8.count <= 4096 else { return }
        metadata[name] = .string(text)
    }

    /// The title of the page. If it is a heading or the title for sharing with a name of the site, then without it.
    private static func title(_ tree: HTMLTree, _ meta: [String: String]) -> String? {
        let title = tree.first("title").map { tree.content(of: $0).joiningWords() } ?? ""
        let shared = meta["og:title"]?.joiningWords() ?? ""
        let heading = tree.first("h1").map { tree.content(of: $0).joiningWords() } ?? ""
        for shorter in [shared, heading] where !shorter.isEmpty {
            if title.isEmpty || title.count > shorter.count && title.contains(shorter) { return shorter }
        }
        return title.isEmpty ? nil : title
    }
}

extension HTMLTree {
    /// Whether a `<time>` is the date of the page, not one that its text mentions: it is marked so, or its line has
    /// little more than it and is not in a list or table.
    fileprivate func isDateOfPage(_ time: Int) -> Bool {
        let marks = ["class", "itemprop"].compactMap { attribute($0, of: time)?.lowercased() }
        if attribute("pubdate", of: time) != nil
            || marks.contains(where: { mark in ["publish", "updated", "date"].contains(where: mark.contains) })
        {
            return true
        }
        var line: Int?
        var ancestor = nodes[time].parent
        while ancestor > 0 {
            let tag = nodes[ancestor].tag
            if ["li", "td", "th", "dd", "blockquote"].contains(tag) { return false }
            if line == nil, !["span", "a", "b", "i", "em", "strong", "small", "address"].contains(tag) {
                line = ancestor
            }
            ancestor = nodes[ancestor].parent
        }
        guard let line else { return true }
        // Of an element with other blocks in it, only its own text is in the line.
        let text =
            nodes[line].tag == "p"
            ? content(of: line)
            : (line + 1..<max(line + 1, nodes[line].end)).filter { nodes[$0].isText && nodes[$0].parent == line }
                .map { String(decoding: self.text(of: $0).text, as: UTF8.self) }.joined()
        return text.count(where: \.isLetter) <= 40
    }
}
