import QuarryCore
import QuarryText

/// The title, author and dates of an office file: `docProps/core.xml`, or `meta.xml` of OpenDocument.
struct OfficeProperties {
    var title: String?
    var metadata: [String: MetadataValue] = [:]

    /// Titles that programs give to new documents.
    private static let placeholders: Set<String> = [
        "powerpoint presentation", "presentation", "slide 1", "word document", "document", "untitled", "title",
        "no slide title", "презентация powerpoint", "document1", "без названия",
    ]

    init() {}

    /// Reads what precedes the first fault; properties are not worth rejecting a document.
    init(_ bytes: [UInt8]?) {
        guard let bytes else { return }
        var author: String?
        var initialAuthor: String?
        var found = OfficeProperties()
        try? ElementReader.read(bytes) { xml in
            try xml.descendants { xml, name in
                if name == "body" { throw XMLCursor.Malformed(line: 0) }
                guard let key = Self.keys[name], let value = Self.clean(try xml.text()) else { return }
                switch key {
                case "title": found.title = found.title ?? value
                case "author": author = author ?? value
                case "initialAuthor": initialAuthor = value
                default: found.metadata[key] = found.metadata[key] ?? .string(value)
                }
            }
        }
        if let author = initialAuthor ?? author { found.metadata["author"] = .string(author) }
        if let title = found.title, Self.placeholders.contains(title.lowercased()) { found.title = nil }
        self = found
    }

    /// Names of elements without prefixes, and those of metadata.
    private static let keys = [
        "title": "title", "creator": "author", "initial-creator": "initialAuthor", "created": "created",
        "creation-date": "created", "modified": "modified", "date": "modified", "subject": "subject",
        "keywords": "keywords", "keyword": "keywords",
    ]

    private static func clean(_ text: String) -> String? {
        let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.isEmpty || text.utf8.count > 2_000 ? nil : text
    }
}

extension DocumentWriter {
    /// The result of reading an office file.
    ///
    /// - `warnings`: What was left out. Without any text, these are its reasons.
    /// - `unread`: The files in it that were not read.
    consuming func officeResult(
        _ source: Source, _ properties: OfficeProperties, warnings: [Rejection] = [], unread: [Rejection] = []
    ) -> ReadResult {
        let written = document(
            id: source.id, title: properties.title, metadata: properties.metadata)
        guard let written else {
            var empty = Rejection.empty(source.id)
            empty.message = ([empty] + warnings).map(\.message).joined(separator: " ")
            return ReadResult(rejected: [empty], unread: unread)
        }
        var document = written.document
        if document.title == nil {
            document.title =
                document.blocks.lazy.compactMap { block in
                    if case .heading(level: 1, let title) = block.kind, !title.isEmpty { title } else { nil }
                }.first
        }
        return ReadResult(
            documents: [document], warnings: warnings + written.removed.warnings(source.id), unread: unread,
            bidirectionalControls: written.removed.bidirectionalControls)
    }
}
