extension Analyzer {
    /// The words of a text as UTF-8 ranges in text order. A compound such as `sign-off` is one word, and so is each
    /// character of a script without spaces.
    /// - Complexity: O(bytes).
    package static func wordRanges(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var ranges: [Range<Int>] = []
            var scanner = WordScanner(bytes)
            while let piece = scanner.next() {
                switch piece {
                case .word(let word): ranges.append(word.range)
                case .compound: ranges.append(scanner.compound.range)
                case .unspaced(let run):
                    var start = run.lowerBound
                    while start < run.upperBound {
                        let end = start + bytes.scalar(at: start).width
                        ranges.append(start..<end)
                        start = end
                    }
                }
            }
            return ranges
        }
    }
}

extension Analyzer {
    /// A word as index terms that are not stemmed: with which other terms begin, or from which they differ by little.
    ///
    /// - `languages`: The languages of the index, whose terms have prefixes.
    package func unstemmedForms(of word: String, languages: [Language]) -> [String] {
        var word = word
        var folded = word.withUTF8 { QuarryText.folded($0) }
        let script = word.unicodeScalars.first.map { Script(ofLetter: $0.value) }
        if script == .latin { folded = withoutLatinDiacritics(folded) }
        let text = String(decoding: folded, as: UTF8.self)
        let prefixed = languages.filter { $0.script == script && script?.defaultLanguage != $0 }
            .map { "\($0.rawValue):\(text)" }
        return ([text] + prefixed).flatMap { [$0, Self.additional($0)] }
    }
}
