/// Detects the language of a text from its scripts and its function words.
///
/// The script decides alone if only one known language uses it. Latin languages are distinguished by the number of
/// their function words, except words of one letter. A word of *n* languages counts 1/*n* for each, as in short-word
/// profiles (Grefenstette 1995). There is no trained model. The result is nil if a text is too short.
package struct LanguageDetector: Sendable {
    package init() {}

    /// The main language of a text; nil if uncertain.
    ///
    /// It examines the first 16,384 scalars. A text with at least a quarter Cyrillic letters is Russian, regardless of
    /// Latin identifiers in it. A text with letters that occur only in other Cyrillic alphabets is nil.
    package func language(of text: String) -> Language? { language(of: text, among: nil) }

    /// The main language of a text from a collection that is mostly in one language.
    ///
    /// A text of few words is in that language, unless it has twice the evidence for another one.
    /// - `collection`: The language of the collection; nil if unknown.
    package func language(of text: String, from collection: Language?) -> Language? {
        guard let collection else { return language(of: text) }
        let sample = ScriptCounts(text, limit: Self.sampleLimit)
        guard sample[collection.script] * 2 >= sample.total else { return language(of: text) }
        guard collection.script == .latin else { return language(of: text) ?? collection }
        return latinLanguage(of: text, among: nil, from: collection) ?? collection
    }

    /// The language of a text that is known to be in one of `candidates`.
    ///
    /// With candidates, a lead of one function word is sufficient.
    /// - `candidates`: Nil means all languages.
    package func language(of text: String, among candidates: [Language]?) -> Language? {
        let sample = ScriptCounts(text, limit: Self.sampleLimit)
        guard sample.total > 0 else { return nil }
        func share(_ script: Script) -> Double { Double(sample[script]) / Double(sample.total) }
        func allowed(_ language: Language?) -> Language? {
            guard let language else { return nil }
            return candidates?.contains(language) ?? true ? language : nil
        }
        if share(.kana) >= 0.1 { return allowed(.japanese) }
        if share(.hangul) >= 0.2 { return allowed(.korean) }
        if share(.han) >= 0.2 { return allowed(.chinese) }
        if share(.cyrillic) >= 0.25 {
            return allowed(.russian) == nil ? allowed(.serbian) : isRussian(text) ? .russian : nil
        }
        for script in [Script.greek, .armenian, .arabic, .devanagari, .tamil] where share(script) >= 0.25 {
            return allowed(script.defaultLanguage)
        }
        guard share(.latin) >= 0.5 else { return nil }
        return latinLanguage(of: text, among: candidates)
    }

    private static let sampleLimit = 16_384

    /// Whether less than one in fifty Cyrillic letters is missing from the Russian alphabet.
    private func isRussian(_ text: String) -> Bool {
        var cyrillic = 0
        var foreign = 0
        for scalar in text.unicodeScalars.prefix(Self.sampleLimit) where (0x400..<0x530).contains(scalar.value) {
            cyrillic += 1
            let isRussian = (0x410..<0x450).contains(scalar.value) || scalar.value == 0x401 || scalar.value == 0x451
            if !isRussian { foreign += 1 }
        }
        return foreign * 50 < cyrillic
    }

    private func latinLanguage(
        of text: String, among candidates: [Language]?, from collection: Language? = nil
    ) -> Language? {
        var allowed: UInt64 = .max
        if let candidates { allowed = candidates.reduce(0) { $0 | 1 << $1.index } }
        var scores = [Double](repeating: 0, count: 64)
        func credit(_ speakers: UInt64) {
            let weight = 1 / Double(speakers.nonzeroBitCount)
            for index in 0..<64 where speakers >> index & 1 == 1 { scores[index] += weight }
        }
        let words = words(of: text)
        var occurrences: [String: Int] = [:]
        var hits = 0
        for word in words {
            let speakers = (speakersOfWords[word] ?? 0) & allowed
            guard speakers != 0 else { continue }
            hits += 1
            // A name such as Los Angeles must not outvote the rest of the text.
            let count = occurrences[word, default: 0] + 1
            occurrences[word] = count
            if count <= 3 { credit(speakers) }
        }
        // In a fixed order, because sums of fractions depend on it.
        let letters = Set(text.unicodeScalars.prefix(Self.sampleLimit).lazy.filter { $0.value >= 0x80 })
        for letter in letters.sorted() {
            let speakers = (speakersOfLetters[letter] ?? 0) & allowed
            guard speakers != 0 else { continue }
            occurrences[String(letter)] = 1
            credit(speakers)
        }
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) })
        else { return nil }
        let rival = scores.indices.reduce(0) { $1 == best ? $0 : max($0, scores[$1]) }
        let isSure =
            candidates == nil
            ? scores[best] >= 1.5 && scores[best] >= 1.2 * rival && occurrences.count >= 2 && hits * 12 >= words.count
            : scores[best] > rival
        if let collection, scores[best] < 2 * scores[collection.index] + 1 { return collection }
        return isSure && best < Language.allCases.count ? Language.allCases[best] : nil
    }

    /// The lower-case words of the first scalars of a text. Words of one letter, and words too long for a function
    /// word, are empty.
    private func words(of text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            var letters: [UInt8] = []
            var offset = 0
            var seen = 0
            while offset < bytes.count, seen < Self.sampleLimit {
                let (scalar, width) = bytes.scalar(at: offset)
                offset += width
                seen += 1
                if ScalarClass(of: scalar).continuesWord {
                    letters.append(scalar: scalar)
                } else if !letters.isEmpty {
                    words.append(Self.word(letters))
                    letters.removeAll(keepingCapacity: true)
                }
            }
            if !letters.isEmpty { words.append(Self.word(letters)) }
            return words
        }
    }

    private static func word(_ letters: [UInt8]) -> String {
        guard (2...15).contains(letters.count) else { return "" }
        let word = String(decoding: letters, as: UTF8.self)
        let isLower = letters.allSatisfy { $0 < 0x80 && $0 &- 0x41 >= 26 }
        return isLower ? word : word.lowercased()
    }
}

/// For every function word of a Latin language, a bit set of the languages that have it; bit 63 is for languages
/// without a name here.
private let speakersOfWords: [String: UInt64] = {
    var speakers: [String: UInt64] = [:]
    for language in Language.allCases where language.script == .latin {
        for word in language.functionWords { speakers[String(word), default: 0] |= 1 << language.index }
    }
    for word in functionWordsOfOtherLanguages { speakers[String(word), default: 0] |= 1 << 63 }
    return speakers
}()

/// Letters and marks of few Latin languages, with the same bits.
private let speakersOfLetters: [Unicode.Scalar: UInt64] = {
    let users: [(String, [Language])] = [
        ("¿¡ñ", [.spanish]), ("ß", [.german]), ("ãõ", [.portuguese]), ("őű", [.hungarian]), ("ğışİ", [.turkish]),
        ("șță", [.romanian]), ("øæ", [.danish, .norwegian]), ("å", [.swedish, .danish, .norwegian]),
        ("ėųį", [.lithuanian]), ("œêû", [.french]), ("·", [.catalan]), ("łńżřěůđươ", []),
    ]
    var speakers: [Unicode.Scalar: UInt64] = [:]
    for (letters, languages) in users {
        let bits: UInt64 = languages.isEmpty ? 1 << 63 : languages.reduce(0) { $0 | 1 << $1.index }
        for letter in letters.unicodeScalars { speakers[letter] = bits }
    }
    return speakers
}()
