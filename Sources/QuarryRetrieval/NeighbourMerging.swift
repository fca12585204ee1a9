public import QuarryCore

/// Joins hits that stand next to each other in one document.
///
/// The joined hit keeps the place and score of the better one; its text runs from the first chunk's start to the last
/// one's end, the text between them included, so it is again a range of the document.
/// - Parameters:
///   - hits: Best first.
///   - separators: For each chunk, the document's text between its end and the start of the next chunk.
///   - maximumTokens: Longer passages are not made. The default is 1200.
/// - Complexity: O(n log n).
public func mergeNeighbours(
    _ hits: [ScoredChunk], separators: [ChunkID: String], maximumTokens: Int = 1_200
) -> [ScoredChunk] {
    var merged: [ScoredChunk] = []
    var isTaken = [Bool](repeating: false, count: hits.count)
    var byPlace: [Place: Int] = [:]
    for (index, hit) in hits.enumerated() {
        byPlace[Place(document: hit.chunk.documentID, ordinal: hit.chunk.ordinal)] = index
    }
    for (index, hit) in hits.enumerated() where !isTaken[index] {
        isTaken[index] = true
        var run = [index]
        var tokens = hit.chunk.tokenCount
        func extend(by step: Int) {
            while let edge = step > 0 ? run.last : run.first {
                let chunk = hits[edge].chunk
                guard
                    let next = byPlace[Place(document: chunk.documentID, ordinal: chunk.ordinal + step)],
                    !isTaken[next],
                    tokens + hits[next].chunk.tokenCount <= maximumTokens
                else { return }
                isTaken[next] = true
                tokens += hits[next].chunk.tokenCount
                run.insert(next, at: step > 0 ? run.count : 0)
            }
        }
        extend(by: 1)
        extend(by: -1)
        merged.append(run.count == 1 ? hit : join(run.map { hits[$0] }, as: hit, separators: separators))
    }
    return merged
}

private struct Place: Hashable {
    var document: String
    var ordinal: Int
}

/// - Parameter hits: Neighbours in text order.
private func join(_ hits: [ScoredChunk], as best: ScoredChunk, separators: [ChunkID: String]) -> ScoredChunk {
    var joined = best
    joined.chunk = hits[0].chunk
    joined.location = hits[0].location
    for (previous, next) in zip(hits, hits.dropFirst()) {
        let overlap = max(0, joined.chunk.range.upperBound - next.chunk.range.lowerBound)
        if overlap == 0 { joined.chunk.text += separators[previous.id] ?? "" }
        joined.chunk.text += String(decoding: next.chunk.text.utf8.dropFirst(overlap), as: UTF8.self)
        joined.chunk.range =
            joined.chunk.range.lowerBound..<max(joined.chunk.range.upperBound, next.chunk.range.upperBound)
        joined.chunk.tokenCount += next.chunk.tokenCount
        joined.location.bytes =
            joined.location.bytes.lowerBound..<max(joined.location.bytes.upperBound, next.location.bytes.upperBound)
        joined.location.lines =
            joined.location.lines.lowerBound...max(joined.location.lines.upperBound, next.location.lines.upperBound)
        joined.chunk.headings = commonPrefix(joined.chunk.headings, next.chunk.headings)
    }
    for hit in hits {
        for (leg, score) in hit.legs where score.rank < joined.legs[leg]?.rank ?? .max { joined.legs[leg] = score }
    }
    return joined
}

private func commonPrefix(_ a: [String], _ b: [String]) -> [String] {
    Array(zip(a, b).prefix { $0 == $1 }.map(\.0))
}
