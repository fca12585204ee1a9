package import QuarryCore
package import QuarryText

/// Language analysis for answers: the boundaries of sentences, and words.
package struct TextAnalysis: Sendable {
    private let splitter = SentenceSplitter()
    private let analyzer = Analyzer(stopWords: .kept)
    private let detector = LanguageDetector()

    package init() {}

    /// UTF-8 ranges of the sentences of a paragraph, in text order.
    package func sentences(_ text: String) -> [Range<Int>] { splitter.sentences(in: text) }

    /// The words of a text as stems. Questions and passages are analysed alike.
    ///
    /// - `languages`: ISO 639-1 codes, at most one a script. Other scripts are stemmed by their default language.
    package func words(_ text: String, in languages: [String] = []) -> AnalyzedText {
        analyzer.words(of: text, languages: languages.compactMap { Language(rawValue: $0) })
    }

    /// The language of a text as an ISO 639-1 code; nil if it is too short to detect.
    package func language(of text: String) -> String? { detector.language(of: text)?.rawValue }

    /// The languages, one for each script, in which to analyse a question or reply so that its terms match those of the
    /// passages. Each is the detected language of the text or, if that is unclear, the language of most passages.
    package func languages(of text: String, among passages: [ScoredChunk]) -> [String] {
        var counts: [String: Int] = [:]
        for passage in passages {
            // The words of a text in an unknown language are stemmed in the default language of its script.
            let language = passage.language ?? dominantScript(of: passage.chunk.text)?.defaultLanguage?.rawValue
            if let language { counts[language, default: 0] += 1 }
        }
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
