import Foundation

/// The vectors of one range of chunk ids, as stored in one row: little-endian `Float`s, row after row, for the ids
/// whose bit is set.
///
/// Blocks hold up to 64 KB, so that a whole index loads in few, long reads while adding one vector rewrites little.
/// What a block holds follows from its vectors alone: a removed vector leaves nothing.
struct VectorBlock {
    /// How many ids a block covers: the largest power of two of rows that fit 64 KB, at least 1, at most 64.
    static func width(dimension: Int) -> Int {
        let rows = max(1, min(64, 65_536 / (dimension * MemoryLayout<Float>.size)))
        return 1 << (Int.bitWidth - 1 - rows.leadingZeroBitCount)
    }

    /// Bit `i` says that the `i`-th id of the range has a vector.
    var present: UInt64 = 0
    /// (popcount of ``present``, dimension).
    var rows = Data()

    var count: Int { present.nonzeroBitCount }

    /// The offsets, in the range, of the ids that have a vector.
    var slots: [Int] { (0..<64).filter { present & (1 << UInt64($0)) != 0 } }

    /// What is wrong with the block; nil for nothing.
    func damage(dimension: Int, width: Int) -> String? {
        if width < 64, present >> UInt64(width) != 0 { return "it holds ids outside of its range" }
        if present == 0 { return "it is empty" }
        let expected = count * dimension * MemoryLayout<Float>.size
        return rows.count == expected ? nil : "it has \(rows.count) bytes instead of \(expected)"
    }

    /// The block with vectors replaced, added (`changes` has a vector) or removed (it has nil), keyed by slot.
    func applying(_ changes: [Int: [Float]?], dimension: Int, width: Int) -> VectorBlock {
        let rowSize = dimension * MemoryLayout<Float>.size
        var result = VectorBlock()
        result.rows.reserveCapacity((count + changes.count) * rowSize)
        var stored = rows.startIndex
        for slot in 0..<width {
            let bit: UInt64 = 1 << UInt64(slot)
            let isStored = present & bit != 0
            if let change = changes[slot] {
                if let vector = change {
                    result.present |= bit
                    result.append(vector)
                }
            } else if isStored {
                result.present |= bit
                result.rows.append(rows[stored..<stored + rowSize])
            }
            if isStored { stored += rowSize }
        }
        return result
    }

    private mutating func append(_ vector: [Float]) {
        var vector = vector
        vector.withUnsafeMutableBufferPointer { values in
            values.convertLittleEndian()
            rows.append(UnsafeBufferPointer(values))
        }
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Turns stored values into those of this machine, and back. Nothing to do on nearly every one.
    func convertLittleEndian() {
        #if _endian(big)
            for index in indices { self[index] = Float(bitPattern: self[index].bitPattern.byteSwapped) }
        #endif
    }
}
