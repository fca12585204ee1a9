/// Finds which pieces of a vocabulary begin at a place of a text.
///
/// An open-addressing hash over the pieces' bytes. The hash rolls byte by byte, so all prefixes of a text are tried in
/// one pass; from the third character on, a filter keyed by the first three says which lengths can occur at all.
/// Building takes one pass over the bytes and makes no object for each piece.
struct PieceTable: Sendable {
    fileprivate struct Slot {
        var fingerprint: UInt32
        /// The piece's index plus 1; 0 marks an empty slot.
        var piece: UInt32
    }

    private let bytes: [UInt8]
    private let offsets: [UInt32]
    private let ids: [Int32]
    private let slots: [Slot]
    private let shift: UInt64
    /// Bit n is set where a piece of n bytes starts with these three characters; bit 63 stands for 63 and more.
    private let lengthFilter: [UInt64]
    private let maximumLength: Int

    /// - Parameters:
    ///   - bytes: All pieces, one behind the other.
    ///   - offsets: Where each piece starts, and at the end where the last one ends. Ascending, within `bytes`.
    ///   - ids: One for each piece. Of equal pieces the last one counts; empty pieces are never found.
    init(bytes: [UInt8], offsets: [UInt32], ids: [Int32]) {
        let slotBits = PieceTable.bits(holding: ids.count * 2)
        let filterBits = PieceTable.bits(holding: ids.count / 4)
        var slots = [Slot](repeating: Slot(fingerprint: 0, piece: 0), count: 1 << slotBits)
        var lengthFilter = [UInt64](repeating: 0, count: 1 << filterBits)
        var maximumLength = 0
        let shift = UInt64(64 - slotBits)
        let slotMask = slots.count - 1
        let filterMask = UInt64(lengthFilter.count - 1)
        bytes.withUnsafeBufferPointer { bytes in
            for piece in ids.indices {
                let start = Int(offsets[piece])
                let end = Int(offsets[piece + 1])
                guard start < end else { continue }
                maximumLength = max(maximumLength, end - start)
                var hash = PieceTable.seed
                var position = start
                var characters = 0
                while position < end {
                    let next = min(end, position + utf8Length(ofLead: bytes[position]))
                    while position < next {
                        hash = PieceTable.extended(hash, by: bytes[position])
                        position += 1
                    }
                    characters += 1
                    if characters == 3 {
                        lengthFilter[Int(PieceTable.scrambled(hash) & filterMask)] |= 1 << UInt64(min(end - start, 63))
                    }
                }
                let fingerprint = UInt32(truncatingIfNeeded: hash)
                var slot = Int(PieceTable.scrambled(hash) >> shift)
                while slots[slot].piece != 0 {
                    let other = Int(slots[slot].piece) - 1
                    let otherStart = Int(offsets[other])
                    if slots[slot].fingerprint == fingerprint, Int(offsets[other + 1]) - otherStart == end - start,
                        bytes[otherStart..<otherStart + end - start].elementsEqual(bytes[start..<end])
                    {
                        break
                    }
                    slot = (slot + 1) & slotMask
                }
                slots[slot] = Slot(fingerprint: fingerprint, piece: UInt32(piece + 1))
            }
        }
        self.bytes = bytes
        self.offsets = offsets
        self.ids = ids
        self.slots = slots
        self.shift = shift
        self.lengthFilter = lengthFilter
        self.maximumLength = maximumLength
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    private static func extended(_ hash: UInt64, by byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    @inline(__always)
    private static func scrambled(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ (hash >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ (mixed >> 32)
    }

    private static func bits(holding count: Int) -> Int {
        var bits = 4
        while 1 << bits < count { bits += 1 }
        return bits
    }

    func withView<Result>(_ body: (View) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                ids.withUnsafeBufferPointer { ids in
                    slots.withUnsafeBufferPointer { slots in
                        lengthFilter.withUnsafeBufferPointer { filter in
                            body(
                                View(
                                    bytes: bytes, offsets: offsets, ids: ids, slots: slots, lengthFilter: filter,
                                    shift: shift, maximumLength: maximumLength))
                        }
                    }
                }
            }
        }
    }

    /// The table's memory, for the time of one call.
    struct View {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>
        fileprivate let offsets: UnsafeBufferPointer<UInt32>
        fileprivate let ids: UnsafeBufferPointer<Int32>
        fileprivate let slots: UnsafeBufferPointer<Slot>
        fileprivate let lengthFilter: UnsafeBufferPointer<UInt64>
        fileprivate let shift: UInt64
        fileprivate let maximumLength: Int

        /// Calls `found` for every piece that the text has at `start`, shortest first, with the piece's end and id.
        ///
        /// - Complexity: O(bytes of the longest piece).
        @inline(__always)
        func forEachPiece(
            in text: UnsafeBufferPointer<UInt8>, from start: Int, _ found: (_ end: Int, _ id: Int32) -> Void
        ) {
            let limit = min(text.count, start + maximumLength)
            var hash = PieceTable.seed
            var position = start
            var characters = 0
            var lengths = UInt64.max
            while position < limit {
                let next = min(limit, position + utf8Length(ofLead: text[position]))
                while position < next {
                    hash = PieceTable.extended(hash, by: text[position])
                    position += 1
                }
                characters += 1
                let scrambled = PieceTable.scrambled(hash)
                if characters >= 3 {
                    if characters == 3 { lengths = lengthFilter[Int(scrambled & UInt64(lengthFilter.count - 1))] }
                    let remaining = lengths >> UInt64(min(position - start, 63))
                    if remaining == 0 { return }
                    if remaining & 1 == 0 { continue }
                }
                let piece = index(ofText: text, start..<position, hash: hash, scrambled: scrambled)
                if piece >= 0 { found(position, ids[piece]) }
            }
        }

        /// The index of the piece that equals the stretch of text, or −1.
        @inline(__always)
        private func index(
            ofText text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, hash: UInt64, scrambled: UInt64
        ) -> Int {
            let fingerprint = UInt32(truncatingIfNeeded: hash)
            var slot = Int(scrambled >> shift)
            while slots[slot].piece != 0 {
                if slots[slot].fingerprint == fingerprint {
                    let piece = Int(slots[slot].piece) - 1
                    let start = Int(offsets[piece])
                    if Int(offsets[piece + 1]) - start == range.count {
                        var matched = 0
                        while matched < range.count, bytes[start + matched] == text[range.lowerBound + matched] {
                            matched += 1
                        }
                        if matched == range.count { return piece }
                    }
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            return -1
        }
    }
}
