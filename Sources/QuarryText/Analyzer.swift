public import QuarryCore

/// Turns text into the terms of the lexical index. Use the same analyzer for documents and questions.
///
/// - Words are split by UAX #29. Each is folded (NFKC, lower case, ё as е, without stress marks, vowel points, soft
///   hyphens and other invisible characters) and stemmed by Snowball. The stemmer is that of the text's language for
///   words in its script, and otherwise that of the word's script (Russian for Cyrillic, English for Latin), so that
///   both languages of a mixed text are stemmed. Latin stems lose their diacritics. HTML entities are letters:
///   `caf&eacute;` is `café`.
/// - In the index, a stem of any other language than the script's default has a prefix: `de:haus`. A question has the
///   stems of all languages of the index. Each stem meets the documents of its language, so a word is found as it is
///   written, whatever language its document was taken for.
/// - Identifiers are kept and also split, by their original capitals: `parseFile` gives `parsefil`, `pars`, `file`;
///   `foo_bar` gives `foo_bar`, `foo`, `bar`; `ISO-8601` gives `iso-8601`, `iso`, `8601`.
/// - Numbers lose their group separators, and a decimal comma becomes a point: `1,234` is `1234`, `3,14` is `3.14`.
/// - Scripts without spaces, and Hangul, give overlapping pairs of characters.
/// - Index terms include other spellings of a word, which begin with U+0001 and do not count in lengths: `sign-off`,
///   also at the end of a line, is found as `signoff`; `12 500` and `12.500` as `12500`; a run of Chinese, Japanese or
///   Korean by each character.
/// - A compound of a question counts as its words would apart, and a single letter is not a word: `x-ray` counts once.
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
    public static let version = 2

    public let stopWords: StopWords
    private let workspaces = WorkspacePool()
    private let detector = LanguageDetector()

    /// - Parameter stopWords: It belongs to an index's settings: an index built with `.removed` lacks terms that
    ///   `.kept` searches for.
    public init(stopWords: StopWords = .removedFromQueries) { self.stopWords = stopWords }

    /// The words of a text as stems in one language, in text order, repeated as often as they occur: for comparing two
    /// texts. An index has ``indexTerms(of:language:)``.
    ///
    /// If a word gives several terms, they follow each other, the whole word first.
    /// - `language`: The language of the text, if known.
    /// - Complexity: O(bytes).
    public func terms(of text: String, language: Language?) -> [String] {
        words(of: text, languages: language.map { [$0] } ?? []).terms
    }

    /// The words of a text as stems, each in the first of the languages that has its script.
    package func words(of text: String, languages: [Language]) -> AnalyzedText {
        AnalyzedText(
            collect(text, languages: Self.stemming(in: languages)), withStopWords: stopWords != .removed)
    }

    /// The terms of a document or chunk for the index, in text order, repeated as often as they occur.
    ///
    /// - `language`: The language of the text, if known.
    /// - Complexity: O(bytes).
    public func indexTerms(of text: String, language: Language?) -> [String] {
        collect(text, languages: Self.stemming(in: language.map { [$0] } ?? []))
            .indexTerms(withStopWords: stopWords != .removed)
    }

    /// The words of a question for the index, in text order, repeated as often as they occur.
    ///
    /// A word has a form for each language of the index and for the default language of its script. Function words are
    /// those of the question's language, if its words are sufficient evidence, and otherwise of the most frequent
    /// language of its script.
    ///
    /// - `languages`: The languages of the indexed documents, most frequent first.
    /// - Complexity: O(bytes · languages).
    public func queryTerms(of text: String, languages: [Language]) -> [QueryTerm] {
        let candidates = languages + Script.allCases.compactMap(\.defaultLanguage).filter { !languages.contains($0) }
        let detected = detector.language(of: text, among: candidates).map { [$0] } ?? []
        var passes = [Self.stemming(in: detected + languages)]
        for language in candidates
        where language.stemmerName != nil && passes[0][language.script.index] != language {
            passes.append(Self.stemming(in: [language] + detected + languages))
        }
        let spellings = Spelling.allCases.filter { $0.applies(to: text) }
        let lists = passes.flatMap { pass in spellings.map { collect(text, languages: pass, spelling: $0) } }
        return QueryWords(lists).terms(stopWords)
    }

    /// The first byte of a term that is another spelling of words that are indexed beside it.
    package static let additionalMark: UInt8 = 1

    /// The term as it is indexed for another spelling.
    static func additional(_ term: String) -> String { "\u{1}\(term)" }

    /// The stemming language of each script, by the script's index: the first that has it, or its default.
    private static func stemming(in languages: [Language]) -> [Language?] {
        var chosen = Script.defaultLanguages
        for language in languages.reversed() { chosen[language.script.index] = language }
        return chosen
    }

    private func collect(_ text: String, languages: [Language?], spelling: Spelling = .asWritten) -> TermList {
        var text = text
        return text.withUTF8 { bytes in
            workspaces.withWorkspace { workspace in
                withDecodedEntities(bytes) { bytes in
                    var collector = TermCollector(
                        bytes: bytes, languages: languages, spelling: spelling, workspace: workspace)
                    return collector.collect()
                }
            }
        }
    }
}

extension Script {
    /// The default stemming language of each script, by the script's index.
    fileprivate static let defaultLanguages = Script.allCases.map(\.defaultLanguage)
}
