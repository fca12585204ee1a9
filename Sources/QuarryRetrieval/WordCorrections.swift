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
    private static let (shortestMisspelled, shortestTwiceMisspelled) = (5, 9)

    /// - Parameters:
    ///   - text: The question without its operators.
    ///   - terms: The terms of the question.
    ///   - searched: Words that an operator has looked up already.
    /// - Complexity: O(words) if all of them are in documents, else O(terms of the index) for each misspelled one.
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
        if languages.contains(where: { $0.script == .cyrillic }) {
            for reading in Transliteration.russianReadings(of: word) where !isFunctionWord(reading) {
                guard let term = try await held(reading) else { continue }
                return (WordCorrection(word, replacement: reading, reason: .transliteration), term)
            }
        }
        guard word.count >= Self.shortestMisspelled, spellings < Self.maximumSpellings else { return nil }
        spellings += 1
        let forms = analyzer.queryTerms(of: word, languages: languages).flatMap(\.forms)
        let edits = word.count >= Self.shortestTwiceMisspelled ? 2 : 1
        let near = try await words.terms(matching: .near(forms, edits: edits), limit: 1)
        guard let form = near.first else { return nil }
        let term = QueryTerm(forms: [form], weight: Self.weight)
        return (WordCorrection(word, replacement: try await spelled(form, term), reason: .spelling), term)
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

    /// The most frequent word with the index term, which is a stem, in some of the passages that have it.
    private func spelled(_ form: String, _ term: QueryTerm) async throws -> String {
        let ids = try await words.chunks(with: term, in: nil).ids.prefix(Self.passagesForSpelling)
        var counts: [String: Int] = [:]
        for passage in try await snapshot.passages(Array(ids)).values {
            let language = passage.language.flatMap { Language(rawValue: $0) }
            for text in [passage.chunk.text] + passage.chunk.headings + [passage.documentTitle ?? ""] {
                let bytes = Array(text.utf8)
                for range in Analyzer.wordRanges(in: text) {
                    let word = String(decoding: bytes[range], as: UTF8.self)
                    guard analyzer.indexTerms(of: word, language: language).contains(form) else { continue }
                    counts[word.lowercased(), default: 0] += 1
                }
            }
        }
        return counts.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }?.key ?? form
    }

    /// How many passages are read to spell a replacement.
    private static let passagesForSpelling = 20
}

extension WordCorrection {
    /// The correction in a sentence.
    var warning: String { "No document has “\(word)”; searched for “\(replacement)” as well." }
}

extension String {
    fileprivate var trimmingPunctuation: String {
        let start = firstIndex { $0.isLetter || $0.isNumber } ?? endIndex
        let end = lastIndex { $0.isLetter || $0.isNumber }.map { index(after: $0) } ?? endIndex
        return start < end ? String(self[start..<end]) : ""
    }
}
