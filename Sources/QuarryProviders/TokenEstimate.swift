/// How many tokens a provider may count at most, where its tokenizer is not at hand. Budgets, limits and prices use it.
///
/// English is near 4.5 bytes a token and Russian near 2.5 letters with the tokenizers in use; the estimate takes 3 bytes
/// of ASCII, 1.5 other letters, and one token for each Chinese, Japanese or Korean character, also for text that is not
/// made of words. Prompts, which are prose, are filled by the closer `EstimatedTokenCounter` of QuarryRetrievalQA.
public enum TokenEstimate {
    /// A large picture, with the models that say.
    public static let picture = 1_600
    /// The marks around a request and around each of its turns.
    package static let (request, turn) = (16, 8)

    public static func tokens(in text: String) -> Int {
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

    public static func tokens(in texts: some Sequence<String>) -> Int { texts.reduce(0) { $0 + tokens(in: $1) } }
}
