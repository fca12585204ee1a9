/// A term found by the analysis.
struct Term {
    var text: String
    /// Whether the word is a function word of its language.
    var isStopWord: Bool
}

/// The terms of one text, in text order.
struct TermList {
    private(set) var texts: [String] = []
    private var stopWords: [Bool] = []

    var content: [String] { zip(texts, stopWords).compactMap { $1 ? nil : $0 } }

    init(capacity: Int) {
        texts.reserveCapacity(capacity)
        stopWords.reserveCapacity(capacity)
    }

    /// Adds a term. Words of only invisible characters have none.
    mutating func append(_ term: Term) {
        guard !term.text.isEmpty else { return }
        texts.append(term.text)
        stopWords.append(term.isStopWord)
    }
}
