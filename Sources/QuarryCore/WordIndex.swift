/// The words of a corpus: which there are, and which chunks have them.
public protocol WordIndex: Sendable {
    /// For each word, how many chunks have any of its forms.
    func frequencies(of words: [QueryTerm]) async throws -> [Int]
    /// The chunks that have any form of a word.
    ///
    /// - `field`: Where the word has to stand; nil for anywhere. No chunk has a word in ``QueryExpression/Field/name``.
    func chunks(with word: QueryTerm, in field: QueryExpression.Field?) async throws -> ChunkMask
    /// The index terms that match a pattern, those of the longest lists of chunks first.
    ///
    /// - Complexity: O(terms with the prefix), or O(all terms) for ``TermPattern/near(_:edits:)``, of which an index looks at a
    ///   bounded number.
    func terms(matching pattern: TermPattern, limit: Int) async throws -> [String]
}

/// Which index terms are looked for.
public enum TermPattern: Sendable, Hashable {
    /// Terms that begin with any of the texts.
    case startingWith([String])
    /// Terms that become one of the texts by at most so many edits, 1 or 2: a character more, less or another one, or two
    /// neighbours exchanged. Closest first.
    case near([String], edits: Int)
}
