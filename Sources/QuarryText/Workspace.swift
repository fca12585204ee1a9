import Synchronization

/// What one analysis works with: stemmers, which are not thread-safe, and the terms of words met before.
final class Workspace {
    /// Whoever uses it takes it out for the time.
    var cache = TermCache()
    private var stemmers: [Language: Stemmer] = [:]

    /// Words longer than this are cut after folding; no one searches for them.
    static let maximumTermLength = 128

    /// The term of a word: folded, stemmed unless it holds a digit.
    /// - Parameters:
    ///   - word: Letters, marks and digits; an apostrophe only within a Cyrillic word or an English contraction.
    ///   - language: What to stem it by; nil folds only.
    func makeTerm(of word: UnsafeBufferPointer<UInt8>, language: Language?) -> Term {
        var term = folded(word)
        guard let language else { return Term(text: Self.text(term), isStopWord: false) }
        let isStopWord = stopWords[language.index].contains(String(decoding: term, as: UTF8.self))
        if language == .english { term = withoutLatinDiacritics(term) }
        if language.script == .cyrillic { term.removeAll { $0 == Connector.apostrophe.rawValue } }
        if !term.contains(where: { $0 &- 0x30 < 10 }), term.count <= Self.maximumTermLength {
            let stem = stemmer(for: language)?.stem(term) ?? []
            if !stem.isEmpty { term = stem }
        }
        if language.script == .latin { term = withoutLatinDiacritics(term) }
        return Term(text: Self.text(term), isStopWord: isStopWord)
    }

    private func stemmer(for language: Language) -> Stemmer? {
        if let stemmer = stemmers[language] { return stemmer }
        let stemmer = Stemmer(language)
        stemmers[language] = stemmer
        return stemmer
    }

    private static func text(_ folded: [UInt8]) -> String {
        guard folded.count > maximumTermLength else { return String(decoding: folded, as: UTF8.self) }
        var end = maximumTermLength
        while folded[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: folded[..<end], as: UTF8.self)
    }
}

/// The stop words of each language, by its index.
private let stopWords: [Set<String>] = Language.allCases.map { language in
    Set(language.functionWords.map(String.init))
}

/// Workspaces at rest. Each analysis takes one, uses it alone and puts it back.
final class WorkspacePool: Sendable {
    /// Hands a workspace from one thread to another.
    private struct Shelf: @unchecked Sendable {
        // A workspace is on the shelf or in the hands of the one call that took it, never both; the mutex orders the two.
        var workspaces: [Workspace] = []
    }

    private let shelf = Mutex(Shelf())
    private static let capacity = 16

    func withWorkspace<Result>(_ body: (Workspace) -> Result) -> Result {
        let taken = shelf.withLock { shelf in Loan(workspace: shelf.workspaces.popLast()) }
        let workspace = taken.workspace ?? Workspace()
        let result = body(workspace)
        let loan = Loan(workspace: workspace)
        shelf.withLock { shelf in
            if let workspace = loan.workspace, shelf.workspaces.count < Self.capacity {
                shelf.workspaces.append(workspace)
            }
        }
        return result
    }

    private struct Loan: @unchecked Sendable {
        // See Shelf.
        let workspace: Workspace?
    }
}
