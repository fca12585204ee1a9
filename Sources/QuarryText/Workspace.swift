import Synchronization

/// The resources of one analysis: stemmers, which are not thread-safe, and a cache of terms.
final class Workspace {
    /// Taken out of the workspace while in use.
    var cache = TermCache()
    private var stemmers: [Language: Stemmer] = [:]

    /// Longer words are cut after folding, because searches for them are unlikely.
    static let maximumTermLength = 128

    /// The term of a word: folded, and stemmed unless it contains a digit.
    /// - Parameters:
    ///   - word: Letters, marks and digits; an apostrophe only within a Cyrillic word or before an English ending.
    ///   - language: The stemming language; nil only folds.
    func makeTerm(of word: UnsafeBufferPointer<UInt8>, language: Language?, spelling: Spelling = .asWritten) -> Term {
        var term = folded(word)
        guard let language else { return Term(text: Self.text(term)) }
        let isStopWord = stopWords[language.index].contains(String(decoding: term, as: UTF8.self))
        let apostrophe = Connector.apostrophe.rawValue
        switch language.script {
        case .cyrillic: term.removeAll { $0 == apostrophe }
        case .latin:
            term = spelling.applied(to: term, language: language)
            if language == .danish || language == .norwegian { term = withNativeVowels(term) }
            if language == .english {
                term = withoutLatinDiacritics(term)
            } else if let end = term.firstIndex(of: apostrophe) {
                term.removeSubrange(end...)
            }
        default: break
        }
        let hasDigit = term.contains { $0 &- 0x30 < 10 }
        if !hasDigit, term.count <= Self.maximumTermLength {
            let stem = stemmer(for: language)?.stem(term) ?? []
            if !stem.isEmpty { term = stem }
        }
        if language.script == .latin { term = withoutLatinDiacritics(term) }
        let isDefault = hasDigit || language == language.script.defaultLanguage
        return Term(text: Self.text(term), isStopWord: isStopWord, stemLanguage: isDefault ? nil : language)
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

/// Idle workspaces. Each analysis takes one, uses it exclusively and returns it.
final class WorkspacePool: Sendable {
    /// Transfers a workspace from one thread to another.
    private struct Shelf: @unchecked Sendable {
        // A workspace is either on the shelf or used by one call, never both. The mutex orders the two.
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
