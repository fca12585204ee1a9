import QuarryCore

/// How well the words of a question are found among those of a sentence in another script, by their vectors.
///
/// The cosine of a question and a short sentence in another language says little: "Is there a shower?" is as near to
/// "Курить на причале запрещено" as many a right answer. That each word of the question has a counterpart says more.
struct WordAlignment {
    private static let mostQuestionWords = 16
    private static let mostSentenceWords = 48
    private static let functionWords = Set(FunctionWords.all)

    /// The words of a text that mean something, without repeats.
    private static func words(_ text: String, most: Int) -> [String] {
        var words: [String] = []
        for word in SurfaceWord.words(of: text).map(\.folded)
        where word.count > 1 && !functionWords.contains(word) && !words.contains(word) {
            words.append(word)
            if words.count == most { break }
        }
        return words
    }

    /// The mean cosine of each word of the question to the nearest of the sentence, above the mean cosine of all pairs
    /// and divided by the largest possible distance: (a − b) / (1 − b). 0 if one of them has no words.
    static func gain(
        of question: String, in sentence: String, _ embedder: any Embedder
    ) async throws -> Double {
        let asked = words(question, most: mostQuestionWords)
        let written = words(sentence, most: mostSentenceWords)
        guard !asked.isEmpty, !written.isEmpty else { return 0 }
        let rows = try await embedder.embed(asked + written, as: .passage)
        var best = 0.0
        var all = 0.0
        let found = (asked.count..<rows.count).map { rows[$0] }
        for index in asked.indices {
            let cosines = found.map { cosine(rows[index], $0) }
            best += cosines.max() ?? 0
            all += cosines.reduce(0, +) / Double(written.count)
        }
        let mean = all / Double(asked.count)
        return mean < 1 ? (best / Double(asked.count) - mean) / (1 - mean) : 0
    }
}
