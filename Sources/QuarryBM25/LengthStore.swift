import Foundation
import GRDB
import QuarryCore
import QuarrySQLite

/// Reads and changes the chunk lengths and the totals over them.
struct LengthStore {
    let db: Database
    /// Whether the blocks have checksums: those of earlier versions have none.
    let isChecked: Bool

    /// Removes and adds the lengths of chunks, both in ascending order. Added chunks must be new or among the removed
    /// ones.
    ///
    /// - `checksum`: What is added to the sum of all checksums.
    func apply(removals: [Int64], additions: [(chunk: Int64, lengths: FieldCounts)], checksum: UInt64) throws {
        let totals = try BM25Table.totals(in: db)
        var statistics = totals.statistics
        var (removals, additions) = (removals[...], additions[...])
        while let next = lower(of: removals.first, additions.first?.chunk) {
            let number = next >> LengthBlock.shift
            var entries = try block(number)?.entries ?? []
            for chunk in removals.prefix(while: { $0 >> LengthBlock.shift == number }) {
                guard let index = entries.firstIndex(where: { $0.slot == slot(of: chunk) }) else {
                    throw damage("chunk \(chunk) should be there", number)
                }
                statistics.subtract(entries[index].lengths)
                entries.remove(at: index)
                removals.removeFirst()
            }
            for (chunk, lengths) in additions.prefix(while: { $0.chunk >> LengthBlock.shift == number }) {
                let slot = slot(of: chunk)
                let index = entries.lastIndex { $0.slot <= slot }.map { $0 + 1 } ?? 0
                guard index == 0 || entries[index - 1].slot < slot else {
                    throw damage("chunk \(chunk) is already there", number)
                }
                statistics.add(lengths)
                entries.insert(LengthBlock.Entry(slot: slot, lengths: lengths), at: index)
                additions.removeFirst()
            }
            try write(LengthBlock(entries), number)
        }
        guard statistics.isPlausible else {
            throw BM25Error.damaged(place: "the totals", reason: "they cannot be \(statistics)")
        }
        try BM25Table.write(statistics, checksum: (totals.checksum ?? 0) &+ checksum, in: db)
    }

    /// The stored lengths of one chunk; nil if it is not in the index.
    func lengths(of chunk: Int64) throws -> FieldCounts? {
        try block(chunk >> LengthBlock.shift)?.entries.first { $0.slot == slot(of: chunk) }?.lengths
    }

    /// All blocks, in ascending order.
    func forEachBlock(_ body: (_ number: Int64, LengthBlock) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(columns) FROM bm25_lengths ORDER BY block"))
        while let row = try rows.next() {
            let number = try reading { try StoredRow(row, of: "bm25_lengths").integer(0) }
            guard number >= 0, number <= Int64.max >> LengthBlock.shift else {
                throw damage("the block number is out of range", number)
            }
            try body(number, decode(row, number))
        }
    }

    private func block(_ number: Int64) throws -> LengthBlock? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM bm25_lengths WHERE block = ?")
        return try Row.fetchOne(statement, arguments: [number]).map { try decode($0, number) }
    }

    private var columns: String { isChecked ? "block, data, checksum" : "block, data" }

    private func decode(_ row: Row, _ number: Int64) throws -> LengthBlock {
        let stored = StoredRow(row, of: "bm25_lengths")
        do {
            let expected = isChecked ? try reading { try stored.integer(2) } : nil
            return try row.decode(at: 1) { bytes throws(Malformation) in
                if let expected, Self.checksum(of: bytes, number) != expected {
                    throw Malformation("it does not match its checksum")
                }
                return try LengthBlock(decoding: bytes)
            }
        } catch let malformation as Malformation {
            throw damage(malformation.reason, number)
        }
    }

    private func write(_ block: LengthBlock, _ number: Int64) throws {
        if block.entries.isEmpty {
            try db.cachedStatement(sql: "DELETE FROM bm25_lengths WHERE block = ?").execute(arguments: [number])
        } else {
            let bytes = block.encoded()
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO bm25_lengths (block, data, checksum) VALUES (?, ?, ?)")
                .execute(arguments: [number, Data(bytes), bytes.withUnsafeBytes { Self.checksum(of: $0, number) }])
        }
    }

    /// A checksum of a block that binds it to its number.
    static func checksum(of bytes: UnsafeRawBufferPointer, _ number: Int64) -> Int64 {
        Int64(bitPattern: Checksum.of(bytes, seed: UInt64(bitPattern: number)))
    }

    private func slot(of chunk: Int64) -> Int { Int(chunk) & (LengthBlock.width - 1) }

    private func damage(_ reason: String, _ number: Int64) -> BM25Error {
        .damaged(place: "the chunk lengths, block \(number)", reason: reason)
    }
}
