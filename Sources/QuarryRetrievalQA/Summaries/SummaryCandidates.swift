import QuarryCore
import QuarryText

/// A sentence that can stand in a summary.
struct SummaryCandidate: Sendable {
    /// Index into the passages.
    var passage: Int
    /// UTF-8 offsets into the passage's text.
    var range: Range<Int>
    /// On one line.
    var text: String
    /// Its content terms.
    var terms: [String]
    /// How well it serves in a summary apart from what it says: 1 for most sentences.
    var fitness: Double
}

/// Finds the sentences of passages that can be quoted without their neighbours.
struct SummaryCandidates {
    private let analysis: TextAnalysis
    private let segmenter: PassageSegmenter
    private let readers: TermReaders

    init(analysis: TextAnalysis) {
        self.analysis = analysis
        segmenter = PassageSegmenter(sentences: analysis.sentences)
        readers = TermReaders(analysis)
    }

    /// Whole statements in text order, each wording once. Without one, shorter texts such as notes are taken; without
    /// these, rows of tables and lines with a label, such as what somebody says in a chat.
    /// - Complexity: O(length of the passages).
    func candidates(in passages: [ScoredChunk]) -> [SummaryCandidate] {
        var seen: Set<Wording> = []
        var statements: [SummaryCandidate] = []
        var notes: [SummaryCandidate] = []
        var records: [SummaryCandidate] = []
        var places: [String: Int] = [:]
        for (index, passage) in passages.enumerated() {
            let reader = readers.reader(of: passage)
            for segment in segmenter.segments(of: passage.chunk.text, tableHeader: passage.chunk.tableHeader)
            where [.sentence, .listItem, .tableRow].contains(segment.kind) {
                let text = segment.text
                let words = SurfaceWord.words(of: text)
                guard words.count >= 3, words.count <= Self.longest, !text.hasSuffix(":"),
                    !Quotable.isQuestion(text), seen.insert(Wording(of: text)).inserted
                else { continue }
                let terms = reader.words(text).terms.filter { !reader.functionTerms.contains($0) }
                guard !terms.isEmpty else { continue }
                let place = places[passage.chunk.documentID, default: 0]
                places[passage.chunk.documentID] = place + 1
                let candidate = SummaryCandidate(
                    passage: index, range: segment.range, text: text, terms: terms,
                    fitness: Self.fitness(of: text, words, place: place))
                if segment.kind == .tableRow || Self.isLabelled(text) || !Self.isMostlyLetters(text) {
                    records.append(candidate)
                } else if words.count >= Self.shortest, Self.isWhole(text, words: words) {
                    statements.append(candidate)
                } else {
                    notes.append(candidate)
                }
            }
        }
        return [statements, notes, records].first { !$0.isEmpty } ?? []
    }

    /// The first sentences of a document say what it is about (MEAD weighs positions for the same reason). A sentence
    /// that points back, and one of a few words, says little without its neighbours.
    private static func fitness(of text: String, _ words: [SurfaceWord], place: Int) -> Double {
        var fitness = 1 + 0.5 / Double(place + 1).squareRoot()
        if let first = words.first, pointingBack.contains(first.folded) { fitness *= 0.6 }
        if words.count < 8 { fitness *= 0.7 }
        // What somebody said in a conversation.
        if let first = text.first, "\"“«”—–'‘".contains(first) { fitness *= 0.5 }
        if words.contains(where: { speaking.contains($0.folded) }) { fitness *= 0.7 }
        return fitness
    }

    /// Words of a statement.
    private static let shortest = 5
    /// A longer sentence is a list or a text without full stops.
    private static let longest = 60

    /// Whether a text begins and ends as a sentence does, and closes the brackets that it opens.
    private static func isWhole(_ text: String, words: [SurfaceWord]) -> Bool {
        guard let first = words.first, first.startsUppercase || first.digits > 0 else { return false }
        var end = text[...]
        while let last = end.last, "\"'”’»)]*_".contains(last) { end = end.dropLast() }
        guard let last = end.last, ".!…。！".contains(last) else { return false }
        var depth = 0
        for character in text where character == "(" || character == ")" {
            depth += character == "(" ? 1 : -1
            if depth < 0 { return false }
        }
        return depth == 0
    }

    /// Whether a text is the value of a field, as in "Present: Ines, Tom."
    private static func isLabelled(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        return text[..<colon].count { $0 == " " } < 2
    }

    private static func isMostlyLetters(_ text: String) -> Bool {
        var letters = 0
        var others = 0
        for scalar in text.unicodeScalars where scalar != " " {
            if scalar.properties.isAlphabetic { letters += 1 } else { others += 1 }
        }
        return letters >= 2 * others
    }

    private static let speaking: Set<String> = ["i", "you", "my", "your", "я", "ты", "мой", "твой", "ваш", "вы"]

    private static let pointingBack: Set<String> = Set(
        """
        it he she they this that these those such his her their its him them there then thus hence therefore however \
        but and or so also moreover furthermore besides instead otherwise meanwhile here both neither another see \
        он она оно они это этот эта эти тот та те такой такая такие его ее их ему ей им там тогда затем поэтому однако но \
        и а или также кроме зато иначе здесь тут оба обе см смотри смотрите
        """.split(separator: " ").map(String.init))
}
