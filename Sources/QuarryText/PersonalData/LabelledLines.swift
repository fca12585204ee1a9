/// Where the word for a taxpayer number occurs in the lines around a number that no blank line divides.
struct LabelledLines {
    private var scanned = 0
    private var isMentioned = false

    /// - Complexity: O(bytes) for all calls with growing offsets together.
    mutating func mentionTaxpayerNumber(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        while scanned < end {
            if bytes[scanned] == 0x0A, scanned > 0, bytes[scanned - 1] == 0x0A { isMentioned = false }
            if let width = Self.mention(at: scanned, in: bytes) {
                isMentioned = true
                scanned += width
            } else {
                scanned += 1
            }
        }
        return isMentioned
    }

    /// The length of `ИНН`, `инн` or `INN` at an offset.
    private static func mention(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for word in words where offset + word.count <= bytes.count {
            guard bytes[offset] == word[0], bytes[offset..<(offset + word.count)].elementsEqual(word) else { continue }
            let end = offset + word.count
            let continues = end < bytes.count && ((bytes[end] | 0x20) &- 0x61 < 26 || bytes[end].leadsLetter)
            let isContinued =
                offset > 0 && ((bytes[offset - 1] | 0x20) &- 0x61 < 26 || bytes[offset - 1] & 0xC0 == 0x80)
            if !continues, !isContinued { return word.count }
        }
        return nil
    }

    private static let words = ["ИНН", "инн", "INN"].map { Array($0.utf8) }
}
