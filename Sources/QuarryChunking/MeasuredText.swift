import QuarryCore

/// A text split into words, with running sums of their tokens, so that any stretch is measured in constant time.
///
/// Sums of words are exact for tokenizers that never join across white space (WordPiece, and unigram models trained
/// with SentencePiece's default of splitting at white space). For others they are an estimate, and the finished chunk
/// is counted again as a whole. Where characters are counted, a word has those of the white space behind it, so that sums
/// are at most too high by what follows their last word.
struct MeasuredText {
    /// A word in eight bytes, because a text may have a word for every two bytes. Its end is found from its bytes.
    private struct Word {
        /// The offset within its page, then two bits of its ``Separation``.
        var place: UInt32
        /// Tokens of all words before this one, modulo 2^32.
        var tokensBefore: UInt32
    }

    let bytes: [UInt8]
    let counter: any TokenCounter
    private var words: [Word] = []
    /// For each page of 2^30 bytes after the first, its first word. Empty for most texts.
    private var pages: [Int] = []
    private var tokens: UInt32 = 0
    /// Whether any stretch between words has the sum of its words' tokens.
    private(set) var isSumOfWords: Bool
    private let countsCharacters: Bool

    /// - Complexity: O(bytes), plus the counts of words that `tokens` does not remember.
    init(_ text: String, tokens: WordTokens) {
        let bytes = [UInt8](text.utf8)
        self.bytes = bytes
        counter = tokens.counter
        isSumOfWords = counter.isSumOfWords
        countsCharacters = counter is CharacterCounter
        tokens.withMemo { memo in bytes.withUnsafeBufferPointer { scan($0, &memo) } }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ memo: inout TokenMemo) {
        var words: [Word] = []
        words.reserveCapacity(Self.wordsInASCII(bytes))
        var (tokens, isSumOfWords): (UInt32, Bool) = (0, isSumOfWords)
        var index = 0
        while true {
            let gap = index
            var lines = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte > 0x20 && byte < 0x80 { break }
                if byte == 0x20 {
                    index += 1
                    continue
                }
                let length = whiteSpaceLength(at: index, in: bytes)
                guard length > 0 else { break }
                lines += lineBreaks(at: index, in: bytes)
                // Other white space may separate words for us, and not for the counter.
                if byte != 0x0A && byte != 0x0D && byte != 0x09 { isSumOfWords = false }
                index += length
            }
            if countsCharacters { tokens &+= UInt32(truncatingIfNeeded: CharacterCounter.count(bytes[gap..<index])) }
            guard index < bytes.count else { break }
            let separation: Separation = lines == 0 ? .space : lines == 1 ? .line : .paragraph
            while index >> 30 > pages.count { pages.append(words.count) }
            words.append(
                Word(
                    place: UInt32(truncatingIfNeeded: index & (1 << 30 - 1)) << 2 | UInt32(separation.rawValue),
                    tokensBefore: tokens))
            let (end, largest) = wordEnd(from: index, in: bytes)
            if countsCharacters {
                tokens &+= UInt32(
                    truncatingIfNeeded: largest < 0x80 ? end - index : CharacterCounter.count(bytes[index..<end]))
            } else {
                let (count, isExact) = memo.tokens(of: index..<end, largest: largest, in: bytes)
                tokens &+= UInt32(truncatingIfNeeded: count)
                if !isExact { isSumOfWords = false }
            }
            index = end
        }
        (self.words, self.tokens, self.isSumOfWords) = (words, tokens, isSumOfWords)
    }

    /// The number of words, if all white space and controls are ASCII and separate words.
    private static func wordsInASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var index = 0
        /// The high bit is set if the byte before ends a word.
        var before: UInt64 = 0x80
        while index + 8 <= bytes.count {
            let spaces = EightBytes(at: index, in: bytes).controlsAndSpaces
            count += ((spaces << 8 | before) & ~spaces & EightBytes.highBits).nonzeroBitCount
            before = spaces >> 56
            index += 8
        }
        while index < bytes.count {
            let isSpace = bytes[index] <= 0x20
            if before != 0, !isSpace { count += 1 }
            before = isSpace ? 0x80 : 0
            index += 1
        }
        return count
    }

    /// Where a word starts.
    func start(of word: Int) -> Int {
        let offset = Int(words[word].place >> 2)
        return pages.isEmpty ? offset : offset + pages.count { $0 <= word } << 30
    }

    /// The separation between a word and the previous one.
    func gap(before word: Int) -> Separation { Separation(rawValue: UInt8(words[word].place & 3)) ?? .space }

    /// Where a word ends, at most `limit`. Both are between scalars.
    ///
    /// - Complexity: O(white space between the word and the limit).
    func end(of word: Int, limit: Int = .max) -> Int {
        let start = start(of: word)
        var end = min(limit, startOfNext(word))
        return bytes.withUnsafeBufferPointer { bytes in
            func length(_ count: Int) -> Int? {
                end - count > start && whiteSpaceLength(at: end - count, in: bytes) == count ? count : nil
            }
            while let length = length(1) ?? length(2) ?? length(3) { end -= length }
            return end
        }
    }

    /// Whether a word ends after an offset, which is between scalars.
    func extends(_ word: Int, beyond offset: Int) -> Bool {
        if offset <= start(of: word) { return true }
        guard offset < startOfNext(word) else { return false }
        return bytes.withUnsafeBufferPointer { whiteSpaceLength(at: offset, in: $0) } == 0
    }

    private func startOfNext(_ word: Int) -> Int { word + 1 < words.count ? start(of: word + 1) : bytes.count }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Indices of the words that overlap a range of bytes.
    /// - Complexity: O(log words).
    func words(touching range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        var first = firstWord { start(of: $0) >= range.lowerBound }
        if first > 0, extends(first - 1, beyond: range.lowerBound) { first -= 1 }
        let last = firstWord { start(of: $0) >= range.upperBound }
        return first..<max(first, last)
    }

    /// The byte range of some words, clipped to `bounds`.
    func range(of words: Range<Int>, within bounds: Range<Int>) -> Range<Int> {
        let start = max(bounds.lowerBound, start(of: words.lowerBound))
        return start..<max(start, end(of: words.upperBound - 1, limit: bounds.upperBound))
    }

    /// Tokens of a stretch that touches exactly the given words. Words that it cuts are counted again.
    func tokens(in range: Range<Int>, words indices: Range<Int>) -> Int {
        guard let first = indices.first, let last = indices.last else { return 0 }
        var sum = tokens(of: indices)
        if start(of: first) < range.lowerBound || extends(first, beyond: range.upperBound) {
            sum += recount(first, within: range)
        }
        if last != first, extends(last, beyond: range.upperBound) { sum += recount(last, within: range) }
        return sum
    }

    private func tokens(of words: Range<Int>) -> Int {
        Int(tokensBefore(words.upperBound) &- tokensBefore(words.lowerBound))
    }

    /// Tokens of a stretch, exactly as the counter counts it; nil if it has to count.
    func exactTokens(in range: Range<Int>) -> Int? {
        guard isSumOfWords || countsCharacters else { return nil }
        let indices = words(touching: range)
        guard let first = indices.first, let last = indices.last, start(of: first) >= range.lowerBound,
            !extends(last, beyond: range.upperBound)
        else { return nil }
        guard countsCharacters else { return tokens(of: indices) }
        return bytes.withUnsafeBufferPointer { bytes in
            tokens(of: indices) - CharacterCounter.count(bytes[range.upperBound..<startOfNext(last)])
        }
    }

    /// The change in a word's tokens if only its part within a range is counted.
    private func recount(_ index: Int, within range: Range<Int>) -> Int {
        let start = max(range.lowerBound, start(of: index))
        let limit =
            countsCharacters ? min(range.upperBound, startOfNext(index)) : end(of: index, limit: range.upperBound)
        let part = start..<max(start, limit)
        let counted = bytes.withUnsafeBufferPointer {
            TokenMemo.count(UnsafeBufferPointer(rebasing: $0[part]), with: counter).tokens
        }
        return counted - tokens(of: index..<index + 1)
    }

    private func tokensBefore(_ index: Int) -> UInt32 { index < words.count ? words[index].tokensBefore : tokens }

    private func firstWord(where belongs: (Int) -> Bool) -> Int {
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if belongs(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
