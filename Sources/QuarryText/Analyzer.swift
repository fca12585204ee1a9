/// Turns text into the terms that the lexical leg indexes and searches. The same analyzer serves documents and questions.
///
/// - Words are cut after UAX #29. Each is folded (NFKC, lower case, ё as е, without stress marks, soft hyphens and other
///   invisible characters) and stemmed by Snowball: by the language of the text where the word is in that language's
///   script, by its own script otherwise (Cyrillic by Russian, Latin by English), so that a text in two languages has both
///   stemmed. Latin stems lose their diacritics.
/// - Identifiers are kept and split: `parseFile` gives `parsefil`, `pars`, `file`; `foo_bar` gives `foo_bar`, `foo`, `bar`;
///   `ISO-8601` gives `iso-8601`, `iso`, `8601`. Capitals are looked at before they are folded.
/// - Numbers lose their group separators, and a decimal comma becomes a point: `1,234` is `1234`, `3,14` is `3.14`.
/// - Scripts written without spaces, and Hangul, give overlapping pairs of characters.
///
/// A value is cheap to copy; copies share their stemmers and the terms of words they have met. Nothing depends on the
/// locale.
public struct Analyzer: Sendable {
    /// How function words (stop words) are treated.
    ///
    /// Measured by nDCG@10 of BM25 (k1 1.2, b 0.75): SciFact 0.700 removed from questions, 0.701 removed, 0.702 kept; RuBQ
    /// paragraphs in Russian 0.420, 0.406, 0.407; XQuAD 0.969, 0.967, 0.967 in English, 0.953, 0.952, 0.952 in Russian.
    /// Removing them from questions only is best or level, and keeps a question of nothing else answerable.
    public enum StopWords: String, Sendable, Codable {
        /// They are terms like any other.
        case kept
        /// Documents keep them, so that nothing is unfindable; a question loses them unless it has nothing else.
        case removedFromQueries
        /// Neither side has them.
        case removed
    }

    /// Part of an index's settings: terms of different versions do not match.
    public static let version = 1

    public let stopWords: StopWords
    private let workspaces = WorkspacePool()
    private let detector = LanguageDetector()

    /// - Parameter stopWords: Part of an index's settings, too: an index built with `.removed` lacks what `.kept` asks for.
    public init(stopWords: StopWords = .removedFromQueries) { self.stopWords = stopWords }

    /// The terms of a document or chunk, in text order, repeated as often as they occur.
    ///
    /// Where a word yields several terms they follow each other, the whole word first.
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
    /// - `languages`: The languages of the indexed documents, most frequent first. The question is taken to be in one
    ///   of them; where its words do not tell, in the most frequent of their script.
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
    /// The language that stems each script by default, by the script's index.
    fileprivate static let defaultLanguages = Script.allCases.map(\.defaultLanguage)
}
