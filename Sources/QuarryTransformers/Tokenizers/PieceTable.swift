/// Finds the pieces of a vocabulary that begin at a position of a text.
///
/// An open-addressing hash over the pieces' bytes. The hash rolls byte by byte, so all prefixes of a text are tried in
/// one pass. From the third character on, a filter by the first three characters gives the possible lengths. A slot has
/// everything that a search needs, so a probe costs one cache line; bytes are compared only on request. Building takes
/// one pass over the bytes and allocates no object for each piece.
struct PieceTable: Sendable {
    fileprivate struct Slot {
        var fingerprint: UInt32
        /// The piece's index plus 1; 0 marks an empty slot.
        var piece: UInt32
        var score: Double
    }

    private let bytes: [UInt8]
    private let offsets: [UInt32]
    private let slots: [Slot]
    private let shift: UInt64
    /// Bit n is set if a piece of n bytes starts with these three characters; bit 63 means 63 or more.
    private let lengthFilter: [UInt64]
    /// One bit for each hash: whether any piece may have it. Unlike the slots, it fits in a near cache.
    private let presence: [UInt64]
    private let maximumLength: Int

    /// - Parameters:
    ///   - bytes: All pieces in sequence.
    ///   - offsets: The start of each piece, and the end of the last one. Ascending, within `bytes`.
    ///   - scores: One for each piece; empty if pieces have none. Of equal pieces the last one counts; empty pieces are
    ///     never found.
    init(bytes: [UInt8], offsets: [UInt32], scores: [Double] = []) {
        let count = max(0, offsets.count - 1)
        let slotBits = PieceTable.bits(holding: count * 2)
        let shift = UInt64(64 - slotBits)
        let empty = Slot(fingerprint: 0, piece: 0, score: 0)
        var slots = [Slot](repeating: empty, count: 1 << slotBits)
        var lengthFilter = [UInt64](repeating: 0, count: 1 << PieceTable.bits(holding: count / 4))
        var presence = [UInt64](repeating: 0, count: max(1, 1 << (slotBits - 3)))
        let presenceMask = UInt64(presence.count - 1)
        var maximumLength = 0
        bytes.withUnsafeBufferPointer { bytes in
            offsets.withUnsafeBufferPointer { offsets in
                lengthFilter.withUnsafeMutableBufferPointer { filter in
                    slots.withUnsafeMutableBufferPointer { slots in
                        for piece in 0..<count {
                            let range = Int(offsets[piece])..<Int(offsets[piece + 1])
                            if range.isEmpty { continue }
                            maximumLength = max(maximumLength, range.count)
                            let hash = PieceTable.hash(of: bytes, range, markingLengthIn: filter)
                            let bit = PieceTable.scrambled(hash)
                            presence[Int((bit >> 6) & presenceMask)] |= 1 << (bit & 63)
                            let slot = PieceTable.slot(for: hash, of: range, bytes, offsets, slots, shift: shift)
                            slots[slot] = Slot(
                                fingerprint: UInt32(truncatingIfNeeded: hash), piece: UInt32(piece + 1),
                                score: scores.isEmpty ? 0 : scores[piece])
                        }
                    }
                }
            }
        }
        self.bytes = bytes
        self.offsets = offsets
        self.slots = slots
        self.shift = shift
        self.lengthFilter = lengthFilter
        self.presence = presence
        self.maximumLength = maximumLength
    }

    /// The hash of a piece. Adds its length to the filter.
    @inline(__always)
    private static func hash(
        of bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        markingLengthIn filter: UnsafeMutableBufferPointer<UInt64>
    ) -> UInt64 {
        var hash = seed
        var position = range.lowerBound
        var characters = 0
        while position < range.upperBound {
            let next = min(range.upperBound, position + utf8Length(ofLead: bytes[position]))
            while position < next {
                hash = extended(hash, by: bytes[position])
                position += 1
            }
            characters += 1
            if characters == 3 {
                filter[Int(scrambled(hash) & UInt64(filter.count - 1))] |= 1 << UInt64(min(range.count, 63))
            }
        }
        return hash
    }

    /// The slot of an equal piece, or a free one.
    @inline(__always)
    private static func slot(
        for hash: UInt64, of range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>,
        _ offsets: UnsafeBufferPointer<UInt32>, _ slots: UnsafeMutableBufferPointer<Slot>, shift: UInt64
    ) -> Int {
        var slot = Int(scrambled(hash) >> shift)
        while slots[slot].piece != 0 {
            if slots[slot].fingerprint == UInt32(truncatingIfNeeded: hash) {
                let other = Int(slots[slot].piece) - 1
                let otherRange = Int(offsets[other])..<Int(offsets[other + 1])
                if bytes[otherRange].elementsEqual(bytes[range]) { return slot }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private static var seed: UInt64 { 0xCBF2_9CE4_8422_2325 }

    /// FNV-1a.
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
                slots.withUnsafeBufferPointer { slots in
                    lengthFilter.withUnsafeBufferPointer { filter in
                        presence.withUnsafeBufferPointer { presence in
                            body(
                                View(
                                    bytes: bytes, offsets: offsets, slots: slots, lengthFilter: filter,
                                    presence: presence, shift: shift, maximumLength: maximumLength))
                        }
                    }
                }
            }
        }
    }

    /// A view of the table's memory, valid during one call.
    struct View {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>
        fileprivate let offsets: UnsafeBufferPointer<UInt32>
        fileprivate let slots: UnsafeBufferPointer<Slot>
        fileprivate let lengthFilter: UnsafeBufferPointer<UInt64>
        fileprivate let presence: UnsafeBufferPointer<UInt64>
        fileprivate let shift: UInt64
        fileprivate let maximumLength: Int

        /// Calls `found` for every piece at `start` of the text, shortest first, with its end, index and score.
        ///
        /// - `isExact`: Whether to compare bytes. Otherwise a stretch of text with the fingerprint of a piece counts as
        ///   equal, with a probability of one in some billions; check the result with ``spells(_:_:_:)``.
        /// - Complexity: O(bytes of the longest piece).
        @inline(__always)
        func forEachPiece(
            in text: UnsafeBufferPointer<UInt8>, from start: Int, isExact: Bool,
            _ found: (_ end: Int, _ piece: Int, _ score: Double) -> Void
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
                let presenceWord = presence[Int((scrambled >> 6) & UInt64(presence.count - 1))]
                if presenceWord >> (scrambled & 63) & 1 == 0 { continue }
                var slot = Int(scrambled >> shift)
                while slots[slot].piece != 0 {
                    let candidate = slots[slot]
                    let piece = Int(candidate.piece) - 1
                    if candidate.fingerprint == UInt32(truncatingIfNeeded: hash),
                        !isExact || spells(piece, text, start..<position)
                    {
                        found(position, piece, candidate.score)
                        break
                    }
                    slot = (slot + 1) & (slots.count - 1)
                }
            }
        }

        /// Whether the piece equals the stretch of text.
        @inline(__always)
        func spells(_ piece: Int, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
            let start = Int(offsets[piece])
            guard Int(offsets[piece + 1]) - start == range.count else { return false }
            for index in 0..<range.count where bytes[start + index] != text[range.lowerBound + index] { return false }
            return true
        }
    }
}
