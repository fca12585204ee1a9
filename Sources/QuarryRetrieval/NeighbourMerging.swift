public import QuarryCore

/// Joins hits that stand side by side in their document into one passage each.
///
/// Two hits are neighbours where their chunks are consecutive, or their ranges touch or overlap. A passage takes the
/// place, score and id of its best-placed hit, each leg's best verdict, the headings of its first chunk, a location
/// that spans all, and as text exactly what stands in the document from its first byte to its last. Its token count is
/// the sum of its chunks', an upper bound.
///
/// - Parameters:
///   - hits: Best first.
///   - maximumTokens: Passages are not joined beyond this sum. Nil sets no bound.
///   - textBetween: The text of a document at a range, asked for the white space between two chunks. Nil, where that
///     text is gone, keeps the two apart.
/// - Returns: Passages in the order of their best hits.
/// - Complexity: O(n log n), and the length of the texts.
public func mergeNeighbours<Failure: Error>(
    _ hits: [ScoredChunk], maximumTokens: Int? = nil,
    textBetween: (_ documentID: String, _ range: Range<Int>) throws(Failure) -> String?
) throws(Failure) -> [ScoredChunk] {
    let inTextOrder = hits.indices.sorted { a, b in
        let (first, second) = (hits[a].chunk, hits[b].chunk)
        if first.documentID != second.documentID { return first.documentID < second.documentID }
        if first.range.lowerBound != second.range.lowerBound {
            return first.range.lowerBound < second.range.lowerBound
        }
        return a < b
    }
    var passages: [Passage] = []
    for place in inTextOrder {
        let hit = hits[place]
        if var passage = passages.last, passage.isNeighbour(of: hit, maximumTokens: maximumTokens),
            let gap = try gap(passage, hit, textBetween: textBetween)
        {
            passage.append(hit, place: place, gap: gap)
            passages[passages.count - 1] = passage
        } else {
            passages.append(Passage(hit: hit, place: place, lastOrdinal: hit.chunk.ordinal))
        }
    }
    return passages.sorted { $0.place < $1.place }.map(\.hit)
}

private func gap<Failure: Error>(
    _ passage: Passage, _ hit: ScoredChunk, textBetween: (String, Range<Int>) throws(Failure) -> String?
) throws(Failure) -> String? {
    let (end, start) = (passage.hit.chunk.range.upperBound, hit.chunk.range.lowerBound)
    return end < start ? try textBetween(hit.chunk.documentID, end..<start) : ""
}

/// Hits joined so far.
private struct Passage {
    var hit: ScoredChunk
    /// Index of the best hit in the list given.
    var place: Int
    var lastOrdinal: Int

    func isNeighbour(of next: ScoredChunk, maximumTokens: Int?) -> Bool {
        let (chunk, nextChunk) = (hit.chunk, next.chunk)
        guard chunk.documentID == nextChunk.documentID else { return false }
        guard nextChunk.ordinal == lastOrdinal + 1 || nextChunk.range.lowerBound <= chunk.range.upperBound else {
            return false
        }
        return maximumTokens.map { chunk.tokenCount + nextChunk.tokenCount <= $0 } ?? true
    }

    mutating func append(_ next: ScoredChunk, place: Int, gap: String) {
        let repeated = max(0, hit.chunk.range.upperBound - next.chunk.range.lowerBound)
        hit.chunk.text += gap + String(decoding: next.chunk.text.utf8.dropFirst(repeated), as: UTF8.self)
        let end = max(hit.chunk.range.upperBound, next.chunk.range.upperBound)
        hit.chunk.range = hit.chunk.range.lowerBound..<end
        hit.chunk.tokenCount += next.chunk.tokenCount
        lastOrdinal = max(lastOrdinal, next.chunk.ordinal)
        hit.location = SourceLocation(
            source: hit.location.source,
            bytes: min(
                hit.location.bytes.lowerBound, next.location.bytes.lowerBound)..<max(
                    hit.location.bytes.upperBound, next.location.bytes.upperBound),
            lines: min(
                hit.location.lines.lowerBound, next.location.lines.lowerBound)...max(
                    hit.location.lines.upperBound, next.location.lines.upperBound))
        hit.legs.merge(next.legs) { $0.rank <= $1.rank ? $0 : $1 }
        hit.score = max(hit.score, next.score)
        if place < self.place {
            self.place = place
            hit.id = next.id
        }
    }
}
