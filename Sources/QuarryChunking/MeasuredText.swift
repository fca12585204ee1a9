import QuarryCore

/// A text split into words, with running sums of their tokens, so that any stretch is measured in constant time.
///
/// Sums of words are exact for tokenizers that never join across white space (WordPiece, and unigram models trained
/// with SentencePiece's default of splitting at white space). For others they are an estimate, and the finished chunk
/// is counted again as a whole.
struct MeasuredText {
    struct Word {
        var start: Int
        var end: Int
        /// Tokens of all words before this one.
        var tokensBefore: Int
        /// The separation between this word and the previous one.
        var gap: Separation
    }

    let bytes: [UInt8]
    let counter: any TokenCounter
    private(set) var words: [Word] = []
    private(set) var tokens = 0

    /// - Complexity: O(bytes), plus one count for each distinct word.
    init(_ text: String, counter: any TokenCounter) {
        let bytes = [UInt8](text.utf8)
        self.bytes = bytes
        self.counter = counter
        words.reserveCapacity(bytes.count / 6)
        bytes.withUnsafeBufferPointer { scan($0) }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var memo = TokenMemo(counter: counter)
        var index = 0
        while index < bytes.count {
            var lines = 0
            while index < bytes.count {
                let length = whiteSpaceLength(at: index, in: bytes)
                guard length > 0 else { break }
                lines += lineBreaks(at: index, in: bytes)
                index += length
            }
            let start = index
            while index < bytes.count, whiteSpaceLength(at: index, in: bytes) == 0 { index += 1 }
            guard start < index else { break }
            let gap: Separation = lines == 0 ? .space : lines == 1 ? .line : .paragraph
            words.append(Word(start: start, end: index, tokensBefore: tokens, gap: gap))
            tokens += memo.tokens(of: start..<index, in: bytes)
        }
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Indices of the words that overlap a range of bytes.
    /// - Complexity: O(log words).
    func words(touching range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let first = firstWord { $0.end > range.lowerBound }
        let last = firstWord { $0.start >= range.upperBound }
        return first..<max(first, last)
    }

    /// The byte range of some words, clipped to `bounds`.
    func range(of words: Range<Int>, within bounds: Range<Int>) -> Range<Int> {
        let start = max(bounds.lowerBound, self.words[words.lowerBound].start)
        return start..<max(start, min(bounds.upperBound, self.words[words.upperBound - 1].end))
    }

    /// Tokens of a stretch that touches exactly the given words. Words that it cuts are counted again.
    func tokens(in range: Range<Int>, words indices: Range<Int>) -> Int {
        guard let first = indices.first, let last = indices.last else { return 0 }
        var sum = tokensBefore(indices.upperBound) - tokensBefore(indices.lowerBound)
        if words[first].start < range.lowerBound || words[first].end > range.upperBound {
            sum += recount(first, within: range)
        }
        if last != first, words[last].end > range.upperBound { sum += recount(last, within: range) }
        return sum
    }

    /// The change in a word's tokens if only its part within a range is counted.
    private func recount(_ index: Int, within range: Range<Int>) -> Int {
        let part = max(range.lowerBound, words[index].start)..<min(range.upperBound, words[index].end)
        let counted = bytes.withUnsafeBufferPointer {
            TokenMemo.count(UnsafeBufferPointer(rebasing: $0[part]), with: counter)
        }
        return counted - (tokensBefore(index + 1) - tokensBefore(index))
    }

    private func tokensBefore(_ index: Int) -> Int { index < words.count ? words[index].tokensBefore : tokens }

    private func firstWord(where belongs: (Word) -> Bool) -> Int {
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if belongs(words[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
