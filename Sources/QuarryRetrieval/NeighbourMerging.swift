public import QuarryCore

/// Joins adjacent hits of one document.
///
/// The joined hit has the position and score of the better one. Its text runs from the start of the first chunk to the
/// end of the last, including the text between them, so it is again a range of the document.
/// - Parameters:
///   - hits: Best first.
///   - maximumTokens: The maximum length of a joined passage. The default is 1200.
/// - Complexity: O(n log n).
public func mergeNeighbours(_ hits: [ScoredChunk], maximumTokens: Int = 1_200) -> [ScoredChunk] {
    var merged: [ScoredChunk] = []
    var isTaken = [Bool](repeating: false, count: hits.count)
    var byPosition: [Position: Int] = [:]
    for (index, hit) in hits.enumerated() {
        byPosition[Position(document: hit.chunk.documentID, ordinal: hit.chunk.ordinal)] = index
    }
    for (index, hit) in hits.enumerated() where !isTaken[index] {
        isTaken[index] = true
        var run = [index]
        var tokens = hit.chunk.tokenCount
        func extend(by step: Int) {
            while let edge = step > 0 ? run.last : run.first {
                let chunk = hits[edge].chunk
                guard
                    let next = byPosition[Position(document: chunk.documentID, ordinal: chunk.ordinal + step)],
                    !isTaken[next],
                    // Ranges of a damaged index may contradict the numbers.
                    step * (hits[next].chunk.range.lowerBound - chunk.range.lowerBound) >= 0,
                    tokens + hits[next].chunk.tokenCount <= maximumTokens
                else { return }
                isTaken[next] = true
                tokens += hits[next].chunk.tokenCount
                run.insert(next, at: step > 0 ? run.count : 0)
            }
        }
        extend(by: 1)
        extend(by: -1)
        merged.append(run.count == 1 ? hit : join(run.map { hits[$0] }, as: hit))
    }
    return merged
}

private struct Position: Hashable {
    var document: String
    var ordinal: Int
}

/// - `hits`: Neighbours in text order.
private func join(_ hits: [ScoredChunk], as best: ScoredChunk) -> ScoredChunk {
    var joined = best
    var passage = hits[0].passage
    var chunk = passage.chunk
    for next in hits.dropFirst() {
        let overlap = max(0, chunk.range.upperBound - next.chunk.range.lowerBound)
        if overlap == 0 { chunk.text += passage.separator }
        chunk.text += String(decoding: next.chunk.text.utf8.dropFirst(overlap), as: UTF8.self)
        passage.sourceMap = passage.sourceMap.joined(
            with: next.passage.sourceMap, at: next.chunk.range.lowerBound - chunk.range.lowerBound)
        passage.separator = next.passage.separator
        chunk.range = chunk.range.lowerBound..<max(chunk.range.upperBound, next.chunk.range.upperBound)
        chunk.tokenCount += next.chunk.tokenCount
        chunk.headings = commonPrefix(chunk.headings, next.chunk.headings)
    }
    passage.chunk = chunk
    joined.passage = passage
    for hit in hits {
        for (leg, score) in hit.legs {
            guard let known = joined.legs[leg] else {
                joined.legs[leg] = score
                continue
            }
            if score.rank ?? .max < known.rank ?? .max { joined.legs[leg] = score }
        }
    }
    return joined
}

private func commonPrefix(_ a: [String], _ b: [String]) -> [String] {
    Array(zip(a, b).prefix { $0 == $1 }.map(\.0))
}
