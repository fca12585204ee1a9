import Foundation
package import Quarry

/// Verifies quotes: opens their files again and, for quotes that are not there, searches the documents of an index.
package struct AnswerVerification {
    private let readers: (ReadingOptions) -> ReaderRegistry
    /// Made when the first file is read.
    private var verifier: CitationVerifier?
    /// Opened when it is needed first.
    private let openIndex: () throws -> CorpusIndex?
    private var index: CorpusIndex??
    /// The path of a file, and the name that its documents get.
    private struct FileKey: Hashable {
        var path: String
        var name: String
    }

    /// Each file is read once for a name. Nil means that the file is gone.
    private var files: [FileKey: ReadSource?] = [:]
    /// The text of ``files``, in bytes.
    private var kept = 0
    /// With more text than this, files are forgotten and read again.
    private static let maximumKept = 128 << 20

    /// - Parameters:
    ///   - readers: The readers for the reading options of the index.
    ///   - openIndex: Opens the index, whose documents are searched for quotes; nil if there is none.
    package init(
        readers: @escaping (ReadingOptions) -> ReaderRegistry, openIndex: @escaping () throws -> CorpusIndex?
    ) {
        self.readers = readers
        self.openIndex = openIndex
    }

    /// - Throws: ``CorpusError`` for an index that cannot be read.
    package mutating func report(on answer: QuotedAnswer) async throws -> VerificationReport {
        var entries: [VerificationReport.Entry] = []
        for quote in answer.quotes {
            try Task.checkCancellation()
            entries.append(
                quote.citation == nil ? try await foreign(quote) : try await own(quote))
        }
        try await searchIndex(for: answer.quotes, &entries)
        return VerificationReport(entries)
    }

    // MARK: Citations of this program

    private mutating func own(_ quote: QuotedAnswer.Quote) async throws -> VerificationReport.Entry {
        var entry = VerificationReport.Entry(
            line: quote.line, marker: quote.marker, quote: quote.text, source: quote.source, status: .gone)
        guard let citation = quote.citation else { return entry }
        let location = citation.location
        entry.path = location.path
        entry.lines = [location.lines.lowerBound, location.lines.upperBound]
        // The file may have moved with its folder, or be known to the index at another place.
        var check: CitationCheck?
        for path in try await paths(of: citation) {
            do {
                guard let file = try await read(path, as: location.source) else { continue }
                check = citation.check(in: file, path: path)
                break
            } catch let error as Rejection {
                entry.problem = "\(path): \(error.message)"
            }
        }
        // A text without a file, such as standard input, is in the index alone.
        if check == nil, location.path == nil, let stored = try await stored(citation.documentID) {
            check = citation.check(
                in: [stored.document], digest: citation.sourceDigest ?? ContentHash(of: stored.document.text))
        }
        guard let check else { return entry }
        entry.status = .init(check.status)
        entry.found = check.location.map { .init($0) }
        entry.sourceChanged = check.isSourceChanged
        return entry
    }

    /// Where the file of a citation may be, likeliest first.
    private mutating func paths(of citation: Citation) async throws -> [String] {
        let location = citation.location
        guard let path = location.path else { return [] }
        if FileManager.default.fileExists(atPath: path) { return [path] }
        let here = FileManager.default.currentDirectoryPath + "/" + location.source
        let known = try await openedIndex()?.path(
            ofSource: location.source, digest: citation.sourceDigest)
        return [here, known].compactMap { $0 }.filter { $0 != path }
    }

    // MARK: Quotes that were made elsewhere

    /// Looks for a quote in the file that it names.
    private mutating func foreign(_ quote: QuotedAnswer.Quote) async throws -> VerificationReport.Entry {
        var entry = VerificationReport.Entry(
            line: quote.line, marker: quote.marker, quote: quote.text, source: quote.source, status: .notFound)
        guard let source = quote.source, let wanted = QuotableText.Quote(quote.text) else { return entry }
        let known = try await openedIndex()?.path(ofSource: source)
        for path in [known, Self.absolute(source), Self.absolute(Self.withoutLines(source))].compactMap({ $0 }) {
            do {
                guard let file = try await read(path, as: path) else { continue }
                for (number, document) in file.documents.enumerated() {
                    guard let range = file.text(number).range(of: wanted) else { continue }
                    entry.status = .supported
                    entry.found = .init(document.location(of: range, source: source, path: path))
                    return entry
                }
            } catch let error as Rejection {
                entry.problem = "\(path): \(error.message)"
            }
        }
        return entry
    }

    /// Searches all documents of the index for the quotes that were made elsewhere and are not found yet.
    private mutating func searchIndex(
        for quotes: [QuotedAnswer.Quote], _ entries: inout [VerificationReport.Entry]
    ) async throws {
        let open: [(entry: Int, wanted: QuotableText.Quote)] = entries.indices.compactMap { position in
            guard quotes[position].citation == nil, entries[position].status == .notFound else { return nil }
            return QuotableText.Quote(quotes[position].text).map { (position, $0) }
        }
        guard !open.isEmpty, let index = try await openedIndex() else { return }
        let set = QuoteSet(open.map(\.wanted))
        for summary in try await index.documents() {
            try Task.checkCancellation()
            guard let stored = try await index.storedDocument(summary.id) else { continue }
            let text = QuotableText(stored.document.text)
            for (entry, wanted) in set.candidates(in: text).map({ open[$0] }) where entries[entry].status != .supported
            {
                guard let range = text.range(of: wanted) else { continue }
                let named = quotes[entry].source
                let isNamed = named.map { stored.isNamed($0) || stored.isNamed(Self.withoutLines($0)) } ?? true
                // The named document may still come.
                guard isNamed || entries[entry].status == .notFound else { continue }
                entries[entry].status = isNamed ? .supported : .misattributed
                entries[entry].found = .init(
                    stored.document.location(of: range, source: stored.source, path: stored.path))
            }
        }
    }

    // MARK: Files and the index

    private mutating func read(_ path: String, as name: String) async throws -> ReadSource? {
        let key = FileKey(path: path, name: name)
        if let file = files[key] { return file }
        if verifier == nil {
            // Without an index, or with a damaged one, files are read as for a new index.
            let options = (try? await openedIndex())?.settings.reading
            verifier = CitationVerifier(readers: readers(options ?? ReadingOptions()))
        }
        let file = try await verifier?.read(path, as: name)
        kept += file?.byteCount ?? 0
        if kept > Self.maximumKept { (files, kept) = ([:], file?.byteCount ?? 0) }
        files[key] = .some(file)
        return file
    }

    private mutating func openedIndex() async throws -> CorpusIndex? {
        if let index { return index }
        let opened = try openIndex()
        index = .some(opened)
        return opened
    }

    private mutating func stored(_ document: String) async throws -> StoredDocument? {
        try await openedIndex()?.storedDocument(document)
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path.hasPrefix("file://") ? String(path.dropFirst(7)) : path).standardizedFileURL.path
    }

    /// `notes/lease.md` of `notes/lease.md:9-11`.
    private static func withoutLines(_ source: String) -> String {
        guard let colon = source.lastIndex(of: ":"), colon > source.startIndex else { return source }
        let lines = source[source.index(after: colon)...]
        guard !lines.isEmpty, lines.allSatisfy({ ("0"..."9").contains($0) || $0 == "-" }) else { return source }
        return String(source[..<colon])
    }
}

extension StoredDocument {
    /// Whether a name that another program gives means this document: its id, its source, its path, or the end of one.
    fileprivate func isNamed(_ name: String) -> Bool {
        [document.id, source, path].compactMap { $0 }.contains { $0 == name || $0.hasSuffix("/" + name) }
    }
}

extension VerificationReport.Status {
    fileprivate init(_ status: CitationCheck.Status) {
        self =
            switch status {
            case .valid: .valid
            case .moved: .moved
            case .changed: .changed
            case .gone: .gone
            }
    }
}
