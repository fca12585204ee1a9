package import QuarryCore
import QuarryText

/// What the chain asks of language: where sentences end, and which words count as the same.
package struct TextAnalysis: Sendable {
    private let splitter = SentenceSplitter()
    private let analyzer = Analyzer(stopWords: .kept)
    private let detector = LanguageDetector()

    package init() {}

    /// UTF-8 ranges of the sentences of a paragraph, in text order.
    package func sentences(_ text: String) -> [Range<Int>] { splitter.sentences(in: text) }

    /// The index terms of a text, in text order, repeats included. Questions and passages are treated alike.
    ///
    /// - `languages`: ISO 639-1 codes, at most one a script. Other scripts are stemmed by their usual language.
    package func terms(_ text: String, in languages: [String] = []) -> [String] {
        let languages = languages.compactMap { Language(rawValue: $0) }
        guard languages.count > 1 else { return analyzer.terms(of: text, language: languages.first) }
        return analyzer.queryTerms(of: text, languages: languages)
    }

    /// The language of a text as an ISO 639-1 code; nil where it is too short to tell.
    package func language(of text: String) -> String? { detector.language(of: text)?.rawValue }

    /// The languages, one a script, by which a question or a reply has the same terms as the passages it is about: in
    /// each script the one it is written in, or where its words do not tell, that of most passages.
    package func languages(of text: String, among passages: [ScoredChunk]) -> [String] {
        var counts: [String: Int] = [:]
        for language in passages.compactMap(\.language) { counts[language, default: 0] += 1 }
        let candidates = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            .compactMap { Language(rawValue: $0.key) }
        var chosen: [Language] = []
        for language in [detector.language(of: text, among: candidates)].compactMap({ $0 }) + candidates
        where !chosen.contains(where: { $0.script == language.script }) {
            chosen.append(language)
        }
        return chosen.map(\.rawValue)
    }
}

/// Takes terms out of texts in known languages, and knows which of them say nothing.
package struct TermReader: Sendable {
    private let analysis: TextAnalysis
    private let languages: [String]
    /// The terms of function words.
    package let functionTerms: Set<String>

    /// The languages by which words of the Latin and the Cyrillic script are stemmed where none is named.
    static let usualLanguages: Set<String> = [Language.english.rawValue, Language.russian.rawValue]

    init(_ analysis: TextAnalysis, languages: [String] = []) {
        self.analysis = analysis
        self.languages = languages
        functionTerms = Set(FunctionWords.all.flatMap { analysis.terms($0, in: languages) })
    }

    /// All terms of a text, in text order.
    package func terms(_ text: String) -> [String] { analysis.terms(text, in: languages) }

    /// The terms of a text without those of function words.
    package func contentTerms(_ text: String) -> [String] { terms(text).filter { !functionTerms.contains($0) } }
}
