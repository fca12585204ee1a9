public import QuarryCore

/// Whether the quote of a citation still stands in its source.
public struct CitationCheck: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// The quote is at its place, letter for letter.
        case valid
        /// The quote is in the source, at another place or with other white space.
        case moved
        /// The source is there, and the quote is not in it any more.
        case changed
        /// The source is not there any more.
        case gone
    }

    public var status: Status
    /// Where the quote is now; nil if it is nowhere.
    public var location: SourceLocation?
    /// Whether the source has other bytes than when it was indexed. A quote may be valid in a source that changed
    /// elsewhere.
    public var isSourceChanged: Bool

    public init(status: Status, location: SourceLocation? = nil, isSourceChanged: Bool) {
        self.status = status
        self.location = location
        self.isSourceChanged = isSourceChanged
    }
}

extension Citation {
    /// Compares the quote with the source as it is now.
    ///
    /// - `documents`: What the source's reader makes of it now.
    /// - `digest`: The digest of the source's bytes now.
    /// - `path`: Where the source is now.
    /// - Complexity: O(length of the documents).
    public func check(in documents: [Document], digest: ContentHash, path: String? = nil) -> CitationCheck {
        let isSourceChanged = sourceDigest.map { $0 != digest } ?? false
        let isOtherFile = path != nil && location.path != nil && path != location.path
        // A text that a model made of the source is not made again. The same bytes gave the quote.
        if location.base == .text, !isSourceChanged, sourceDigest != nil {
            return CitationCheck(status: isOtherFile ? .moved : .valid, location: location, isSourceChanged: false)
        }
        let expected = Array(quote.utf8)
        for document in documents where document.id == documentID && location.base == .source {
            let range = document.sourceMap.textRange(ofSource: location.bytes)
            guard range.upperBound <= document.text.utf8.count,
                document.text.utf8.dropFirst(range.lowerBound).prefix(range.count).elementsEqual(expected)
            else { continue }
            return CitationCheck(
                status: isOtherFile ? .moved : .valid, location: located(range, in: document, path: path),
                isSourceChanged: isSourceChanged)
        }
        guard let wanted = QuotableText.Quote(quote) else {
            return CitationCheck(status: .changed, isSourceChanged: isSourceChanged)
        }
        let others = documents.filter { $0.id != documentID }
        for document in documents.filter({ $0.id == documentID }) + others {
            let place = document.sourceMap.textRange(ofSource: location.bytes).lowerBound
            guard let range = QuotableText(document.text).range(of: wanted, near: place) else { continue }
            return CitationCheck(
                status: .moved, location: located(range, in: document, path: path), isSourceChanged: isSourceChanged)
        }
        return CitationCheck(status: .changed, isSourceChanged: isSourceChanged)
    }

    private func located(_ range: Range<Int>, in document: Document, path: String?) -> SourceLocation {
        document.location(of: range, source: location.source, path: path ?? location.path)
    }
}

extension Document {
    /// The location of a stretch of the text.
    package func location(of range: Range<Int>, source: String, path: String?) -> SourceLocation {
        SourceLocation(
            source: source, path: path, bytes: sourceMap.sourceRange(of: range), lines: sourceMap.lines(of: range),
            places: sourceMap.places(of: range), base: sourceMap.base)
    }
}
