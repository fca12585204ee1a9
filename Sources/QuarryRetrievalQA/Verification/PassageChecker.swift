import QuarryCore
import QuarryText

/// What the passages say of one sentence.
struct SentenceVerdict {
    var kind: AnswerSentence.Kind
    var support: Double
    var missing: [String] = []
    /// Ascending; empty without support.
    var markers: [Int] = []
    var spans: [AnswerSentence.Span] = []
    var isSupported: Bool
    /// Whether the sentence may stay in an answer. One in another language than its passage may, though it is not
    /// supported.
    var stays: Bool
    var saysSomething = true
    /// Whether one place says the whole sentence.
    var isWhole = true

    /// On a text that no passage can support.
    static let none = SentenceVerdict(kind: .unverifiable, support: 0, isSupported: false, stays: false)
}

/// The passages of one check, prepared for comparison.
struct PassageChecker {
    private let check: SupportCheck
    private let passages: [CheckedPassage]
    private let weights: InverseFrequencies
    private let asked: Set<String>
    private let idle: Set<String>
    private let language: WrittenLanguage
    private var reader: StatementReader

    init(_ check: SupportCheck, text: String, question: String, passages: [ScoredChunk], idlePhrase: String) {
        self.check = check
        let terms = check.readers.reader(of: text, among: passages)
        language = WrittenLanguage(script: dominantScript(of: text), language: check.analysis.language(of: text))
        reader = StatementReader(terms, language: language.language)
        self.passages = passages.map { hit in
            let language = hit.language
            return CheckedPassage(
                hit, reader: StatementReader(check.readers.reader(of: hit), language: language),
                analysis: check.analysis)
        }
        weights = InverseFrequencies(of: self.passages.flatMap { $0.places.map(\.statement.stems) })
        asked = Set(reader.statement(question).words.filter(\.isContent).map(\.stem))
        idle = Set(reader.statement(idlePhrase).words.map(\.stem))
    }

    /// Longer sentences, lists of words and numbers rather, are supported by nothing. The comparison of one takes time
    /// that grows with their square.
    private static let maximumBytes = 16_384
    private static let maximumWords = 600
    private static let maximumFacts = 100

    private struct VerdictKey: Hashable {
        var text: String
        var named: [Int]
        var columns: String?
    }

    /// The verdicts so far: a model may repeat a sentence many thousand times.
    private var verdicts: [VerdictKey: SentenceVerdict] = [:]

    // MARK: Verdicts

    /// Whether the name of a column that a row fills has a word that no passage and no question has.
    private mutating func namesUnknown(_ columns: String, in row: String) -> Bool {
        let cells = PlainText.columns(of: row)
        for (index, name) in PlainText.columns(of: columns).enumerated()
        where cells.indices.contains(index) && !cells[index].isEmpty {
            let isUnknown = reader.statement(name).words.contains { word in
                word.isContent && !word.isInFact && !isKnown(word) && !LeadWords.all.contains(word.piece.folded)
            }
            if isUnknown { return true }
        }
        return false
    }

    /// Whether the question or a passage has a word, or one that means the same.
    private func isKnown(_ word: Statement.Word) -> Bool {
        if asked.contains(word.stem) { return true }
        return passages.contains { passage in
            passage.places.contains { place in
                [place.statement, place.context].contains { statement in
                    statement.stems.contains(word.stem)
                        || statement.stems.contains { check.synonyms.areSynonyms(word.stem, $0) }
                }
            }
        }
    }

    /// The verdict on lines of code: each must stand in a passage as it is, but for white space.
    func verdict(onCode lines: [String]) -> Bool {
        lines.allSatisfy { line in
            let line = CheckedPassage.collapsed(line)
            return !line.contains(where: { $0.isLetter || $0.isNumber }) || passages.contains { $0.text.contains(line) }
        }
    }

    /// - `columns`: The header of the table that the text is a row of.
    mutating func verdict(on text: String, citing named: [Int], columns: String? = nil) -> SentenceVerdict {
        guard text.utf8.count <= Self.maximumBytes else { return .none }
        let key = VerdictKey(text: text, named: named, columns: columns)
        if let known = verdicts[key] { return known }
        let verdict = newVerdict(on: text, citing: named, columns: columns)
        verdicts[key] = verdict
        return verdict
    }

    private mutating func newVerdict(on text: String, citing named: [Int], columns: String?) -> SentenceVerdict {
        var claim = reader.statement(text)
        guard claim.words.count <= Self.maximumWords, claim.facts.count <= Self.maximumFacts else { return .none }
        if let columns, namesUnknown(columns, in: text) { return .none }
        if !idle.isEmpty {
            let opening = claim.words.prefix { idle.contains($0.stem) }.count
            if opening > 2 { claim = slice(claim, opening..<claim.words.count) }
        }
        let comparison = comparison(claim)
        let saysSomething = !comparison.isEmpty
        // "The tenant must not": what comes next is missing.
        if let last = claim.words.last, Negation.stated.contains(last.piece.folded), claim.words.count > 2 {
            return .none
        }
        if !saysSomething {
            // With a marker, a bare "Yes" still answers; the marker stays.
            return SentenceVerdict(
                kind: .unverifiable, support: 1, markers: named, isSupported: true, stays: true,
                saysSomething: idle.isEmpty && !named.isEmpty && !claim.words.isEmpty)
        }
        if introduces(text, claim) {
            return SentenceVerdict(
                kind: .unverifiable, support: 1, isSupported: true, stays: true, saysSomething: false)
        }
        let foreign = named.filter { passages[$0 - 1].language.differs(from: language) }
        var best = evaluate(claim, comparison, among: named.map { $0 - 1 })
        if !best.isSupported, named.count < passages.count {
            let anywhere = evaluate(claim, comparison, among: Array(passages.indices))
            if anywhere.isSupported || named.isEmpty && anywhere.support >= best.support { best = anywhere }
        }
        if best.isSupported { return best }
        if let verdict = foreignVerdict(claim, citing: foreign, support: best.support) { return verdict }
        best.markers = []
        return best
    }

    /// The verdict on a sentence that cites passages in another language. Only their facts can be compared.
    private func foreignVerdict(_ claim: Statement, citing foreign: [Int], support: Double) -> SentenceVerdict? {
        guard !foreign.isEmpty else { return nil }
        let facts = claim.facts.filter { !$0.isWeak }
        var missing = facts.map(\.text)
        for marker in foreign {
            let places = passages[marker - 1].places
            for place in places {
                let held = ([place.statement, place.context] + place.neighbours.map { places[$0].statement }).flatMap(
                    \.facts)
                let lacking = facts.filter { fact in !held.contains(where: fact.equals) }.map(\.text)
                if lacking.isEmpty {
                    return SentenceVerdict(
                        kind: .unverifiable, support: support, markers: [marker],
                        spans: [.init(marker: marker, range: place.range)], isSupported: false, stays: true)
                }
                if lacking.count < missing.count { missing = lacking }
            }
        }
        return SentenceVerdict(
            kind: .factMissing, support: support, missing: missing, isSupported: false, stays: false)
    }

    /// Whether a sentence only introduces what follows, and states nothing: it ends in a colon, and its words are those
    /// of such lines ("Here is what the documents say") or of the question, without a verb between them.
    private func introduces(_ text: String, _ claim: Statement) -> Bool {
        guard text.last == ":" || text.hasSuffix(":**") || text.last == "：", claim.facts.allSatisfy(\.isWeak) else {
            return false
        }
        let opens = LeadWords.opening.contains(claim.words.first?.piece.folded ?? "")
        return claim.words.allSatisfy { word in
            let folded = word.piece.folded
            if LeadWords.all.contains(folded) { return true }
            if word.isContent { return asked.contains(word.stem) }
            return opens || !LeadWords.stating.contains(folded)
        }
    }

    private func comparison(_ claim: Statement) -> ClaimComparison {
        ClaimComparison(
            claim, asked: asked, idle: idle, antonyms: check.antonyms, synonyms: check.synonyms,
            isOrdered: language.script != .cyrillic
        ) { weights.weight(of: $0) }
    }

    // MARK: Places

    /// A place with what a comparison with it found.
    private struct Finding {
        var passage: Int
        var place: EvidencePlace
        var features: ClaimFeatures
        var missing: [String]
        var support: Double
        var isSupported: Bool
    }

    private static let triedPlaces = 4

    /// The best places for a sentence, best first.
    private func findings(_ comparison: ClaimComparison, among indices: [Int]) -> [Finding] {
        var candidates: [(overlap: Double, passage: Int, place: Int)] = []
        for passage in indices {
            let places = passages[passage].places
            for index in places.indices {
                candidates.append((comparison.overlap(with: places[index], among: places), passage, index))
            }
        }
        candidates.sort { ($1.overlap, $0.passage, $0.place) < ($0.overlap, $1.passage, $1.place) }
        // Each passage shows what it has, so that a marker beside a better one can be kept.
        var tried: [Int: Int] = [:]
        let chosen = candidates.enumerated().filter { index, candidate in
            tried[candidate.passage, default: 0] += 1
            return index < Self.triedPlaces || tried[candidate.passage] == 1 && index < 20
        }.map(\.element)
        return chosen.map { candidate in
            let places = passages[candidate.passage].places
            let place = places[candidate.place]
            let (features, missing) = comparison.features(of: place, among: places)
            let support = check.model.support(of: features)
            let states = !place.instructsWriter || ReplyInstruction.isTopic(of: comparison.claim)
            return Finding(
                passage: candidate.passage, place: place, features: features, missing: missing, support: support,
                isSupported: states && support >= check.threshold && features.mayAgree)
        }
    }

    private mutating func evaluate(
        _ claim: Statement, _ comparison: ClaimComparison, among indices: [Int]
    ) -> SentenceVerdict {
        let findings = findings(comparison, among: indices)
        guard let first = findings.first else {
            return SentenceVerdict(kind: .unverifiable, support: 0, isSupported: false, stays: false)
        }
        let supporting = findings.filter(\.isSupported)
        if let best = supporting.max(by: { $0.support < $1.support }) {
            // Of each passage the best place; one that is much weaker than the best adds nothing.
            var markers: Set<Int> = []
            let kept = supporting.sorted { $0.support > $1.support }.filter {
                $0.features.contextCoverage >= best.features.contextCoverage - 0.15
                    && markers.insert($0.passage + 1).inserted
            }
            return SentenceVerdict(
                kind: .supported, support: best.support, markers: markers.sorted(),
                spans: kept.map { .init(marker: $0.passage + 1, range: $0.place.range) }, isSupported: true, stays: true
            )
        }
        if let verdict = evaluateParts(claim, among: indices) { return verdict }
        let closest = findings.first { $0.features.contextCoverage >= 0.5 } ?? first
        var kind = AnswerSentence.Kind.unverifiable
        if closest.features.contradicts || closest.features.missingFact > 0 && saysOtherNumber(claim, closest) {
            kind = .contradicted
        } else if closest.features.lacksFact, closest.features.allCoverage > 0 {
            kind = .factMissing
        }
        let support =
            closest.features.mayAgree == false
            ? min(closest.support, check.threshold * 0.9) : closest.support
        return SentenceVerdict(
            kind: kind, support: support, missing: closest.missing,
            spans: kind == .unverifiable ? [] : [.init(marker: closest.passage + 1, range: closest.place.range)],
            isSupported: false, stays: false)
    }

    /// Whether a place speaks of the same, and has another number where the sentence has one.
    private func saysOtherNumber(_ claim: Statement, _ finding: Finding) -> Bool {
        guard finding.features.contextCoverage >= 0.6 else { return false }
        return claim.facts.contains { fact in
            !fact.isWeak && finding.missing.contains(fact.text)
                && finding.place.statement.facts.contains { !$0.equals(fact) && $0.isNumber == fact.isNumber }
        }
    }

    /// The verdict on a sentence of several statements, each of which has its own place; nil if one has none.
    private mutating func evaluateParts(_ claim: Statement, among indices: [Int]) -> SentenceVerdict? {
        let parts = parts(of: claim)
        guard parts.count > 1 else { return nil }
        var markers: Set<Int> = []
        var spans: [AnswerSentence.Span] = []
        var support = 1.0
        for part in parts {
            let findings = findings(comparison(part), among: indices).filter(\.isSupported)
            guard let best = findings.max(by: { $0.support < $1.support }) else { return nil }
            support = min(support, best.support)
            markers.insert(best.passage + 1)
            spans.append(.init(marker: best.passage + 1, range: best.place.range))
        }
        // In one place, the whole would have been found.
        guard Set(spans).count > 1 else { return nil }
        return SentenceVerdict(
            kind: .supported, support: support, markers: markers.sorted(), spans: spans, isSupported: true, stays: true,
            isWhole: false)
    }

    /// The clauses of a sentence that state something of their own: two words with content or more. A shorter one
    /// belongs to the clause before it.
    private func parts(of claim: Statement) -> [Statement] {
        var clauses: [[Int]] = []
        var last: Int?
        for (index, word) in claim.words.enumerated() {
            if word.clause != last { clauses.append([]) }
            clauses[clauses.count - 1].append(index)
            last = word.clause
        }
        var joined: [[Int]] = []
        for clause in clauses {
            let isWhole = clause.count { claim.words[$0].isContent } >= 2
            if isWhole || joined.isEmpty { joined.append(clause) } else { joined[joined.count - 1] += clause }
        }
        if let first = joined.first, joined.count > 1, first.count(where: { claim.words[$0].isContent }) < 2 {
            joined[1] = first + joined[1]
            joined.removeFirst()
        }
        guard joined.count > 1, joined.count <= 8 else { return [] }
        return joined.map { slice(claim, $0[0]..<$0[$0.count - 1] + 1) }
    }

    /// Some words of a sentence with their facts.
    private func slice(_ claim: Statement, _ range: Range<Int>) -> Statement {
        var part = claim
        part.words = Array(claim.words[range])
        part.stems = Set(part.words.map(\.stem))
        let facts = claim.factWords.indices.filter { range.contains(claim.factWords[$0].lowerBound) }
        part.facts = facts.map { claim.facts[$0] }
        part.factWords = facts.map { fact in
            let words = claim.factWords[fact].clamped(to: range)
            return words.lowerBound - range.lowerBound..<words.upperBound - range.lowerBound
        }
        return part
    }
}
