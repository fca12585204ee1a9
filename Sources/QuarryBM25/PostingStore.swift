import Foundation
import GRDB
import QuarrySQLite

/// Reads and changes the blocks of one term, and keeps the invariants of ``PostingBlock``.
struct PostingStore {
    let term: [UInt8]
    let number: Int64
    let statements: PostingStatements

    /// Removes and adds postings.
    ///
    /// - Parameters:
    ///   - removals: Ids of chunks with the term, in ascending order.
    ///   - additions: Postings of new or removed chunks, in ascending order.
    ///   - isNew: Whether the term has no blocks yet.
    func apply(removals: ArraySlice<Int64>, additions: ArraySlice<Posting>, isNew: Bool) throws {
        var (removals, additions, isNew) = (removals, additions, isNew)
        while let next = lower(of: removals.first, additions.first?.chunk) {
            let old = isNew ? nil : try block(for: next)
            let range = try old?.range ?? (isNew ? .all : gap(around: next))
            isNew = false
            let removed = removals.prefix { $0 <= range.last }
            let added = additions.prefix { $0.chunk <= range.last }
            removals = removals.dropFirst(removed.count)
            additions = additions.dropFirst(added.count)

            let postings = try edited(old?.postings ?? [], range: range, removing: removed, adding: added)
            if removed.isEmpty || postings.count > PostingBlock.capacity {
                try replace(old, by: PostingBlock.blocks(of: postings[...], in: range))
            } else {
                try replaceAndJoin(old, by: PostingBlock(range: range, postings: postings[...]))
            }
        }
    }

    private func edited(
        _ old: ArraySlice<Posting>, range: IDRange, removing removed: ArraySlice<Int64>,
        adding added: ArraySlice<Posting>
    ) throws -> [Posting] {
        if removed.isEmpty, let first = added.first, old.last.map({ $0.chunk < first.chunk }) ?? true {
            return Array(old) + added
        }
        var (removed, added) = (removed, added)
        var postings: [Posting] = []
        postings.reserveCapacity(old.count + added.count)
        for posting in old {
            while let new = added.first, new.chunk < posting.chunk { postings.append(added.removeFirst()) }
            if removed.first == posting.chunk {
                removed.removeFirst()
            } else if added.first?.chunk == posting.chunk {
                throw damage("chunk \(posting.chunk) is already there", range.first)
            } else {
                postings.append(posting)
            }
        }
        if let missing = removed.first {
            throw damage("chunk \(missing) should be there", range.first)
        }
        return postings + added
    }

    private func replace(_ old: PostingBlock?, by blocks: [PostingBlock]) throws {
        if let old, !blocks.contains(where: { $0.range.first == old.range.first }) { try delete(old.range.first) }
        for block in blocks { try write(block) }
    }

    /// Writes a smaller block, and joins it with its neighbours as long as they fit in one block.
    private func replaceAndJoin(_ old: PostingBlock?, by new: PostingBlock) throws {
        if let old { try delete(old.range.first) }
        var block = new
        while block.range.level < IDRange.all.level {
            let neighbours = try blocks(in: block.range.sibling, atMost: 2)
            let count = neighbours.reduce(block.postings.count) { $0 + $1.postings.count }
            guard neighbours.count < 2, count <= PostingBlock.capacity else { break }
            if let neighbour = neighbours.first {
                guard neighbour.range.level <= block.range.level else {
                    throw damage("it overlaps the block of chunk \(block.range.first)", neighbour.range.first)
                }
                try delete(neighbour.range.first)
                let isBelow = neighbour.range.first < block.range.first
                block.postings =
                    isBelow ? neighbour.postings + block.postings : block.postings + neighbour.postings
            }
            block.range = block.range.parent
        }
        if !block.postings.isEmpty { try write(block) }
    }

    /// The block whose range contains the id; nil if no chunk of that range has the term.
    func block(for id: Int64) throws -> PostingBlock? {
        try statements.covering(id, of: term, decode).flatMap { $0.range.contains(id) ? $0 : nil }
    }

    /// The range of a new block for an id that no block covers.
    private func gap(around id: Int64) throws -> IDRange {
        IDRange(around: id, apartFrom: try statements.neighbours(of: id, of: term))
    }

    func blocks(in range: IDRange, atMost limit: Int = .max) throws -> [PostingBlock] {
        try statements.blocks(from: range.first, to: range.last, atMost: limit, of: term, decode)
    }

    private func decode(first: Int64, number: Int64, data: UnsafeRawBufferPointer) throws -> PostingBlock {
        guard number == self.number else { throw damage("its number is \(number), not \(self.number)", first) }
        do {
            return try PostingBlock(first: first, decoding: data)
        } catch let malformation {
            throw damage(malformation.reason, first)
        }
    }

    /// Adds the blocks of a term that has none.
    func insert(_ blocks: [PostingBlock]) throws { for block in blocks { try write(block) } }

    private func write(_ block: PostingBlock) throws {
        try statements.write(block.encoded(), first: block.range.first, of: term, number: number)
    }

    private func delete(_ first: Int64) throws {
        try statements.delete(first, of: term)
    }

    private func damage(_ reason: String, _ first: Int64) -> BM25Error {
        .damaged(place: "the term “\(String(decoding: term, as: UTF8.self))”, block \(first)", reason: reason)
    }
}

extension Row {
    /// Decodes a blob in place, without copying it.
    func decode<Value>(
        at index: Int, _ decode: (UnsafeRawBufferPointer) throws(Malformation) -> Value
    ) throws -> Value {
        try withUnsafeData(atIndex: index) { data in
            guard let data else { throw Malformation("it has no data") }
            return try data.withUnsafeBytes { try decode($0) }
        }
    }
}
