/// Turns text into the terms of the lexical index. Use the same analyzer for documents and questions.
///
/// - Words are split by UAX #29. Each is folded (NFKC, lower case, ё as е, without stress marks, soft hyphens and other
///   invisible characters) and stemmed by Snowball. The stemmer is that of the text's language for words in its script,
///   and otherwise that of the word's script (Russian for Cyrillic, English for Latin), so that both languages of a
///   mixed text are stemmed. Latin stems lose their diacritics.
/// - Identifiers are kept and also split, by their original capitals: `parseFile` gives `parsefil`, `pars`, `file`;
///   `foo_bar` gives `foo_bar`, `foo`, `bar`; `ISO-8601` gives `iso-8601`, `iso`, `8601`.
/// - Numbers lose their group separators, and a decimal comma becomes a point: `1,234` is `1234`, `3,14` is `3.14`.
/// - Scripts without spaces, and Hangul, give overlapping pairs of characters.
///
/// A value is cheap to copy; copies share their stemmers and a cache of terms. Results do not depend on the locale.
public struct Analyzer: Sendable {
    /// How function words (stop words) are treated.
    ///
    /// Measured by nDCG@10 of BM25 (k1 1.2, b 0.75): SciFact 0.700 removed from questions, 0.701 removed, 0.702 kept;
    /// RuBQ paragraphs in Russian 0.420, 0.406, 0.407; XQuAD 0.969, 0.967, 0.967 in English, 0.953, 0.952, 0.952 in
    /// Russian. Removing them only from questions is best or equal, and a question of only function words still works.
    public enum StopWords: String, Sendable, Codable {
        /// They are ordinary terms.
        case kept
        /// They are kept in documents, so that every word can be found, and removed from questions with other words.
        case removedFromQueries
        /// They are removed from both documents and questions.
        case removed
    }

    /// The version of the terms. It belongs to an index's settings: terms of different versions do not match.
    public static let version = 1

    public let stopWords: StopWords
    private let workspaces = WorkspacePool()
    private let detector = LanguageDetector()

    /// - Parameter stopWords: It belongs to an index's settings: an index built with `.removed` lacks terms that
    ///   `.kept` searches for.
    public init(stopWords: StopWords = .removedFromQueries) { self.stopWords = stopWords }

    /// The terms of a document or chunk, in text order, repeated as often as they occur.
    ///
    /// If a word gives several terms, they follow each other, the whole word first.
    /// - `language`: The language of the text, if known.
    /// - Complexity: O(bytes).
    public func terms(of text: String, language: Language?) -> [String] {
        var languages = Script.defaultLanguages
        if let language { languages[language.script.index] = language }
        let terms = collect(text, languages: languages)
        return stopWords == .removed ? terms.content : terms.texts
    }

    /// The terms of a question, in text order, repeated as often as they occur.
    ///
    /// - `languages`: The languages of the indexed documents, most frequent first. The question is assumed to be in one
    ///   of them; if its words are not sufficient evidence, in the most frequent one of their script.
    public func queryTerms(of text: String, languages: [Language]) -> [String] {
        var chosen = Script.defaultLanguages
        for language in languages.reversed() { chosen[language.script.index] = language }
        if let language = detector.language(of: text, among: languages) { chosen[language.script.index] = language }
        let terms = collect(text, languages: chosen)
        switch stopWords {
        case .kept: return terms.texts
        case .removedFromQueries: return terms.content.isEmpty ? terms.texts : terms.content
        case .removed: return terms.content
        }
    }

    private func collect(_ text: String, languages: [Language?]) -> TermList {
        var text = text
        return text.withUTF8 { bytes in
            workspaces.withWorkspace { workspace in
                var collector = TermCollector(bytes: bytes, languages: languages, workspace: workspace)
                return collector.collect()
            }
        }
    }
}

extension Script {
    /// The default stemming language of each script, by the script's index.
    fileprivate static let defaultLanguages = Script.allCases.map(\.defaultLanguage)
}
