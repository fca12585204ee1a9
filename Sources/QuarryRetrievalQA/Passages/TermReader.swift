import QuarryCore
package import QuarryText

/// Reads the words of texts in known languages, and recognises function words.
package struct TermReader: Sendable {
    private let analysis: TextAnalysis
    private let languages: [String]
    /// The terms of function words.
    package let functionTerms: Set<String>

    /// The default stemming languages of the Latin and the Cyrillic script.
    static let usualLanguages: Set<String> = [Language.english.rawValue, Language.russian.rawValue]

    init(_ analysis: TextAnalysis, languages: [String] = []) {
        self.analysis = analysis
        self.languages = languages
        functionTerms = Set(FunctionWords.all.flatMap { analysis.words($0, in: languages).terms })
    }

    /// All words of a text.
    package func words(_ text: String) -> AnalyzedText { analysis.words(text, in: languages) }

    /// The terms and other spellings of a text without its function words.
    package func contentForms(_ text: String) -> Set<String> { words(text).forms.subtracting(functionTerms) }
}

/// The readers of terms for questions, replies and passages.
struct TermReaders: Sendable {
    private let analysis: TextAnalysis
    private let usual: TermReader

    init(_ analysis: TextAnalysis) {
        self.analysis = analysis
        self.usual = TermReader(analysis)
    }

    /// For a question or reply, so that its terms are those of the passages.
    func reader(of text: String, among passages: [ScoredChunk]) -> TermReader {
        reader(in: analysis.languages(of: text, among: passages))
    }

    /// For the language of a passage's document.
    func reader(of passage: ScoredChunk) -> TermReader {
        reader(in: [passage.language].compactMap { $0 })
    }

    private func reader(in languages: [String]) -> TermReader {
        TermReader.usualLanguages.isSuperset(of: languages) ? usual : TermReader(analysis, languages: languages)
    }
}
