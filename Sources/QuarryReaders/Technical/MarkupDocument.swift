import QuarryCore
import QuarryText

/// What a parser found in a text with markup or in source code.
struct MarkupDocument {
    var writer = DocumentWriter()
    var title: String?
    var metadata: [String: MetadataValue] = [:]

    /// Adds a fact, unless it is empty or known already.
    mutating func add(_ name: String, _ value: String) {
        let value = value.joiningWords()
        if !value.isEmpty, metadata[name] == nil { metadata[name] = .string(value) }
    }

    /// The document that a parser makes of a source, mapped to the bytes of the file.
    ///
    /// - `isTitled`: Whether the first heading of level 1 is the title, if the source names none.
    static func read(
        _ source: Source, isTitled: Bool = true, _ parse: (UnsafeBufferPointer<UInt8>) -> MarkupDocument
    ) -> ReadResult {
        do throws(Rejection) {
            let clean = try CleanSource(source)
            let bytes = Array(clean.text.utf8)
            let parsed = bytes.withUnsafeBufferPointer(parse)
            let (title, metadata) = (parsed.title, parsed.metadata)
            guard
                let written = parsed.writer.document(
                    id: source.id, title: title, metadata: metadata, from: clean)
            else { throw Rejection.empty(source.id) }
            var document = written.document
            if isTitled, document.title == nil {
                document.title = document.blocks.lazy.compactMap(\.topTitle).first
            }
            return ReadResult(
                documents: [document], warnings: clean.warnings,
                bidirectionalControls: clean.removed.bidirectionalControls)
        } catch {
            return ReadResult(rejected: [error])
        }
    }
}

extension Block {
    /// The title of a heading of level 1.
    fileprivate var topTitle: String? {
        if case .heading(level: 1, let title) = kind, !title.isEmpty { title } else { nil }
    }
}
