public import QuarryCore

/// Whether the source still contains the quote of a citation.
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
    /// - `documents`: The documents that the source's reader makes of it now.
    /// - `digest`: The digest of the source's bytes now.
    /// - `path`: Where the source is now.
    /// - Complexity: O(length of the documents).
    public func check(in documents: [Document], digest: ContentHash, path: String? = nil) -> CitationCheck {
        check(in: ReadSource(documents, digest: digest), path: path)
    }

    package func check(in source: ReadSource, path: String?) -> CitationCheck {
        let isSourceChanged = sourceDigest.map { $0 != source.digest } ?? false
        let isOtherFile = path != nil && location.path != nil && path != location.path
        let own = source.documents.indices.filter { source.documents[$0].id == documentID }
        // A text that a model or a converter made of the source is not made again. The same bytes gave the quote.
        let isUnread = source.documents.isEmpty || location.member != nil && own.isEmpty
        if location.base == .text, isUnread, !isSourceChanged, sourceDigest != nil {
            return CitationCheck(status: isOtherFile ? .moved : .valid, location: location, isSourceChanged: false)
        }
        let expected = Array(quote.utf8)
        for document in own.map({ source.documents[$0] }) where location.base == document.sourceMap.base {
            guard let range = document.range(of: expected, from: location.bytes) else { continue }
            return CitationCheck(
                status: isOtherFile ? .moved : .valid,
                location: document.location(of: range, source: location.source, path: path ?? location.path),
                isSourceChanged: isSourceChanged)
        }
        guard let wanted = QuotableText.Quote(quote) else {
            return CitationCheck(status: .changed, isSourceChanged: isSourceChanged)
        }
        for number in own + source.documents.indices.filter({ !own.contains($0) }) {
            let document = source.documents[number]
            let place = document.sourceMap.textRange(ofSource: location.bytes).lowerBound
            guard let range = source.text(number).range(of: wanted, near: place) else { continue }
            return CitationCheck(
                status: .moved,
                location: document.location(of: range, source: location.source, path: path ?? location.path),
                isSourceChanged: isSourceChanged)
        }
        return CitationCheck(status: .changed, isSourceChanged: isSourceChanged)
    }
}

extension Document {
    /// The stretch of the text that is a quote and comes from a range of the source; nil if there is none.
    ///
    /// Signs that a reader adds, such as the bars of a table, belong to the bytes after them, so the stretch may begin
    /// and end a little beside those that the map gives.
    fileprivate func range(of quote: [UInt8], from source: Range<Int>) -> Range<Int>? {
        let bytes = Array(text.utf8)
        let start = sourceMap.textRange(ofSource: source).lowerBound
        for shift in 0...64 {
            for begin in [start - shift, start + shift] where begin >= 0 && begin + quote.count <= bytes.count {
                let range = begin..<begin + quote.count
                if bytes[range].elementsEqual(quote), sourceMap.sourceRange(of: range) == source { return range }
            }
        }
        return nil
    }
}

/// A source as it is now. Its texts are folded once, for any number of quotes.
package final class ReadSource {
    package let documents: [Document]
    package let digest: ContentHash
    private var texts: [Int: QuotableText] = [:]

    package init(_ documents: [Document], digest: ContentHash) {
        self.documents = documents
        self.digest = digest
    }

    package var byteCount: Int { documents.reduce(0) { $0 + $1.text.utf8.count } }

    /// The text of the document at a position.
    package func text(_ number: Int) -> QuotableText {
        if let text = texts[number] { return text }
        let text = QuotableText(documents[number].text)
        texts[number] = text
        return text
    }
}

extension Document {
    /// The location of a stretch of the text.
    package func location(of range: Range<Int>, source: String, path: String?) -> SourceLocation {
        SourceLocation(
            source: source, path: path, bytes: sourceMap.sourceRange(of: range), lines: sourceMap.lines(of: range),
            places: sourceMap.places(of: range), base: sourceMap.base, member: sourceMap.member)
    }
}
