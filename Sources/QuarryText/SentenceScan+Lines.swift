extension SentenceScan {
    /// Whether a line cannot be the end of a sentence: it ends in a comma, or in a word that another must follow.
    func isUnfinished(_ line: Range<Int>) -> Bool {
        var end = line.upperBound
        while end > line.lowerBound {
            let previous = startOfScalar(before: end)
            guard isSpace(bytes.scalar(at: previous).value) else { break }
            end = previous
        }
        guard end > line.lowerBound else { return false }
        // "Dear Anna," is complete.
        if bytes[end - 1] == UInt8(ascii: ",") { return bytes[line].count { $0 == 0x20 } >= Self.fewestSpaces }
        var start = end
        while start > line.lowerBound, end - start < Self.longestOpenWord {
            let previous = startOfScalar(before: start)
            guard ScalarClass(of: bytes.scalar(at: previous).value).isLetter else { break }
            start = previous
        }
        // A line that is one word is no sentence: "In" or "The" may be a heading.
        guard start < end, start > line.lowerBound else { return false }
        let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        return Self.openWords.contains(word.lowercased())
    }

    /// In a line that ends in a comma.
    private static let fewestSpaces = 3

    /// In UTF-8 bytes; no word of ``openWords`` is longer.
    private static let longestOpenWord = 16

    /// Articles, prepositions and conjunctions, which stand before another word.
    private static let openWords: Set<String> = Set(
        """
        a an the of at by for from to with and or but nor as than into onto upon between among during against towards \
        his their our your my whose в во на с со к ко от до из у о об по за для без под над при про через между и или \
        но что чтобы если как перед около
        """.split(separator: " ").map(String.init))

    /// Whether a line starts like a message of a chat or an entry with its name: `Anna: yes`, `[10:12] Anna: yes`,
    /// `10:12 <anna> yes`, `Halyard: a rope`.
    func startsMessage(at start: Int) -> Bool {
        let rest = UnsafeBufferPointer(rebasing: bytes[start..<min(bytes.count, start + Self.longestLabel)])
        if rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) {
            let stamp = rest[..<end]
            return stamp.contains { $0 &- 0x30 < 10 } && stamp.contains { ":/.-".utf8.contains($0) }
        }
        let stamp = rest.prefix { $0 &- 0x30 < 10 || $0 == UInt8(ascii: ":") }
        if stamp.count >= 4, stamp.contains(UInt8(ascii: ":")), stamp.last != UInt8(ascii: ":") {
            let name = rest[stamp.endIndex...].drop { $0 == 0x20 }
            guard name.startIndex > stamp.endIndex, let first = name.first else { return false }
            return first == UInt8(ascii: "<") || startsName(at: start + name.startIndex)
        }
        guard startsName(at: start), let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return false }
        guard byte(start + colon + 1) == 0x20, rest[..<colon].count(where: { $0 == 0x20 }) <= 2 else { return false }
        return rest[..<colon].allSatisfy { byte in
            byte >= 0x80 || byte == 0x20 || byte == UInt8(ascii: "-") || (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
        }
    }

    /// The most bytes before the colon of a label.
    private static let longestLabel = 48

    private func startsName(at offset: Int) -> Bool {
        offset < bytes.count && ScalarClass(of: bytes.scalar(at: offset).value) == .upper
    }
}
