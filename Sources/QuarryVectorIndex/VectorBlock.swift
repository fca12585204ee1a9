import Foundation
import QuarryCore

/// The vectors of one range of chunk ids, as stored in one row: little-endian `Float`s, row after row, for the ids
/// whose bit is set.
///
/// A block fits a page of the file if at least three vectors do, else two pages: one vector is read with little around it.
/// The content of a block follows from its vectors alone: a removed vector leaves nothing behind.
struct VectorBlock {
    /// The number of ids in a block, from 1 to 64.
    static func width(dimension: Int) -> Int {
        let size = dimension * MemoryLayout<Float>.size
        // A page has 8192 bytes, and the columns beside the vectors take up to 50.
        return max(1, min(64, (3 * size <= 8100 ? 8100 : 16_384) / size))
    }

    /// The width in tables of the first format: the largest power of two of rows that fit in 64 KB, from 1 to 64.
    static func earlierWidth(dimension: Int) -> Int {
        let rows = max(1, min(64, 65_536 / (dimension * MemoryLayout<Float>.size)))
        return 1 << (Int.bitWidth - 1 - rows.leadingZeroBitCount)
    }

    /// Bit `i` is set if the `i`-th id of the range has a vector.
    var present: UInt64 = 0
    /// (popcount of ``present``, dimension).
    var rows = Data()

    var count: Int { present.nonzeroBitCount }

    /// A checksum that binds the vectors to their generation and their chunks.
    func checksum(generation: Int64, block number: Int64) -> Int64 {
        let place = Checksum.combining(UInt64(bitPattern: generation), UInt64(bitPattern: number))
        return Int64(
            bitPattern: rows.withUnsafeBytes { Checksum.of($0, seed: Checksum.combining(place, present)) })
    }

    /// The offsets in the range of ids with a vector.
    var slots: [Int] { (0..<64).filter { present & (1 << UInt64($0)) != 0 } }

    /// The problem with the shape of a block whose rows have a number of bytes; nil if it is valid.
    func damage(dimension: Int, width: Int, byteCount: Int) -> String? {
        if width < 64, present >> UInt64(width) != 0 { return "it has ids outside of its range" }
        if present == 0 { return "it is empty" }
        let expected = count * dimension * MemoryLayout<Float>.size
        return byteCount == expected ? nil : "it has \(byteCount) bytes instead of \(expected)"
    }

    /// The length of a row's vector.
    func length(ofRow row: Int, dimension: Int) -> Double {
        rows.withUnsafeBytes { bytes in
            (row * dimension..<(row + 1) * dimension).reduce(0.0) { sum, value in
                let number = Double(Self.value(value, of: bytes))
                return sum + number * number
            }.squareRoot()
        }
    }

    private static func value(_ index: Int, of bytes: UnsafeRawBufferPointer) -> Float {
        let offset = index * MemoryLayout<Float>.size
        return Float(
            bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    /// The first row with a value that is infinite or not a number; nil if there is none.
    func firstInvalidRow(dimension: Int) -> Int? {
        rows.withUnsafeBytes { bytes in
            (0..<count).first { row in
                (row * dimension..<(row + 1) * dimension).contains { !Self.value($0, of: bytes).isFinite }
            }
        }
    }

    /// The block with changes by slot: a vector is added or replaced, nil removes it.
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
    /// Converts between stored byte order and the machine's byte order. A no-op on little-endian machines.
    func convertLittleEndian() {
        #if _endian(big)
            for index in indices { self[index] = Float(bitPattern: self[index].bitPattern.byteSwapped) }
        #endif
    }
}
