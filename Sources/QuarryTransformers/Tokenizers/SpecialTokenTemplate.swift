/// Special tokens before and after every text.
package struct SpecialTokenTemplate: Sendable, Hashable {
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    /// Nil if the tokenizer's file has none, or one of an unsupported form.
    package var pair: PairTemplate?

    /// How many content ids fit in `maximum` ids.
    func contentLimit(in maximum: Int) -> Int { max(0, maximum - prefix.count - suffix.count) }

    func wrap(_ content: [Int32], maximum: Int) -> [Int32] {
        var ids = prefix
        ids.reserveCapacity(prefix.count + content.count + suffix.count)
        ids += content
        ids += suffix
        return ids.count <= maximum ? ids : Array(ids.prefix(max(0, maximum)))
    }

    /// All special tokens.
    var ids: [Int32] { prefix + suffix + (pair.map { $0.prefix + $0.middle + $0.suffix } ?? []) }
}

/// Special tokens around two texts: `[CLS] a [SEP] b [SEP]` of BERT, `<s> a </s></s> b </s>` of XLM-RoBERTa.
package struct PairTemplate: Sendable, Hashable {
    var prefix: [Int32]
    var middle: [Int32]
    var suffix: [Int32]
    /// Whether the second text and what follows it are tokens of type 1.
    var marksSecond: Bool

    var specialCount: Int { prefix.count + middle.count + suffix.count }

    /// The index of the second text's first token, after a first text of `count` tokens.
    func secondStart(after count: Int) -> Int { prefix.count + count + middle.count }

    func wrap(_ first: some Collection<Int32>, _ second: some Collection<Int32>) -> TokenSequence {
        var ids = prefix
        ids.reserveCapacity(specialCount + first.count + second.count)
        ids += first
        ids += middle
        ids += second
        ids += suffix
        return TokenSequence(ids, secondTypeStart: marksSecond ? secondStart(after: first.count) : nil)
    }

    /// How many tokens of two texts stay if both have to fit in `limit`.
    ///
    /// The rule `longest_first` of Hugging Face's `tokenizers`: only the longer text is cut, down to the length of the
    /// shorter one; then both have half of the limit, and the longer one the odd token.
    static func contentCounts(_ first: Int, _ second: Int, limit: Int) -> (first: Int, second: Int) {
        guard first + second > limit else { return (first, second) }
        let shorter = min(first, second)
        var counts = (shorter, max(shorter, limit - shorter))
        if counts.0 + counts.1 > limit { counts = (limit / 2, limit / 2 + limit % 2) }
        return first > second ? (counts.1, counts.0) : counts
    }
}
