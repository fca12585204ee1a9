import QuarryCore

/// Hits of different words. One with the same words as an earlier hit becomes its duplicate.
struct DistinctHits {
    /// The largest number of duplicates that a hit lists.
    static let maximumDuplicates = 100

    /// In the order in which they were added. Add no more after a change.
    var hits: [ScoredChunk] = []
    /// The first hit with these ends, and whether its whole wording is in `byWording`: few passages need a look at all of
    /// their text.
    private var byEnds: [WordingEnds: (position: Int, isListed: Bool)] = [:]
    private var byWording: [PassageWording: Int] = [:]

    mutating func add(_ hit: ScoredChunk) {
        let ends = WordingEnds(of: hit.chunk.text)
        guard let first = byEnds[ends] else {
            byEnds[ends] = (hits.count, false)
            hits.append(hit)
            return
        }
        if !first.isListed {
            byWording[hits[first.position].passage.wording] = first.position
            byEnds[ends]?.isListed = true
        }
        let wording = hit.passage.wording
        if let position = byWording[wording] {
            hits[position].absorb(hit)
        } else {
            byWording[wording] = hits.count
            hits.append(hit)
        }
    }
}

extension ScoredChunk {
    /// Lists a hit with the same words, and its duplicates.
    fileprivate mutating func absorb(_ other: ScoredChunk) {
        let (all, allOfOther) = (0..<chunk.text.utf8.count, 0..<other.chunk.text.utf8.count)
        let same =
            [(other.id, other.passage)]
            + other.duplicates.filter { $0.range == allOfOther }.map { ($0.id, $0.passage) }
        let room = max(0, DistinctHits.maximumDuplicates - duplicates.count)
        duplicates += same.prefix(room).map { Duplicate(id: $0.0, passage: $0.1, range: all) }
    }
}
