/// One pass of a ``SentenceSplitter`` over a text.
struct SentenceScan {
    let bytes: UnsafeBufferPointer<UInt8>
    private var ranges: [Range<Int>] = []
    private let abbreviations = Abbreviations.standard
    private var sentenceStart = 0
    private var lineStart = 0
    /// The last opening bracket of the sentence that is not closed yet.
    private var openBracket: Int?
    /// Whether the sentence went on in a small letter on a new line: its paragraph is wrapped.
    private var runsOn = false

    /// A remark in brackets longer than this many bytes may contain ends of sentences.
    private static let longestRemark = 300
    /// A line of this many bytes was wrapped. Whether a shorter one was, its end and the next line tell.
    private static let shortestWrappedLine = 40

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func sentences() -> [Range<Int>] {
        var offset = 0
        while offset < bytes.count {
            let (scalar, width) = bytes.scalar(at: offset)
            switch scalar {
            case 0x0A, 0x0D, 0x2028, 0x2029:
                let next = offset + (scalar == 0x0D && byte(offset + 1) == 0x0A ? 2 : width)
                if endsSentence(lineEnd: offset, nextLine: next) {
                    close(at: offset, next: next)
                } else {
                    runsOn = runsOn || isLower(indentEnd(of: next))
                }
                lineStart = next
                offset = next
            case 0x28:
                openBracket = offset
                offset += width
            case 0x29:
                openBracket = nil
                offset += width
            case 0x3002, 0xFF01, 0xFF1F, 0xFF61:
                offset = endOfClosers(from: offset + width)
                close(at: offset, next: offset)
            case 0x21, 0x2E, 0x3F, 0x2026, 0x061F, 0x06D4, 0x0964:
                let end = endOfClosers(from: offset + width)
                if endsSentence(mark: offset, end: end) { close(at: end, next: end) }
                offset = end
            default: offset += width
            }
        }
        close(at: bytes.count, next: bytes.count)
        return ranges
    }

    func byte(_ offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func close(at end: Int, next: Int) {
        var lower = sentenceStart
        var upper = end
        while lower < upper {
            let (scalar, width) = bytes.scalar(at: lower)
            guard isSpace(scalar) else { break }
            lower += width
        }
        while lower < upper {
            let previous = startOfScalar(before: upper)
            guard isSpace(bytes.scalar(at: previous).value) else { break }
            upper = previous
        }
        if lower < upper { ranges.append(lower..<upper) }
        sentenceStart = next
        openBracket = nil
        runsOn = false
    }

    func startOfScalar(before offset: Int) -> Int {
        var start = offset - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    func isSpace(_ scalar: UInt32) -> Bool {
        scalar <= 0x20 || scalar == 0x7F || scalar == 0x85 || scalar == 0xA0 || (0x2000...0x200B).contains(scalar)
            || scalar == 0x2028 || scalar == 0x2029 || scalar == 0x202F || scalar == 0x205F || scalar == 0x3000
            || scalar == 0xFEFF
    }

    /// The end of the marks, quotes and brackets after a mark.
    private func endOfClosers(from start: Int) -> Int {
        var offset = start
        while offset < bytes.count {
            let (scalar, width) = bytes.scalar(at: offset)
            switch scalar {
            case 0x21, 0x2E, 0x3F, 0x2026, 0x22, 0x27, 0x29, 0x5D, 0x7D, 0xBB, 0x2019, 0x201C, 0x201D, 0x203A, 0x3002,
                0x300B, 0x300D, 0x300F, 0x3011, 0xFF01, 0xFF09, 0xFF1F:
                offset += width
            default: return offset
            }
        }
        return offset
    }
}

extension SentenceScan {
    /// Whether the sentence ends at the end of a line.
    private func endsSentence(lineEnd: Int, nextLine: Int) -> Bool {
        let next = indentEnd(of: nextLine)
        guard let first = byte(next), first != 0x0A, first != 0x0D else { return true }
        if startsBlock(at: next) || isHeading(lineStart) { return true }
        if first == UInt8(ascii: ":") || isUnfinished(lineStart..<lineEnd) { return false }
        if startsMessage(at: next) { return true }
        return lineEnd - lineStart < Self.shortestWrappedLine && !runsOn && !isLower(next)
    }

    private func isLower(_ offset: Int) -> Bool {
        offset < bytes.count && ScalarClass(of: bytes.scalar(at: offset).value) == .lower
    }

    private func isHeading(_ start: Int) -> Bool { byte(start) == 0x23 }

    /// Whether a line starts like a heading, quote, table row, list item or fence in Markdown and plain text.
    private func startsBlock(at start: Int) -> Bool {
        let (scalar, width) = bytes.scalar(at: start)
        let following = byte(start + width)
        switch scalar {
        case 0x23, 0x3E, 0x7C, 0x2022, 0x25AA, 0x25CF, 0x25E6, 0x2043: return true
        case 0x2D, 0x2A, 0x2B, 0x2013, 0x2014: return following == 0x20 || following == 0x09
        case 0x60, 0x7E: return following == UInt8(scalar) && byte(start + 2) == UInt8(scalar)
        case 0x30...0x39:
            guard let end = endOfItemNumber(from: start) else { return false }
            return byte(end) == 0x20 || byte(end) == 0x09
        default: return false
        }
    }

    /// The end of `12.` or `12)`.
    private func endOfItemNumber(from start: Int) -> Int? {
        var offset = start
        while let digit = byte(offset), digit &- 0x30 < 10, offset - start < 3 { offset += 1 }
        guard offset > start, byte(offset) == 0x2E || byte(offset) == 0x29 else { return nil }
        return offset + 1
    }

    /// Whether a mark and its closers, up to `end`, end a sentence.
    private func endsSentence(mark: Int, end: Int) -> Bool {
        guard end < bytes.count else { return true }
        let (after, _) = bytes.scalar(at: end)
        guard isSpace(after) else { return ScalarClass(of: after) == .unspaced }
        var next = end
        while next < bytes.count {
            let (scalar, width) = bytes.scalar(at: next)
            guard isSpace(scalar) else { break }
            next += width
        }
        guard next < bytes.count else { return true }
        if continuesSentence(at: next) || isInRemark(end) { return false }
        return end > mark + 1 || bytes[mark] != 0x2E || !isAbbreviation(dot: mark, next: next)
    }

    /// Whether a remark in brackets goes on behind a mark, as in `Киото (яп. 京都)`.
    private func isInRemark(_ end: Int) -> Bool {
        guard let openBracket, end - openBracket < Self.longestRemark else { return false }
        for offset in end..<min(bytes.count, openBracket + Self.longestRemark) {
            switch bytes[offset] {
            case 0x29: return true
            case 0x28, 0x0A: return false
            default: break
            }
        }
        return false
    }

    /// Whether the text after a mark continues the sentence: a small letter, also after a dash (`— сказал он`) or a
    /// quote.
    private func continuesSentence(at start: Int) -> Bool {
        var offset = start
        var passed = 0
        while offset < bytes.count, passed < 4 {
            let (scalar, width) = bytes.scalar(at: offset)
            switch scalar {
            case 0x22, 0x27, 0x28, 0xAB, 0x201C, 0x201E, 0x2018: offset += width
            case 0x2D, 0x2013, 0x2014:
                guard let space = byte(offset + width), space == 0x20 || space == 0xC2 else { return false }
                offset += width
            case 0x20, 0xA0: offset += width
            case 0x2C, 0x3B, 0x3A: return true
            default: return ScalarClass(of: scalar) == .lower
            }
            passed += 1
        }
        return false
    }

    /// Whether the full stop at `dot` belongs to an abbreviation, initial or item number that the text at `next` continues.
    private func isAbbreviation(dot: Int, next: Int) -> Bool {
        let start = startOfWord(endingAt: dot)
        guard start < dot else { return false }
        let (first, width) = bytes.scalar(at: start)
        let firstClass = ScalarClass(of: first)
        let following = ScalarClass(of: bytes.scalar(at: next).value)
        if firstClass == .digit {
            return start == indentEnd(of: lineStart) && dot - start <= 3 && start >= sentenceStart
        }
        let isSingle = start + width == dot
        let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<dot]), as: UTF8.self).lowercased()
        if word.contains("."), abbreviations.continuing.contains(word) { return true }
        if opensSentence(at: next) { return false }
        if isSingle, firstClass == .upper { return following != .digit && !isPronoun(at: start) }
        if following == .digit {
            return abbreviations.beforeNumbers.contains(word) || abbreviations.continuing.contains(word)
        }
        if isSingle { return continuesSingle(word, at: start) }
        return abbreviations.continuing.contains(word) || isAcronym(start..<dot)
    }

    /// `г. Москва` but not `в 1999 г. Москва`; `т. е. Москва` but not `и т. д. Москва`.
    private func continuesSingle(_ letter: String, at start: Int) -> Bool {
        guard start > 0 else { return false }
        var end = start
        while end > 0 {
            let previous = startOfScalar(before: end)
            guard isSpace(bytes.scalar(at: previous).value) else { break }
            end = previous
        }
        guard end > 0 else { return true }
        let before = startOfScalar(before: end)
        let previous = bytes.scalar(at: before).value
        switch letter {
        case "г", "д", "с", "п", "р", "ш", "о": return ScalarClass(of: previous) != .digit && previous != 0x2E
        case "е", "к", "н": return previous == 0x2E
        default: return false
        }
    }

    /// `I` after a word: the pronoun, not an initial.
    private func isPronoun(at start: Int) -> Bool {
        guard bytes[start] == 0x49, start >= 2, bytes[start - 1] == 0x20 else { return false }
        return ScalarClass(of: bytes.scalar(at: startOfScalar(before: start - 1)).value) == .lower
    }

    /// `U.S`, `Ph.D`: one or two letters between full stops.
    private func isAcronym(_ range: Range<Int>) -> Bool {
        let parts = bytes[range].split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                let letters = part.count { $0 & 0xC0 != 0x80 }
                return letters == 1 || letters == 2
            }
    }

    private func opensSentence(at start: Int) -> Bool {
        var end = start
        while end < bytes.count, end - start < 12, ScalarClass(of: bytes.scalar(at: end).value).isLetter {
            end += bytes.scalar(at: end).width
        }
        let word = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self).lowercased()
        return abbreviations.openers.contains(word)
    }

    func indentEnd(of start: Int) -> Int {
        var offset = start
        while let next = byte(offset), next == 0x20 || next == 0x09 { offset += 1 }
        return offset
    }

    /// The start of the word before a full stop; a word here may have hyphens and full stops in it.
    private func startOfWord(endingAt end: Int) -> Int {
        var start = end
        while start > 0, end - start < 24 {
            let previous = startOfScalar(before: start)
            let scalar = bytes.scalar(at: previous).value
            let scalarClass = ScalarClass(of: scalar)
            guard scalarClass.continuesWord || scalar == 0x2E || scalar == 0x2D else { break }
            start = previous
        }
        return start
    }
}
