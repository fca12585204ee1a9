/// Another passage with the text of a hit, or of a part of it.
///
/// Two texts are the same if they differ in nothing but white space: where lines break, and how many spaces there are.
/// Any other difference may be one of meaning (a number, a name, a “not”), so texts that are merely similar are never
/// taken for duplicates.
public struct Duplicate: Sendable, Hashable {
    public var id: ChunkID
    public var passage: Passage
    /// The part of the hit that ``passage`` repeats, in UTF-8 offsets into the hit's text.
    public var range: Range<Int>

    public init(id: ChunkID, passage: Passage, range: Range<Int>) {
        self.id = id
        self.passage = passage
        self.range = range
    }

    public var place: OtherPlace {
        OtherPlace(documentID: passage.chunk.documentID, location: passage.location)
    }
}

/// A place in a corpus besides the one that is cited.
public struct OtherPlace: Sendable, Hashable, Codable {
    public var documentID: String
    public var location: SourceLocation

    public init(documentID: String, location: SourceLocation) {
        self.documentID = documentID
        self.location = location
    }
}

extension ScoredChunk {
    /// The places of a part of the hit in its ``duplicates``. The part is given as UTF-8 offsets into the hit's text.
    ///
    /// - Complexity: O(length of the duplicates).
    public func otherPlaces(of range: Range<Int>) -> [OtherPlace] {
        guard !duplicates.isEmpty else { return [] }
        let text = Array(chunk.text.utf8)
        return duplicates.compactMap { duplicate in
            guard text.indices.contains(duplicate.range), duplicate.range.contains(range),
                let place = Wording.range(
                    range, of: text[duplicate.range], in: Array(duplicate.passage.chunk.text.utf8))
            else { return nil }
            return OtherPlace(
                documentID: duplicate.passage.chunk.documentID, location: duplicate.passage.location(of: place))
        }
    }
}
