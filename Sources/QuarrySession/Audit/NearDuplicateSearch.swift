import Foundation
import QuarryText

/// Finds documents that have most of their words in common: candidates by MinHash with banding (Broder 1997; Leskovec,
/// Rajaraman and Ullman, Mining of Massive Datasets, 3.4), then checked by their exact similarity.
///
/// In memory it keeps a sketch of 256 bytes for each document. The sets of words are in a temporary file, which is gone with
/// the search.
struct NearDuplicateSearch: ~Copyable {
    struct Group: Equatable {
        /// In ascending order.
        var members: [Int]
        /// The lowest similarity of a pair that was joined.
        var similarity: Double
    }

    /// Documents with less in common are not near-duplicates.
    static let threshold = 0.7
    /// Shorter documents, in words, have too few words to be compared.
    static let minimumWords = 30
    /// Pairs whose sketches have less in common are not compared: 3.5 standard errors below the threshold.
    private static let minimumEstimate = 0.5
    /// The most documents of a bucket that others of it are compared with. It bounds the comparisons of a document to this
    /// number in each band.
    private static let maximumLeaders = 16

    private struct Entry {
        var number: Int
        var sketch: MinHash
        var offset: UInt64
        var shingles: Int
    }

    private let file: FileHandle
    private var end: UInt64
    private var entries: [Entry]

    /// - Throws: If the temporary file cannot be made.
    init() throws {
        file = try Self.temporaryFile()
        end = 0
        entries = []
    }

    /// A file without a name. It stays until the handle is gone.
    private static func temporaryFile() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(path: "quarry-audit-\(UUID().uuidString)")
        try Data().write(to: url, options: .withoutOverwriting)
        defer { try? FileManager.default.removeItem(at: url) }
        return try FileHandle(forUpdating: url)
    }

    /// - Parameter number: Names the document in the groups; ascending.
    mutating func add(_ shingles: WordShingles, _ sketch: MinHash, number: Int) throws {
        try file.seek(toOffset: end)
        try file.write(contentsOf: shingles.hashes.withUnsafeBytes { Data($0) })
        entries.append(Entry(number: number, sketch: sketch, offset: end, shingles: shingles.hashes.count))
        end += UInt64(shingles.hashes.count * 8)
    }

    /// The groups of near-duplicates, by their first members.
    ///
    /// - Complexity: O(n log n) in the number of documents, and at most 16 · 16 comparisons for each.
    func groups() throws -> [Group] {
        var sets = DisjointSets(count: entries.count)
        var different: Set<UInt64> = []
        var similarities: [(entry: Int, similarity: Double)] = []
        for band in 0..<MinHash.bands {
            let hashes = entries.map { $0.sketch.band(band) }
            let order = entries.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
            var leaders: [Int] = []
            for (position, entry) in order.enumerated() {
                try Task.checkCancellation()
                if position == 0 || hashes[order[position - 1]] != hashes[entry] { leaders = [] }
                var isJoined = false
                for leader in leaders {
                    if sets.root(of: leader) == sets.root(of: entry) {
                        isJoined = true
                        break
                    }
                    let pair = UInt64(leader) << 32 | UInt64(entry)
                    guard !different.contains(pair),
                        entries[leader].sketch.similarity(to: entries[entry].sketch) >= Self.minimumEstimate
                    else { continue }
                    let similarity = try shingles(of: leader).similarity(to: shingles(of: entry))
                    guard similarity >= Self.threshold else {
                        different.insert(pair)
                        continue
                    }
                    sets.join(leader, entry)
                    similarities.append((entry, similarity))
                    isJoined = true
                    break
                }
                if !isJoined, leaders.count < Self.maximumLeaders { leaders.append(entry) }
            }
        }
        return groups(of: &sets, similarities)
    }

    private func groups(of sets: inout DisjointSets, _ similarities: [(entry: Int, similarity: Double)]) -> [Group] {
        var lowest: [Int: Double] = [:]
        for (entry, similarity) in similarities { lowest[sets.root(of: entry), default: 1].lower(to: similarity) }
        var members: [Int: [Int]] = [:]
        for index in entries.indices {
            let root = sets.root(of: index)
            if lowest[root] != nil { members[root, default: []].append(entries[index].number) }
        }
        return members.map { Group(members: $0.value.sorted(), similarity: lowest[$0.key] ?? 1) }
            .sorted { ($0.members.first ?? 0) < ($1.members.first ?? 0) }
    }

    private func shingles(of entry: Int) throws -> WordShingles {
        let (offset, count) = (entries[entry].offset, entries[entry].shingles)
        try file.seek(toOffset: offset)
        let bytes = try file.read(upToCount: count * 8) ?? Data()
        guard bytes.count == count * 8 else { throw CocoaError(.fileReadCorruptFile) }
        var hashes = [UInt64](repeating: 0, count: count)
        hashes.withUnsafeMutableBytes { _ = bytes.copyBytes(to: $0) }
        return WordShingles(hashes: hashes, words: count)
    }
}

extension Double {
    fileprivate mutating func lower(to other: Double) { self = min(self, other) }
}

/// Disjoint sets of indices, joined two at a time (Tarjan 1975).
private struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func root(of index: Int) -> Int {
        var index = index
        while parents[index] != index {
            parents[index] = parents[parents[index]]
            index = parents[index]
        }
        return index
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(of: a), root(of: b))
        parents[max(a, b)] = min(a, b)
    }
}
