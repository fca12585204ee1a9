import Foundation
import QuarryCore
import QuarrySQLite

/// A row of `bm25_postings`: a stored block, as far as it is read without decoding. Valid as long as the statement stays
/// on it.
struct PostingRow {
    /// What the rows of a format have.
    enum Columns {
        /// Versions 5 and 6: the number of the term, and the block.
        case unchecked
        /// The number of blocks and a checksum, too.
        case checked

        var list: String { self == .checked ? "first, number, data, blocks, checksum" : "first, number, data" }
    }

    let term: [UInt8]
    let first: Int64
    let number: Int64
    /// The number of blocks of the term in its first row, so that a missing row is noticed; 0 in the others.
    let blocks: Int64
    let data: UnsafeRawBufferPointer

    /// - `row`: The ``Columns/list`` of the format.
    /// - Throws: ``BM25Error/damaged(place:reason:)``, also if the row does not match its checksum.
    @inline(__always)
    init(_ row: DirectStatement.Row, _ columns: Columns, of term: [UInt8]) throws {
        self.term = term
        let isChecked = columns == .checked
        let checksum: Int64
        (first, number, data, blocks, checksum) = try reading {
            (
                try row.integer(0), try row.integer(1), try row.blob(2), isChecked ? try row.integer(3) : 0,
                isChecked ? try row.integer(4) : 0
            )
        }
        guard isChecked else { return }
        let expected = Self.checksum(of: data, first: first, number: number, blocks: blocks, term: term)
        guard checksum == expected else { throw damage("it does not match its checksum") }
    }

    /// A checksum of a block that binds it to its term and place.
    static func checksum(
        of data: UnsafeRawBufferPointer, first: Int64, number: Int64, blocks: Int64, term: [UInt8]
    ) -> Int64 {
        var seed = term.withUnsafeBytes { Checksum.of($0) }
        for word in [first, number, blocks] { seed = Checksum.combining(seed, UInt64(bitPattern: word)) }
        return Int64(bitPattern: Checksum.of(data, seed: seed))
    }

    func damage(_ reason: String) -> BM25Error { .damaged(place: Self.place(of: first, of: term), reason: reason) }

    static func place(of first: Int64, of term: [UInt8]) -> String {
        "the term “\(String(decoding: term, as: UTF8.self))”, block \(first)"
    }
}

/// The first block of a term.
struct PostingHead {
    /// The number of the term.
    let number: Int64
    /// Where the block begins.
    let first: Int64
    /// The number of all blocks of the term.
    let blocks: Int64
}
