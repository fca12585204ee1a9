import QuarryCore
import QuarryText

/// A sentence that holds a part of a question and names something else, and the question about that name.
///
/// "Where was the architect of the Blue Mill born?" and "The Blue Mill was designed by the architect Lena Holt." make
/// "Where was the Lena Holt born?".
struct Bridge: Sendable, Hashable {
    /// The sentence, with its hit in the first search.
    var sentence: ExtractedSentence
    /// As the sentence or its title writes it.
    var name: String
    /// The question with the name in the place of the words that the sentence holds.
    var question: String
}

/// Finds the bridges of a question, and checks what a second search found with one. It needs no model.
struct BridgeScan: Sendable {
    private let question: String
    private let asked: AskedQuestion
    private let reader: TermReader
    private let readers: TermReaders
    private let hits: [ScoredChunk]
    private let content: Set<String>

    /// - `hits`: Of the first search.
    init(_ question: String, in hits: [ScoredChunk], analysis: TextAnalysis) {
        self.question = question
        self.hits = hits
        readers = TermReaders(analysis)
        reader = readers.reader(of: question, among: hits)
        asked = AskedQuestion(question, reader: reader)
        content = Set(asked.terms)
    }

    /// A question with fewer content words has no two parts.
    private static let leastWords = 3
    private static let sentences = 8
    private static let bridges = 3
    private static let longestName = 6

    /// Whether no hit holds every content word of the question.
    /// - Complexity: O(total length of the hits).
    var isSplit: Bool {
        content.count >= Self.leastWords
            && !hits.contains { hit in
                let forms = readers.reader(of: hit).words(hit.chunk.text).forms.union(context(of: hit))
                return content.allSatisfy { asked.words.isHeld($0, by: forms) }
            }
    }

    /// The bridges of the best sentences: those that hold most of the question first.
    func bridges(among ranked: [RankedSentence]) -> [Bridge] {
        var found: [(bridge: Bridge, held: Int)] = []
        var seen: Set<String> = []
        for candidate in ranked.prefix(Self.sentences) where candidate.features.foreign == 0 {
            let sentence = candidate.sentence
            let forms = forms(of: sentence, in: hits[sentence.hit])
            let held = content.filter { asked.words.isHeld($0, by: forms) }
            guard !held.isEmpty, held.count < content.count, holdsName(held) else { continue }
            let title = hits[sentence.hit].documentTitle
            for name in Self.names(in: sentence.text) + [title].compactMap({ $0 }) where isNew(name) {
                let asking = question(about: name, without: held)
                guard seen.insert(asking).inserted else { continue }
                found.append((Bridge(sentence: sentence, name: name, question: asking), held.count))
            }
        }
        let order = found.indices.sorted {
            found[$0].held != found[$1].held ? found[$0].held > found[$1].held : $0 < $1
        }
        return order.prefix(Self.bridges).map { found[$0].bridge }
    }

    /// Whether a sentence of a second search answers the rest of the question about the bridge's name.
    ///
    /// It is in another passage than the bridge, and holds the name and the words of the question that the bridge lacks.
    func isEarned(_ bridge: Bridge, by second: RankedSentence, in hit: ScoredChunk) -> Bool {
        let first = hits[bridge.sentence.hit]
        guard second.features.foreign == 0, second.features.typeMissing == 0, second.features.negation == 0,
            hit.id != first.id, hit.chunk.documentID != first.chunk.documentID || hit.chunk.range != first.chunk.range
        else { return false }
        let forms = forms(of: second.sentence, in: hit)
        let name = reader.words(bridge.name)
        guard name.terms.allSatisfy({ name.isHeld($0, by: forms) }) else { return false }
        let known = self.forms(of: bridge.sentence, in: first)
        let rest = content.filter { !asked.words.isHeld($0, by: known) }
        return !rest.isEmpty && rest.allSatisfy { asked.words.isHeld($0, by: forms) }
    }

    /// Whether a part of the question has a name or number of it, or the question has none.
    private func holdsName(_ terms: Set<String>) -> Bool {
        asked.names.isEmpty ? terms.count > 1 : asked.names.contains { !terms.isDisjoint(with: $0) }
    }

    /// Whether a name has a word that the question does not have.
    private func isNew(_ name: String) -> Bool {
        let words = SurfaceWord.words(of: name)
        return !words.isEmpty && words.count <= Self.longestName
            && words.contains { word in
                !asked.surface.contains(word.folded) && word.letters > 1
                    && NumberWords.month(of: word.folded) == nil
                    && !reader.words(word.folded).terms.allSatisfy {
                        reader.functionTerms.contains($0) || asked.words.forms.contains($0)
                    }
            }
    }

    private func forms(of sentence: ExtractedSentence, in hit: ScoredChunk) -> Set<String> {
        readers.reader(of: hit).words(sentence.text).forms.union(context(of: hit))
    }

    private func context(of hit: ScoredChunk) -> Set<String> {
        let reader = readers.reader(of: hit)
        return Set((hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).flatMap { reader.words($0).forms })
    }

    /// The question with a name for the words that are known. Function words stay where nothing was taken out.
    private func question(about name: String, without known: Set<String>) -> String {
        var words: [String] = []
        var isNamed = false
        var afterKnown = false
        for word in question.split(whereSeparator: \.isWhitespace) {
            let terms = reader.words(String(word)).terms.filter { !reader.functionTerms.contains($0) }
            if terms.isEmpty {
                if !afterKnown { words.append(String(word)) }
            } else if terms.allSatisfy(known.contains) {
                if !isNamed { words.append(name) }
                (isNamed, afterKnown) = (true, true)
            } else {
                words.append(String(word))
                afterKnown = false
            }
        }
        if !isNamed { words.append(name) }
        return words.joined(separator: " ")
    }

    /// Runs of capitalized words of a sentence, in text order. Its first word counts only before another one.
    static func names(in sentence: String) -> [String] {
        var names: [String] = []
        var run: [String] = []
        var pending: [String] = []
        var startsSentence = false
        func finish() {
            if !run.isEmpty, !(startsSentence && run.count == 1) {
                let name = run.joined(separator: " ")
                if !names.contains(name) { names.append(name) }
            }
            (run, pending, startsSentence) = ([], [], false)
        }
        for (index, token) in sentence.split(whereSeparator: \.isWhitespace).enumerated() {
            let opens = token.first.map { "(\"“«[".contains($0) } ?? false
            if opens { finish() }
            let word = String(
                token.drop { !$0.isLetter && !$0.isNumber }.reversed().drop {
                    !$0.isLetter && !$0.isNumber
                }.reversed())
            let surface = SurfaceWord.words(of: word)
            if surface.first?.isCapitalized == true || surface.contains(where: { $0.digits > 0 && $0.letters > 0 }) {
                if run.isEmpty { startsSentence = index == 0 }
                run += pending + [word]
                pending = []
            } else if !run.isEmpty, connectors.contains(word) {
                pending.append(word)
            } else {
                finish()
            }
            if let last = token.last, !last.isLetter, !last.isNumber { finish() }
        }
        finish()
        return names
    }

    private static let connectors: Set<String> = ["of", "the", "de", "van", "von", "der", "la", "le", "du", "di", "da"]
}
