public import QuarryCore

/// The maximum length of a joined passage, in tokens.
let mergedTokens = 1_200

/// Joins adjacent hits of one document.
///
/// The joined hit has the position and score of the better one. Its text runs from the start of the first chunk to the
/// end of the last, including the text between them, so it is again a range of the document.
/// - Parameters:
///   - hits: Best first.
///   - context: Passages that are read with the hits. Each is joined to what is next to it under the same headings, and
///     hits that meet by it are joined; without a neighbour it is dropped.
///   - maximumTokens: The maximum length of a joined passage. The default is 1200.
/// - Complexity: O(n log n).
public func mergeNeighbours(
    _ hits: [ScoredChunk], reading context: [ScoredChunk] = [], maximumTokens: Int = 1_200
) -> [ScoredChunk] {
    var byPosition: [ChunkPosition: Int] = [:]
    for (index, hit) in hits.enumerated() { byPosition[ChunkPosition(hit.chunk)] = index }
    var all = hits
    for passage in context where byPosition[ChunkPosition(passage.chunk)] == nil {
        byPosition[ChunkPosition(passage.chunk)] = all.count
        all.append(passage)
    }
    var merged: [ScoredChunk] = []
    var isTaken = [Bool](repeating: false, count: all.count)
    for (index, hit) in hits.enumerated() where !isTaken[index] {
        isTaken[index] = true
        // Backwards to the first chunk, and from the hit on to the last.
        var (before, after): ([Int], [Int]) = ([], [index])
        var tokens = hit.chunk.tokenCount
        func extend(_ run: inout [Int], by step: Int) {
            while true {
                let edge = run.last ?? index
                let chunk = all[edge].chunk
                guard
                    let next = byPosition[ChunkPosition(document: chunk.documentID, ordinal: chunk.ordinal &+ step)],
                    !isTaken[next],
                    // Ranges of a damaged index may contradict the numbers.
                    step * (all[next].chunk.range.lowerBound - chunk.range.lowerBound) >= 0,
                    next < hits.count
                        || (step > 0 ? chunk.isContinued(by: all[next].chunk) : all[next].chunk.isContinued(by: chunk)),
                    tokens + all[next].chunk.tokenCount <= maximumTokens
                else { return }
                isTaken[next] = true
                tokens += all[next].chunk.tokenCount
                run.append(next)
            }
        }
        extend(&after, by: 1)
        extend(&before, by: -1)
        let run = before.reversed() + after
        merged.append(run.count == 1 ? hit : join(run.map { (all[$0], $0 < hits.count) }, as: hit))
    }
    return merged
}

/// Where a chunk is.
struct ChunkPosition: Hashable {
    var document: String
    var ordinal: Int
}

extension ChunkPosition {
    init(_ chunk: Chunk) { self.init(document: chunk.documentID, ordinal: chunk.ordinal) }
}

/// - `parts`: Neighbours in text order, and whether the search found them.
private func join(_ parts: [(hit: ScoredChunk, isFound: Bool)], as best: ScoredChunk) -> ScoredChunk {
    var joined = best
    var passage = parts[0].hit.passage
    joined.duplicates = parts[0].hit.duplicates
    var found = FoundParts(parts[0].hit, isFound: parts[0].isFound)
    for (next, isFound) in parts.dropFirst() {
        let start = passage.append(next.passage)
        found.add(next, at: start, isFound: isFound)
        joined.duplicates = joining(joined.duplicates, next.duplicates.map { $0.shifted(by: start) }, in: passage)
    }
    joined.passage = passage
    joined.found = found.ranges(in: passage.chunk.text)
    for (hit, _) in parts {
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

extension Passage {
    /// Adds the next passage of the same document.
    ///
    /// - Returns: Its offset in the text of both.
    fileprivate mutating func append(_ next: Passage) -> Int {
        let overlap = max(0, chunk.range.upperBound - next.chunk.range.lowerBound)
        if overlap == 0 { chunk.text += separator }
        let start = max(0, chunk.text.utf8.count - overlap)
        chunk.text += String(decoding: next.chunk.text.utf8.dropFirst(overlap), as: UTF8.self)
        sourceMap = sourceMap.joined(
            with: next.sourceMap, at: next.chunk.range.lowerBound - chunk.range.lowerBound)
        separator = next.separator
        chunk.range = chunk.range.lowerBound..<max(chunk.range.upperBound, next.chunk.range.upperBound)
        chunk.tokenCount += next.chunk.tokenCount
        chunk.headings = commonPrefix(chunk.headings, next.chunk.headings)
        return start
    }

    /// Whether this passage ends where `next` starts, or within it.
    fileprivate func isFollowed(by next: Passage) -> Bool {
        let (range, following) = (chunk.range, next.chunk.range)
        return chunk.documentID == next.chunk.documentID && range.lowerBound < following.lowerBound
            && range.upperBound < following.upperBound
            && following.lowerBound - range.upperBound <= separator.utf8.count
    }
}

/// The duplicates of two neighbours. Duplicates that are neighbours too become one.
///
/// - `passage`: The joined neighbours.
private func joining(_ first: [Duplicate], _ second: [Duplicate], in passage: Passage) -> [Duplicate] {
    guard !first.isEmpty, !second.isEmpty else { return first + second }
    let text = Array(passage.chunk.text.utf8)
    var rest = second
    let joined = first.map { duplicate in
        guard
            let index = rest.firstIndex(where: {
                duplicate.passage.isFollowed(by: $0.passage) && duplicate.range.lowerBound < $0.range.upperBound
            })
        else { return duplicate }
        var both = duplicate
        _ = both.passage.append(rest[index].passage)
        both.range = duplicate.range.lowerBound..<rest[index].range.upperBound
        // The text between them may differ.
        let words = String(decoding: text[both.range.clamped(to: text.indices)], as: UTF8.self)
        guard Wording(of: words) == Wording(of: both.passage.chunk.text) else { return duplicate }
        rest.remove(at: index)
        return both
    }
    return Array((joined + rest).prefix(DistinctHits.maximumDuplicates))
}

extension Duplicate {
    fileprivate func shifted(by distance: Int) -> Duplicate {
        var shifted = self
        shifted.range = (range.lowerBound + distance)..<(range.upperBound + distance)
        return shifted
    }
}

/// The parts of a joined hit that the search found.
private struct FoundParts {
    private var parts: [Range<Int>] = []
    private var hasContext = false
    private var isOpen = false

    init(_ first: ScoredChunk, isFound: Bool) { add(first, at: 0, isFound: isFound) }

    /// Nil if all parts were found.
    func ranges(in text: String) -> [Range<Int>]? {
        // Ranges of a damaged index may contradict the text.
        hasContext ? parts.map { $0.clamped(to: 0..<text.utf8.count) } : nil
    }

    mutating func add(_ hit: ScoredChunk, at start: Int, isFound: Bool) {
        let end = start + hit.chunk.text.utf8.count
        if isFound, isOpen, let last = parts.popLast() {
            parts.append(last.lowerBound..<max(last.upperBound, end))
        } else if isFound {
            parts.append(start..<end)
        }
        isOpen = isFound
        if !isFound { hasContext = true }
    }
}

private func commonPrefix(_ a: [String], _ b: [String]) -> [String] {
    Array(zip(a, b).prefix { $0 == $1 }.map(\.0))
}
