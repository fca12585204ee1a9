import QuarryCore
import QuarryText

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The script and language of a text, if known.
struct WrittenLanguage: Sendable {
    var script: Script?
    var language: String?

    /// Whether words in the two cannot be equal even if they mean the same.
    func differs(from other: WrittenLanguage) -> Bool {
        if let script, let theirs = other.script, script != theirs { return true }
        if let language, let theirs = other.language { return language != theirs }
        return false
    }
}

/// A passage, prepared for comparison.
struct CheckedPassage: Sendable {
    var places: [EvidencePlace]
    var language: WrittenLanguage
    /// With single spaces for white space.
    var text: String

    static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    init(_ hit: ScoredChunk, reader: StatementReader, analysis: TextAnalysis) {
        var reader = reader
        let bytes = Array(hit.chunk.text.utf8)
        text = Self.collapsed(hit.chunk.text)
        let headings = (hit.chunk.headings + [hit.documentTitle].compactMap { $0 }).joined(separator: ". ")
        let segments = CheckedPassage.statements(
            among: PassageSegmenter(sentences: analysis.sentences)
                .segments(of: hit.chunk.text, tableHeader: hit.chunk.tableHeader))
        var contexts: [[String]: Statement] = [:]
        places = []
        for (index, segment) in segments.enumerated() {
            // The names of the columns are context, not a part of the row.
            let isRow = segment.kind == .tableRow
            let statement = reader.statement(
                isRow ? String(decoding: bytes[segment.range], as: UTF8.self) : segment.text)
            let context =
                contexts[segment.context]
                ?? reader.statement(
                    ([headings] + segment.context).joined(separator: ". "))
            contexts[segment.context] = context
            let isProse = segment.kind == .sentence || segment.kind == .listItem
            let neighbours =
                isProse
                ? [index - 1, index + 1].filter { near in
                    // The items of a list speak each of their own.
                    segments.indices.contains(near)
                        && (segment.kind == .sentence && segments[near].kind == .sentence
                            || segments[near].block == segment.block)
                } : []
            places.append(
                EvidencePlace(
                    range: segment.range, statement: statement, context: context, neighbours: neighbours,
                    mayNegate: Negation.isPossible(in: statement), isProse: segment.kind == .sentence,
                    isProhibitive: Negation.isProhibitive(statement),
                    instructsWriter: ReplyInstruction.isGiven(by: statement),
                    row: isRow
                        ? TableCells(
                            row: String(decoding: bytes[segment.range], as: UTF8.self), header: segment.introduction,
                            reader: &reader) : nil,
                    units: isRow
                        ? context.words.compactMap { MeasureUnit.unit(of: $0.piece.folded, isAttached: false) } : []))
        }
        language = WrittenLanguage(script: dominantScript(of: hit.chunk.text), language: hit.language)
    }

    /// The segments that state something. A question states nothing; it is context of what follows it.
    private static func statements(among segments: [Segment]) -> [Segment] {
        var statements: [Segment] = []
        var question: String?
        for var segment in segments where segment.kind != .tableHeader {
            if Quotable.isQuestion(segment.text) {
                question = segment.text
                continue
            }
            if let asked = question {
                segment.headings.append(asked)
                question = nil
            }
            statements.append(segment)
        }
        return statements
    }
}

/// ln(1 + (n − df + ½) / (df + ½)) over the sentences of the passages, at least ½ so that no word is free.
struct InverseFrequencies: Sendable {
    private let count: Double
    private let frequencies: [String: Int]

    init(of sentences: [Set<String>]) {
        count = Double(sentences.count)
        frequencies = sentences.reduce(into: [:]) { counts, stems in
            for stem in stems { counts[stem, default: 0] += 1 }
        }
    }

    func weight(of stem: String) -> Double {
        let frequency = Double(frequencies[stem] ?? 0)
        return max(0.5, log(1 + (count - frequency + 0.5) / (frequency + 0.5)))
    }
}
