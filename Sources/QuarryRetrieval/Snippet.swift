public import QuarryCore
import QuarryText

/// The sentences of a hit that say most about a question, on one line.
///
///     let retrieval = try await corpus.search("Who signs the lease?")
///     for snippet in retrieval.snippets() { print(snippet.text) }
///
/// They are whole sentences with the question's words, in the order of the text, with ` … ` where others lie between them.
/// A hit without such words gives its first sentences, and a sentence longer than the snippet is cut between words.
public struct Snippet: Sendable, Hashable {
    public let text: String
    /// Where a word of the question stands: UTF-8 offsets into the text, ascending.
    public let matches: [Range<Int>]

    fileprivate init(of hit: ScoredChunk, forms: Set<String>, analyzer: Analyzer, maximumLength: Int) {
        let source = Source(hit, forms: forms, analyzer: analyzer)
        var line = Line(maximumLength: max(1, maximumLength))
        var previous: Int?
        for index in source.best(within: line.maximumLength) {
            if let previous, index > previous + 1 { line.text += " … " } else if previous != nil { line.text += " " }
            let sentence = source.sentences[index]
            line.append(sentence.range, of: source.bytes, marking: sentence.matches)
            previous = index
        }
        text = line.text
        matches = line.matches
    }
}

extension Retrieval {
    /// The snippet of each hit, in their order.
    ///
    /// - `maximumLength`: In Unicode scalars, without the marks of omission.
    /// - Complexity: O(length of the hits' texts).
    public func snippets(maximumLength: Int = 240) -> [Snippet] {
        let analyzer = Analyzer()
        return hits.map { Snippet(of: $0, forms: forms, analyzer: analyzer, maximumLength: maximumLength) }
    }
}

/// The sentences of a hit, as far as the search found them, with the question's words.
private struct Source {
    struct Sentence {
        var range: Range<Int>
        var matches: [Range<Int>] = []
        var forms: Set<String> = []
        var length = 0
    }

    let bytes: [UInt8]
    private(set) var sentences: [Sentence] = []

    init(_ hit: ScoredChunk, forms: Set<String>, analyzer: Analyzer) {
        let text = hit.chunk.text
        bytes = Array(text.utf8)
        let language = hit.language.flatMap { Language(rawValue: $0) }
        let words = forms.isEmpty ? [] : Analyzer.wordRanges(in: text)
        var next = 0
        for range in SentenceSplitter().sentences(in: text) {
            if let found = hit.found, !found.contains(where: { $0.overlaps(range) }) { continue }
            var sentence = Sentence(range: range)
            sentence.length = bytes[range].count { $0 & 0xC0 != 0x80 }
            while next < words.count, words[next].lowerBound < range.upperBound {
                let word = words[next]
                next += 1
                guard word.lowerBound >= range.lowerBound else { continue }
                let terms = analyzer.indexTerms(of: String(decoding: bytes[word], as: UTF8.self), language: language)
                let shared = terms.filter(forms.contains)
                guard !shared.isEmpty else { continue }
                sentence.matches.append(word)
                sentence.forms.formUnion(shared)
            }
            sentences.append(sentence)
        }
    }

    /// The sentences to show, ascending: those with the most words that the others lack, and what follows while it fits.
    func best(within limit: Int) -> [Int] {
        var chosen: Set<Int> = []
        var (known, length) = (Set<String>(), 0)
        func take(_ index: Int) {
            chosen.insert(index)
            known.formUnion(sentences[index].forms)
            length += sentences[index].length
        }
        func gain(_ index: Int) -> Int { sentences[index].forms.subtracting(known).count }
        while chosen.count < sentences.count {
            let fitting = sentences.indices.filter { index in
                !chosen.contains(index) && (chosen.isEmpty || length + sentences[index].length <= limit)
            }
            // The earlier of two equal ones.
            guard let best = fitting.max(by: { gain($0) < gain($1) || (gain($0) == gain($1) && $0 > $1) }),
                gain(best) > 0 || chosen.isEmpty
            else { break }
            take(best)
        }
        for index in sentences.indices where chosen.contains(index - 1) && !chosen.contains(index) {
            if length + sentences[index].length <= limit { take(index) }
        }
        return chosen.sorted()
    }
}

/// A text on one line, with the places of matches in it.
private struct Line {
    var text = ""
    private(set) var matches: [Range<Int>] = []
    let maximumLength: Int

    init(maximumLength: Int) { self.maximumLength = maximumLength }

    /// Appends a part of a text with each run of white space as one blank. Too long a part is cut between words, so that its
    /// first match is in it.
    mutating func append(_ range: Range<Int>, of bytes: [UInt8], marking marks: [Range<Int>]) {
        let range = fitted(range, of: bytes, first: marks.first)
        if range.cutsStart { text += "… " }
        var marks = marks.filter { $0.lowerBound >= range.part.lowerBound && $0.upperBound <= range.part.upperBound }[
            ...]
        var offset = range.part.lowerBound
        for scalar in String(decoding: bytes[range.part], as: UTF8.self).unicodeScalars {
            if marks.first?.lowerBound == offset { matches.append(text.utf8.count..<text.utf8.count) }
            if !scalar.properties.isWhitespace {
                text.unicodeScalars.append(scalar)
            } else if text.unicodeScalars.last != " " {
                text += " "
            }
            offset += scalar.utf8.count
            if let mark = marks.first, mark.upperBound <= offset, let match = matches.last {
                matches[matches.count - 1] = match.lowerBound..<text.utf8.count
                marks.removeFirst()
            }
        }
        if range.cutsEnd { text += "…" }
    }

    private func fitted(
        _ range: Range<Int>, of bytes: [UInt8], first: Range<Int>?
    ) -> (part: Range<Int>, cutsStart: Bool, cutsEnd: Bool) {
        var part = range
        func length(of part: Range<Int>) -> Int { bytes[part].count { $0 & 0xC0 != 0x80 } }
        guard length(of: range) > maximumLength else { return (range, false, false) }
        if let first, length(of: range.lowerBound..<first.upperBound) > maximumLength {
            // Half of the room before the match.
            var (start, room) = (first.lowerBound, maximumLength / 2)
            while start > range.lowerBound, room > 0 {
                start -= 1
                if bytes[start] & 0xC0 != 0x80 { room -= 1 }
            }
            while start < first.lowerBound, bytes[start] != 0x20 { start += 1 }
            part = min(first.lowerBound, start + 1)..<range.upperBound
            while part.lowerBound < first.lowerBound, bytes[part.lowerBound] == 0x20 {
                part = part.lowerBound + 1..<part.upperBound
            }
        }
        var (end, room) = (part.lowerBound, maximumLength)
        while end < part.upperBound, room >= 0 {
            if bytes[end] & 0xC0 != 0x80 { room -= 1 }
            if room >= 0 { end += 1 }
        }
        while end < part.upperBound, bytes[end] & 0xC0 == 0x80 { end += 1 }
        var whole = end
        if end < part.upperBound {
            while whole > part.lowerBound, bytes[whole] != 0x20, bytes[whole] != 0x0A { whole -= 1 }
            if whole > part.lowerBound, first.map({ whole >= $0.upperBound || $0.lowerBound < part.lowerBound }) ?? true
            {
                end = whole
            }
        }
        return (part.lowerBound..<end, part.lowerBound > range.lowerBound, end < range.upperBound)
    }
}
