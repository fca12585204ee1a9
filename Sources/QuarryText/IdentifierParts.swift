extension ScannedWord {
    /// The parts of a word with at least two characters. A word is split before a capital after a small letter, before
    /// the last of several capitals followed by small letters, and between letters and digits. Empty for a single part.
    ///
    /// `parseFile` → parse, File; `HTTPServer` → HTTP, Server; `APIs` → none; `sha256` → sha, 256; `iPhone` → Phone. A
    /// word of many parts has none: it is a hash or a key, not an identifier.
    func parts(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        let letters = Letter.all(of: range, in: bytes)
        var starts = [0]
        for index in letters.indices.dropFirst()
        where Self.isBoundary(before: index, in: letters, since: starts[starts.count - 1]) {
            starts.append(index)
        }
        guard starts.count > 1, starts.count <= (hasDigit ? 4 : 8) else { return [] }
        var parts: [Range<Int>] = []
        for (position, start) in starts.enumerated() {
            let end = position + 1 < starts.count ? starts[position + 1] : letters.count
            guard end - start >= 2 else { continue }
            parts.append(letters[start].offset..<(end < letters.count ? letters[end].offset : range.upperBound))
        }
        return parts
    }

    private struct Letter {
        var offset: Int
        var kind: ScalarClass

        /// Letters and digits; marks and invisible characters belong to the previous one.
        static func all(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> [Letter] {
            var letters: [Letter] = []
            var offset = range.lowerBound
            while offset < range.upperBound {
                let (scalar, width) = bytes.scalar(at: offset)
                let kind = ScalarClass(of: scalar)
                if kind.startsWord { letters.append(Letter(offset: offset, kind: kind)) }
                offset += width
            }
            return letters
        }
    }

    private static func isBoundary(before index: Int, in letters: [Letter], since start: Int) -> Bool {
        let previous = letters[index - 1].kind
        let current = letters[index].kind
        if (previous == .digit) != (current == .digit) { return true }
        guard current == .upper else { return false }
        if previous == .lower { return true }
        let smallLettersFollow =
            index + 2 < letters.count && letters[index + 1].kind == .lower
            && letters[index + 2].kind == .lower
        return previous == .upper && index - start >= 2 && smallLettersFollow
    }
}
