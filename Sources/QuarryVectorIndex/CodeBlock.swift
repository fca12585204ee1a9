import Foundation
import QuarryCore
import QuarryLinearAlgebra

/// The codes of one range of chunk ids, in memory as they are stored in one row. Immutable.
///
/// The content of a block follows from the coder and the vectors alone: a removed vector leaves nothing behind.
final class CodeBlock: @unchecked Sendable {
    // Unchecked: only `init` writes, before the pointer is shared.

    /// The number of ids in a block: the largest power of two whose codes fit in 128 KB, from 64 to 1024.
    static func width(columns: Int) -> Int {
        let rows = max(
            64, min(1024, 131_072 / (columns / 8 + 3 * MemoryLayout<Float>.size + fineBytes(columns: columns))))
        return 1 << (Int.bitWidth - 1 - rows.leadingZeroBitCount)
    }

    static func byteCount(rows: Int, columns: Int) -> Int {
        (rows + 31) / 32 * CodeKernels.groupBytes(columns: columns) + rows * fineBytes(columns: columns)
    }

    /// The bytes of the fine code of a row: magnitudes, then scale and error.
    private static func fineBytes(columns: Int) -> Int {
        CodeKernels.magnitudeBytes(columns: columns) + 2 * MemoryLayout<Float>.size
    }

    let number: Int64
    let columns: Int
    let checksum: Int64
    /// A bit for each id of the range; (width / 64) words.
    let present: [UInt64]
    /// The number of rows.
    let count: Int
    /// Groups of 32 rows in the order of their ids, then the fine codes of all rows. Unused rows of the last group are zero.
    let groups: UnsafeMutablePointer<UInt8>
    /// The number of rows before each word of ``present``.
    private let ranks: [Int]

    /// - `fill`: Writes the groups, which are zero.
    init(
        generation: Int64, number: Int64, present: [UInt64], columns: Int,
        filling fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows {
        self.number = number
        self.columns = columns
        self.present = present
        var (ranks, count) = ([Int](), 0)
        for word in present {
            ranks.append(count)
            count += word.nonzeroBitCount
        }
        (self.ranks, self.count) = (ranks, count)
        let size = Self.byteCount(rows: count, columns: columns)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, size), alignment: 64)
        groups = raw.initializeMemory(as: UInt8.self, repeating: 0, count: max(64, size))
        do {
            try fill(UnsafeMutableRawBufferPointer(start: raw, count: size))
        } catch {
            raw.deallocate()
            throw error
        }
        var seed = Checksum.combining(UInt64(bitPattern: generation), UInt64(bitPattern: number))
        for word in present { seed = Checksum.combining(seed, word) }
        checksum = Int64(
            bitPattern: Checksum.of(UnsafeRawBufferPointer(start: groups, count: size), seed: seed))
    }

    deinit { groups.deallocate() }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: groups, count: Self.byteCount(rows: count, columns: columns))
    }

    /// The bounds of the inner product of a row with a query, from its fine code.
    func fineBounds(
        ofRow row: Int, for query: VectorCoder.Query, kernel: CodeKernels.Kernel
    ) -> (lower: Float, upper: Float) {
        let group = UnsafePointer(groups) + row / 32 * CodeKernels.groupBytes(columns: columns)
        let fine = UnsafePointer(groups) + finePlace(ofRow: row)
        let product = CodeKernels.fineProduct(
            group: group, slot: row % 32, magnitudes: fine, query: query.values, kernel: kernel)
        let factors = fine + CodeKernels.magnitudeBytes(columns: columns)
        let (scale, error) = (Self.float(factors), Self.float(factors + MemoryLayout<Float>.size))
        let offset = Self.float(group + Self.place(0, slot: row % 32, columns: columns))
        let estimate = query.coarse.center + offset + scale * (query.step * Float(product))
        let width = error * query.rowError + scale * query.stepError + query.coarse.slack
        return (estimate - width, estimate + width)
    }

    /// Asks for the memory that ``fineBounds(ofRow:for:kernel:)`` will read.
    func prefetch(row: Int) {
        CodeKernels.prefetch(
            group: groups + row / 32 * CodeKernels.groupBytes(columns: columns), slot: row % 32,
            magnitudes: groups + finePlace(ofRow: row), columns: columns)
    }

    private func finePlace(ofRow row: Int) -> Int {
        (count + 31) / 32 * CodeKernels.groupBytes(columns: columns) + row * Self.fineBytes(columns: columns)
    }

    private static func float(_ place: UnsafePointer<UInt8>) -> Float {
        Float(bitPattern: UInt32(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt32.self)))
    }

    /// The chunks of the rows, ascending.
    var ids: [ChunkID] {
        present.enumerated().flatMap { index, word in
            (0..<64).lazy.filter { word >> UInt64($0) & 1 != 0 }.map { self.id(word: index, bit: $0) }
        }
    }

    private func id(word: Int, bit: Int) -> ChunkID {
        ChunkID(number * Int64(present.count * 64) + Int64(word * 64 + bit))
    }

    /// The chunk of a row.
    func id(ofRow row: Int) -> ChunkID {
        var index = ranks.count - 1
        while ranks[index] > row { index -= 1 }
        var word = present[index]
        for _ in 0..<row - ranks[index] { word &= word - 1 }
        return id(word: index, bit: word.trailingZeroBitCount)
    }

    /// The rows of a mask, as a bit for each row.
    ///
    /// - Returns: Nil for all rows; an empty array for none.
    func members(of mask: ChunkMask) -> [UInt32]? {
        var members: [UInt32] = []
        let first = Int(number) * present.count
        var count = 0
        for (index, word) in present.enumerated() {
            let wanted = word & mask.word(first + index)
            guard wanted != 0 else { continue }
            if members.isEmpty { members = Array(repeating: 0, count: (self.count + 31) / 32) }
            count += wanted.nonzeroBitCount
            var left = wanted
            while left != 0 {
                let bit = left & (~left + 1)
                let row = ranks[index] + (word & (bit - 1)).nonzeroBitCount
                members[row / 32] |= 1 << UInt32(row % 32)
                left &= left - 1
            }
        }
        return count == self.count ? nil : members
    }

    /// How many rows a mask has here.
    func memberCount(of mask: ChunkMask) -> Int {
        let first = Int(number) * present.count
        var count = 0
        for (index, word) in present.enumerated() { count += (word & mask.word(first + index)).nonzeroBitCount }
        return count
    }

    /// The block with changes by slot: a code is added or replaced, nil removes it.
    func applying(_ changes: [Int: VectorCoder.Row?], generation: Int64) -> CodeBlock {
        var words = present
        for (slot, change) in changes {
            let bit: UInt64 = 1 << UInt64(slot % 64)
            if change == nil { words[slot / 64] &= ~bit } else { words[slot / 64] |= bit }
        }
        let groupBytes = CodeKernels.groupBytes(columns: columns)
        return CodeBlock(generation: generation, number: number, present: words, columns: columns) { bytes in
            guard let target = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
            var (stored, row) = (0, 0)
            let rows = words.reduce(0) { $0 + $1.nonzeroBitCount }
            let fineBytes = Self.fineBytes(columns: columns)
            let fineStart = target + (rows + 31) / 32 * groupBytes
            for slot in 0..<words.count * 64 {
                let isStored = present[slot / 64] >> UInt64(slot % 64) & 1 != 0
                if words[slot / 64] >> UInt64(slot % 64) & 1 != 0 {
                    let group = target + row / 32 * groupBytes
                    if let change = changes[slot], let code = change {
                        CodeKernels.writeSigns(of: code.rotated, columns: columns, to: group, slot: row % 32)
                        let (offset, scale, error) = code.factors
                        for (index, factor) in [offset, scale, error].enumerated() {
                            Self.store(factor, at: group + Self.place(index, slot: row % 32, columns: columns))
                        }
                        let fine = fineStart + row * fineBytes
                        fine.update(from: code.magnitudes, count: code.magnitudes.count)
                        Self.store(code.fineFactors.scale, at: fine + code.magnitudes.count)
                        Self.store(
                            code.fineFactors.error, at: fine + code.magnitudes.count + MemoryLayout<Float>.size)
                    } else {
                        let source = UnsafePointer(groups + stored / 32 * groupBytes)
                        CodeKernels.copySigns(
                            from: source, slot: stored % 32, to: group, slot: row % 32, columns: columns)
                        for index in 0..<3 {
                            let place = Self.place(index, slot: stored % 32, columns: columns)
                            let target = Self.place(index, slot: row % 32, columns: columns)
                            UnsafeMutableRawPointer(group + target).copyMemory(
                                from: source + place, byteCount: MemoryLayout<Float>.size)
                        }
                        (fineStart + row * fineBytes).update(
                            from: groups + finePlace(ofRow: stored), count: fineBytes)
                    }
                    row += 1
                }
                if isStored { stored += 1 }
            }
        }
    }

    private static func place(_ factor: Int, slot: Int, columns: Int) -> Int {
        CodeKernels.signBytes(columns: columns) + (32 * factor + slot) * MemoryLayout<Float>.size
    }

    private static func store(_ value: Float, at place: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(place).storeBytes(of: value.bitPattern.littleEndian, as: UInt32.self)
    }
}
