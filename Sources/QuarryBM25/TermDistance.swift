/// How many edits turn terms into a given one, up to a limit.
///
/// An edit is a character more, less or another one, or two neighbours exchanged (the optimal string alignment distance:
/// no part is edited twice).
struct TermDistance {
    private let target: [UInt32]
    private let byteCount: Int
    private let limit: Int
    /// Which bytes the target has, by their last six bits.
    private let signature: UInt64
    /// The most bytes of a character: 1, 2 or 4.
    private let width: Int

    init(to target: String, limit: Int) {
        self.target = target.unicodeScalars.map(\.value)
        byteCount = target.utf8.count
        self.limit = limit
        signature = target.utf8.reduce(0) { $0 | 1 << UInt64($1 & 63) }
        width = target.utf8.reduce(1) { max($0, Self.width(of: $1)) }
    }

    /// How many bytes a character with this byte may have.
    private static func width(of byte: UInt8) -> Int { byte < 0x80 ? 1 : byte < 0xE0 ? 2 : 4 }

    /// The distance of a term in UTF-8; nil if it is beyond the limit.
    func distance(of term: UnsafeRawBufferPointer) -> Int? {
        // An edit changes at most one character, which has at most four bytes.
        guard abs(term.count - byteCount) <= 4 * limit else { return nil }
        var other: UInt64 = 0
        var (characters, otherWidth) = (0, 1)
        for byte in term {
            other |= 1 << UInt64(byte & 63)
            otherWidth = max(otherWidth, Self.width(of: byte))
            if byte & 0xC0 != 0x80 { characters += 1 }
        }
        guard abs(characters - target.count) <= limit,
            (signature & ~other).nonzeroBitCount <= width * limit,
            (other & ~signature).nonzeroBitCount <= otherWidth * limit
        else { return nil }
        return distance(of: String(decoding: term, as: UTF8.self).unicodeScalars.map(\.value))
    }

    private func distance(of term: [UInt32]) -> Int? {
        guard abs(term.count - target.count) <= limit else { return nil }
        var (before, previous) = ([Int](), Array(0...target.count))
        for (row, character) in term.enumerated() {
            var current = [row + 1]
            for (column, wanted) in target.enumerated() {
                var best = min(previous[column + 1], current[column]) + 1
                best = min(best, previous[column] + (character == wanted ? 0 : 1))
                if row > 0, column > 0, character == target[column - 1], term[row - 1] == wanted {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            // A later row is not below the lowest value of two rows.
            guard min(current.min() ?? 0, previous.min() ?? 0) <= limit else { return nil }
            (before, previous) = (previous, current)
        }
        let distance = previous[target.count]
        return distance <= limit ? distance : nil
    }
}
