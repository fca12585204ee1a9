/// The most tokens that a provider may count, where its tokenizer is not at hand. Budgets, limits and prices use it.
///
/// With common tokenizers English has about 4.5 bytes per token and Russian about 2.5 letters. The estimate assumes
/// 3 bytes of ASCII, 1.5 other letters, or one Chinese, Japanese or Korean character, also for text without words.
/// Prompts, which are prose, are filled by the closer `EstimatedTokenCounter` of QuarryRetrievalQA.
package enum TokenEstimate {
    /// The tokens of a large picture, according to documented models.
    package static let picture = 1_600
    /// The tokens that delimit a request and each of its turns.
    package static let (request, turn) = (16, 8)

    package static func tokens(in text: String) -> Int {
        var ascii = 0
        var letters = 0
        var wide = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case ..<0x80: ascii += 1
            case ..<0x1100: letters += 1
            default: wide += 1
            }
        }
        return (ascii + 2) / 3 + (letters * 2 + 2) / 3 + wide
    }

    package static func tokens(in texts: some Sequence<String>) -> Int { texts.reduce(0) { $0 + tokens(in: $1) } }
}
