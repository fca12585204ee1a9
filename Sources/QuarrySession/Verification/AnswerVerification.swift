import Foundation
package import Quarry

/// Verifies quotes: opens their files again and, for quotes that are not there, searches the documents of an index.
package struct AnswerVerification {
    private let readers: (ReadingOptions) -> ReaderRegistry
    /// By the kinds of personal data that they replace besides those of the index.
    private var verifiers: [Set<Redaction.Kind>: CitationVerifier] = [:]
    /// Opened when it is needed first.
    private let openIndex: () throws -> CorpusIndex?
    private var index: CorpusIndex??
    /// The path of a file, and the name that its documents get.
    private struct FileKey: Hashable {
        var path: String
        var name: String
        var replaced: Set<Redaction.Kind>
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
        entry.places = location.places
        // The file may have moved with its folder, or be known to the index at another place.
        var check: CitationCheck?
        for path in try await paths(of: citation) {
            do {
                check = try await self.check(citation, in: path)
                if check != nil { break }
            } catch let error as Rejection {
                entry.problem = "\(path): \(error.message)"
            }
        }
        // A text without a file, such as standard input or a page of the web, is in the index alone.
        if check == nil, location.path == nil, let stored = try await stored(citation.documentID) {
            let digest = try await openedIndex()?.digest(ofSource: stored.source) ?? citation.sourceDigest
            check = citation.check(in: [stored.document], digest: digest ?? ContentHash(of: stored.document.text))
        }
        guard let check else {
            if location.path == nil, SiteFetch.isAddress(location.source) {
                entry.status = .unknown
                entry.problem = "the index does not have this page, and pages are not fetched to verify them"
            }
            return entry
        }
        entry.status = .init(check.status)
        entry.found = check.location.map { .init($0) }
        entry.sourceChanged = check.isSourceChanged
        return entry
    }

    /// Nil if there is no such file.
    private mutating func check(_ citation: Citation, in path: String) async throws -> CitationCheck? {
        var check: CitationCheck?
        for replaced in Self.replacements(in: citation.quote) where check == nil || check?.status == .changed {
            guard let file = try await read(path, as: citation.location.source, replacing: replaced) else { break }
            check = citation.check(in: file, path: path)
        }
        return check
    }

    /// What is replaced in a file to find a quote in it: nothing, then the kinds of the placeholders in the quote. The
    /// index that replaced it may not be here.
    private static func replacements(in quote: String) -> [Set<Redaction.Kind>] {
        let kinds = Set(Redaction.Kind.allCases.filter { quote.contains($0.placeholder) })
        return kinds.isEmpty ? [[]] : [[], kinds]
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
                for replaced in Self.replacements(in: quote.text) {
                    guard let file = try await read(path, as: path, replacing: replaced) else { break }
                    for (number, document) in file.documents.enumerated() {
                        guard let range = file.text(number).range(of: wanted) else { continue }
                        entry.status = .supported
                        entry.found = .init(document.location(of: range, source: source, path: path))
                        return entry
                    }
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

    private mutating func read(
        _ path: String, as name: String, replacing kinds: Set<Redaction.Kind>
    ) async throws -> ReadSource? {
        let key = FileKey(path: path, name: name, replaced: kinds)
        if let file = files[key] { return file }
        let file = try await verifier(replacing: kinds).read(path, as: name)
        kept += file?.byteCount ?? 0
        if kept > Self.maximumKept { (files, kept) = ([:], file?.byteCount ?? 0) }
        files[key] = .some(file)
        return file
    }

    private mutating func verifier(replacing kinds: Set<Redaction.Kind>) async -> CitationVerifier {
        if let verifier = verifiers[kinds] { return verifier }
        // Without an index, or with a damaged one, files are read as for a new index.
        var options = (try? await openedIndex())?.settings.reading ?? ReadingOptions()
        options.redaction.kinds.formUnion(kinds)
        let verifier = CitationVerifier(readers: readers(options))
        verifiers[kinds] = verifier
        return verifier
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
