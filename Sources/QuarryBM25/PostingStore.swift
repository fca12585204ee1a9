import Foundation
import GRDB
import QuarrySQLite

/// Reads and changes the blocks of one term, and keeps the invariants of ``PostingBlock``.
struct PostingStore {
    let term: [UInt8]
    let number: Int64
    let statements: PostingStatements
    /// The first block; nil for a term without blocks.
    private(set) var head: PostingHead?
    /// The number of blocks, also while ``head`` still has that from before a change.
    private var blockCount: Int64
    /// Whether blocks were added or removed since ``head`` was written.
    private var hasOtherBlocks = false

    init(term: [UInt8], number: Int64, head: PostingHead?, statements: PostingStatements) {
        (self.term, self.number, self.head, self.statements) = (term, number, head, statements)
        blockCount = head?.blocks ?? 0
    }

    /// Removes and adds postings.
    ///
    /// - Parameters:
    ///   - removals: Ids of chunks with the term, in ascending order.
    ///   - additions: Postings of new or removed chunks, in ascending order.
    mutating func apply(removals: ArraySlice<Int64>, additions: ArraySlice<Posting>) throws {
        var (removals, additions, isNew) = (removals, additions, head == nil)
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
        try renewHead()
    }

    /// Adds the blocks of a term that has none.
    mutating func insert(_ blocks: [PostingBlock]) throws {
        guard let first = blocks.first?.range.first else { return }
        head = PostingHead(number: number, first: first, blocks: Int64(blocks.count))
        blockCount = Int64(blocks.count)
        for block in blocks { try write(block) }
    }

    /// Stores the number of blocks in the first one.
    private mutating func renewHead() throws {
        guard hasOtherBlocks, let old = head else { return }
        hasOtherBlocks = false
        let first = try statements.neighbours(of: -1, of: term).first
        guard blockCount >= 0, (first == nil) == (blockCount == 0) else {
            throw damage("the term has another number of blocks than \(old.blocks)", old.first)
        }
        if let first, first == old.first, blockCount == old.blocks { return }
        if first != old.first { try statements.setBlocks(0, at: old.first, of: term) }
        head = first.map { PostingHead(number: number, first: $0, blocks: blockCount) }
        if let first { try statements.setBlocks(blockCount, at: first, of: term) }
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

    private mutating func replace(_ old: PostingBlock?, by blocks: [PostingBlock]) throws {
        if head == nil { return try insert(blocks) }
        if old == nil || blocks.count != 1 || old?.range.first != blocks[0].range.first { hasOtherBlocks = true }
        blockCount += Int64(blocks.count) - (old == nil ? 0 : 1)
        if let old, !blocks.contains(where: { $0.range.first == old.range.first }) { try delete(old.range.first) }
        for block in blocks { try write(block) }
    }

    /// Writes a smaller block, and joins it with its neighbours as long as they fit in one block.
    private mutating func replaceAndJoin(_ old: PostingBlock?, by new: PostingBlock) throws {
        hasOtherBlocks = true
        if let old {
            try delete(old.range.first)
            blockCount -= 1
        }
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
                blockCount -= 1
                let isBelow = neighbour.range.first < block.range.first
                block.postings =
                    isBelow ? neighbour.postings + block.postings : block.postings + neighbour.postings
            }
            block.range = block.range.parent
        }
        guard !block.postings.isEmpty else { return }
        try write(block)
        blockCount += 1
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

    private func decode(_ row: PostingRow) throws -> PostingBlock {
        guard row.number == number else { throw row.damage("its number is \(row.number), not \(number)") }
        do {
            return try PostingBlock(first: row.first, decoding: row.data)
        } catch let malformation {
            throw row.damage(malformation.reason)
        }
    }

    private func write(_ block: PostingBlock) throws {
        let first = block.range.first
        try statements.write(
            block.encoded(), first: first, of: term, number: number,
            blocks: head.map { $0.first == first ? $0.blocks : 0 } ?? 0)
    }

    private func delete(_ first: Int64) throws {
        try statements.delete(first, of: term)
    }

    private func damage(_ reason: String, _ first: Int64) -> BM25Error {
        .damaged(place: PostingRow.place(of: first, of: term), reason: reason)
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
