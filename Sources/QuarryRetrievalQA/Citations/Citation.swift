public import QuarryCore

/// A quote from the documents that supports a statement.
///
/// It contains everything needed to check it later: file, place, words, and digests of both the words and the file.
public struct Citation: Sendable, Hashable, Codable {
    /// The number in `[n]`. In an extracted answer every quote has its own; in a generated one `n` is the passage's
    /// number in the prompt, and several quotes of one passage share it.
    public var marker: Int
    public var documentID: String
    public var chunk: ChunkID
    /// UTF-8 offsets of the quote in the document's cleaned text.
    public var range: Range<Int>
    /// File, bytes and lines of the quote itself, not of its chunk.
    public var location: SourceLocation
    /// The cleaned text at ``range``.
    public var quote: String
    /// Digest of the UTF-8 bytes of ``quote``.
    public var quoteDigest: ContentHash
    /// Digest of the whole source when it was indexed; nil if the corpus stores none.
    public var sourceDigest: ContentHash?
    /// Where the corpus has the same words besides, as far as the search saw it.
    public var alsoIn: [OtherPlace]

    public init(
        marker: Int, documentID: String, chunk: ChunkID, range: Range<Int>, location: SourceLocation, quote: String,
        quoteDigest: ContentHash, sourceDigest: ContentHash? = nil, alsoIn: [OtherPlace] = []
    ) {
        self.marker = marker
        self.documentID = documentID
        self.chunk = chunk
        self.range = range
        self.location = location
        self.quote = quote
        self.quoteDigest = quoteDigest
        self.sourceDigest = sourceDigest
        self.alsoIn = alsoIn
    }
    /// - `range`: UTF-8 offsets of the quote in the text of the hit's chunk.
    /// - Precondition: The range is within the text.
    package init(marker: Int, range: Range<Int>, in hit: ScoredChunk) {
        let start = hit.chunk.range.lowerBound
        let quote = Array(hit.chunk.text.utf8)[range]
        self.init(
            marker: marker, documentID: hit.chunk.documentID, chunk: hit.id,
            range: (start + range.lowerBound)..<(start + range.upperBound), location: hit.location(of: range),
            quote: String(decoding: quote, as: UTF8.self), quoteDigest: ContentHash(of: Array(quote)),
            sourceDigest: hit.passage.sourceDigest, alsoIn: hit.otherPlaces(of: range))
    }
}
