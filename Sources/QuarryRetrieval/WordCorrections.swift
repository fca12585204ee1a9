import QuarryCore
import QuarryText

/// Finds words of the documents for words of a question that no document has.
struct WordCorrections {
    let snapshot: any Snapshot
    let words: any WordIndex
    let analyzer: Analyzer
    /// The languages of the index.
    let languages: [Language]

    struct Result {
        var corrections: [WordCorrection] = []
        /// The replacements as terms of the question.
        var terms: [QueryTerm] = []
    }

    /// How many words of a question are looked up, and how many are spell-checked.
    static let (maximumWords, maximumSpellings) = (200, 8)
    /// How much a match of a replacement counts, of a word of the question.
    static let weight = 0.5
    /// From so many letters on, one of them may be wrong, and from so many, two.
    private static let (shortestMisspelled, shortestTwiceMisspelled) = (5, 8)
    /// How many index terms near a misspelled one are looked at.
    private static let comparedTerms = 12
    /// A stem of so many letters and a longer one that begins with it are taken for forms of one word.
    private static let shortestSharedStem = 5

    /// - Parameters:
    ///   - text: The question without its operators.
    ///   - terms: The terms of the question.
    ///   - searched: Words that an operator has looked up already.
    /// - Complexity: O(words) if all of them are in documents, else O(terms of the index) for each misspelled one, of which
    ///   there are at most ``maximumSpellings``, and the text of at most 240 passages.
    func result(for text: String, terms: [QueryTerm], except searched: Set<String>) async throws -> Result {
        var result = Result()
        let frequencies = try await words.frequencies(of: terms)
        guard frequencies.contains(0) else { return result }
        var seen: Set<String> = []
        var spellings = 0
        for word in text.split(whereSeparator: \.isWhitespace).prefix(Self.maximumWords) {
            let word = String(word)
            guard seen.insert(word).inserted, !searched.contains(word) else { continue }
            if let (correction, term) = try await correction(of: word, &spellings) {
                result.corrections.append(correction)
                result.terms.append(term)
            }
        }
        return result
    }

    private func correction(
        of written: String, _ spellings: inout Int
    ) async throws -> (WordCorrection, QueryTerm)? {
        let word = written.trimmingPunctuation
        guard word.count >= 3, try await !isHeld(word) else { return nil }
        // A comma may be the letter б, or the end of the word.
        for typed in written == word ? [word] : [written, word] {
            guard let reading = KeyboardLayout.otherReading(of: typed), !isFunctionWord(reading),
                let term = try await held(reading)
            else { continue }
            return (WordCorrection(typed, replacement: reading, reason: .layout), term)
        }
        guard word.allSatisfy(\.isLetter) else { return nil }
        let isRomanNumber = word.allSatisfy { "IVXLCDM".contains($0) }
        if languages.contains(where: { $0.script == .cyrillic }), !isRomanNumber {
            for reading in Transliteration.russianReadings(of: word) where !isFunctionWord(reading) {
                guard let term = try await held(reading) else { continue }
                return (WordCorrection(word, replacement: reading, reason: .transliteration), term)
            }
        }
        guard word.count >= Self.shortestMisspelled, spellings < Self.maximumSpellings else { return nil }
        spellings += 1
        return try await respelled(word)
    }

    /// The word of the documents that was probably meant: with the fewest typing errors, then in the most passages.
    private func respelled(_ word: String) async throws -> (WordCorrection, QueryTerm)? {
        let forms = analyzer.queryTerms(of: word, languages: languages).flatMap(\.forms)
        let stems = Set(forms.filter { $0.utf8.first != Analyzer.additionalMark }.map(\.wordOfTerm))
        let edits = word.count >= Self.shortestTwiceMisspelled ? 2 : 1
        let near = try await words.terms(matching: .near(forms, edits: edits), limit: Self.comparedTerms)
        var best: (errors: Int, passages: Int, spelling: String, term: String)?
        for term in near {
            let stem = term.wordOfTerm
            let shared = stems.filter { $0.hasPrefix(stem) || stem.hasPrefix($0) }
            let sharesStem = !shared.isEmpty
            // `кот` is not `котла` without a letter.
            guard shared.allSatisfy({ min($0.count, stem.count) >= Self.shortestSharedStem }) else { continue }
            let (passages, counts) = try await spellings(of: term)
            let close = counts.compactMap { spelling, count in
                (sharesStem ? 0 : TypingErrors.count(in: word, meaning: spelling, limit: edits)).map {
                    (errors: $0, count: count, spelling: spelling)
                }
            }
            guard
                let found = close.min(by: { a, b in
                    if a.errors != b.errors { return a.errors < b.errors }
                    return a.count != b.count ? a.count > b.count : a.spelling < b.spelling
                })
            else { continue }
            if let best, (best.errors, -best.passages) <= (found.errors, -passages) { continue }
            best = (found.errors, passages, found.spelling, term)
        }
        return best.map { best in
            (
                WordCorrection(word, replacement: best.spelling, reason: .spelling),
                QueryTerm(forms: [best.term], weight: Self.weight)
            )
        }
    }

    /// Whether a document has the word, or the word counts for nothing.
    private func isHeld(_ word: String) async throws -> Bool {
        let terms = analyzer.queryTerms(of: word, languages: languages)
        if terms.isEmpty || isFunctionWord(word) { return true }
        return try await words.frequencies(of: terms).contains { $0 > 0 }
    }

    /// A word as a term, if documents have it.
    private func held(_ word: String) async throws -> QueryTerm? {
        let terms = analyzer.queryTerms(of: word, languages: languages)
        guard terms.count == 1, try await words.frequencies(of: terms).allSatisfy({ $0 > 0 }) else { return nil }
        return QueryTerm(forms: terms[0].forms, weight: Self.weight)
    }

    private func isFunctionWord(_ word: String) -> Bool {
        let word = word.lowercased()[...]
        return [Language.english, .russian].contains { $0.functionWords.contains(word) }
    }

    /// How many passages have an index term, which is a stem, and its words in some of them, with their number.
    private func spellings(of term: String) async throws -> (passages: Int, counts: [String: Int]) {
        let ids = try await words.chunks(with: QueryTerm(term), in: nil).ids
        var counts: [String: Int] = [:]
        for passage in try await snapshot.passages(Array(ids.prefix(Self.passagesForSpelling))).values {
            let language = passage.language.flatMap { Language(rawValue: $0) }
            for text in [passage.chunk.text] + passage.chunk.headings + [passage.documentTitle ?? ""] {
                let bytes = Array(text.utf8)
                for range in Analyzer.wordRanges(in: text) {
                    let word = String(decoding: bytes[range], as: UTF8.self)
                    guard analyzer.indexTerms(of: word, language: language).contains(term) else { continue }
                    counts[word.lowercased(), default: 0] += 1
                }
            }
        }
        return (ids.count, counts)
    }

    /// How many passages are read for the words of an index term.
    private static let passagesForSpelling = 20
}

extension WordCorrection {
    /// The correction in a sentence.
    var warning: String { "No document has “\(word)”; searched for “\(replacement)” as well." }
}

extension String {
    /// The text with the replacements of words in place of them.
    func corrected(by corrections: [WordCorrection]) -> String {
        split(omittingEmptySubsequences: false, whereSeparator: \.isWhitespace).map { part in
            let word = String(part)
            guard let correction = corrections.first(where: { [word, word.trimmingPunctuation].contains($0.word) })
            else { return word }
            return word.replacing(correction.word, with: correction.replacement)
        }.joined(separator: " ")
    }

    /// An index term without the mark of its language: `de:haus` is `haus`.
    fileprivate var wordOfTerm: Substring { self[(lastIndex(of: ":").map { index(after: $0) } ?? startIndex)...] }

    fileprivate var trimmingPunctuation: String {
        let start = firstIndex { $0.isLetter || $0.isNumber } ?? endIndex
        let end = lastIndex { $0.isLetter || $0.isNumber }.map { index(after: $0) } ?? endIndex
        return start < end ? String(self[start..<end]) : ""
    }
}
