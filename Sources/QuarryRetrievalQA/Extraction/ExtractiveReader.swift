public import QuarryCore

/// Answers with quoted sentences of the passages. It needs no model, and uses one for questions if you have it.
///
/// Every sentence, table row, list item and line of code of the hits is a candidate. A linear model ranks them by how
/// much of the question they and their context contain, whether they contain the type of answer asked for, the rank of
/// their passage and, with an embedder, their cosine to the question. A second model estimates whether the best candidate
/// holds the answer; the reader refuses if the estimate is too low. Where sentences hold a phrase or a word that the question
/// demands by an operator, only they are quoted. `SupportModel+Fitted.swift` has the weights, how they
/// were fitted, and their accuracy.
///
/// With a question-answering model, that model ranks the candidates, and its log-odds give the support.
public struct ExtractiveReader: Sendable {
    /// The maximum number of sentences in an answer. The default is 3.
    public var maximumSentences: Int
    /// Support below which ``Extraction/isSupported`` is false; 0 never refuses. The default is nil: as fitted, or 0.5 with
    /// a question-answering model.
    public var threshold: Double?
    /// Support below which a language model should not be called either; 0 always calls it. The default is nil: as
    /// fitted, or 0.1 with a question-answering model.
    public var gate: Double?
    let embedder: (any Embedder)?
    let questionAnswering: (any QuestionAnsweringModel)?
    let analysis: TextAnalysis
    let scan: CandidateScan

    /// The candidates to embed for one question: the best by their words, and the best in another script, whose words
    /// cannot be compared. On SQuAD 2, sixteen of the first kind choose as well as all.
    private static let embeddedByWords = 16
    private static let embeddedForeign = 24

    /// - `embedder`: Adds the cosine of each sentence to the question. Embeds a few dozen sentences for each question.
    /// - `questionAnswering`: Ranks the sentences in place of the fitted model; then the embedder is not used.
    public init(
        embedder: (any Embedder)? = nil, questionAnswering: (any QuestionAnsweringModel)? = nil,
        threshold: Double? = nil, gate: Double? = nil, maximumSentences: Int = 3
    ) {
        let analysis = TextAnalysis()
        self.threshold = threshold
        self.gate = gate
        self.maximumSentences = maximumSentences
        self.embedder = embedder
        self.questionAnswering = questionAnswering
        self.analysis = analysis
        self.scan = CandidateScan(analysis: analysis)
    }

    /// The model for what is known of a search.
    private func model(for retrieval: Retrieval) -> SupportModel {
        if embedder == nil { return .lexical }
        return retrieval.backgroundCosine == nil ? .withCosine : .withBackground
    }

    /// The sentences that answer best, with an estimate of their reliability.
    ///
    /// - `retrieval`: The passages, and the question's vector. The vector is recomputed if it is not from this embedder.
    /// - Throws: Errors of the models. Without models, nothing.
    public func read(_ question: String, in retrieval: Retrieval) async throws -> Extraction {
        try await reading(question, in: retrieval).extraction
    }

    /// The support of a sentence as if it were the best one.
    func support(of sentence: RankedSentence, in retrieval: Retrieval) -> Double {
        if let logOdds = sentence.logOdds { return Self.probability(ofLogOdds: logOdds) }
        let support = model(for: retrieval).support(of: sentence.features)
        return sentence.isDirect ? max(support, SupportModel.directSupport) : support
    }

    /// What ``read(_:in:)`` returns, with all candidates, best first.
    func reading(
        _ question: String, in retrieval: Retrieval
    ) async throws -> (extraction: Extraction, ranked: [RankedSentence]) {
        var ranked = try await rank(question, in: retrieval)
        let model = model(for: retrieval)
        // A corpus that is too small for a background does not tell what is near by chance.
        let isSmall = retrieval.backgroundCosine == nil && questionAnswering == nil
        var isChance = false
        if isSmall, let embedder, let best = ranked.first, best.features.foreign > 0 {
            let gain = try await WordAlignment.gain(of: question, in: best.sentence.text, embedder)
            if best.features.gain + gain < SupportModel.foreignGain {
                let own = ExtractiveReader.withoutForeign(ranked)
                isChance = own.isEmpty
                ranked = isChance ? ranked : own
            }
        }
        let isForeign = ranked.first.map { $0.features.foreign > 0 } ?? false
        let fitted = isForeign ? model.foreignThreshold : model.threshold
        let threshold = threshold ?? (questionAnswering == nil ? fitted : Self.answerThreshold)
        let gate = gate ?? (questionAnswering == nil ? model.gate : Self.answerGate)
        guard let best = ranked.first else {
            return (Extraction(sentences: [], support: 0, threshold: threshold, gate: gate), [])
        }
        var chosen: [RankedSentence] = []
        var held = 0.0
        for sentence in ExtractiveReader.withoutRepeats(ranked.filter { $0.demanded == best.demanded }) {
            guard chosen.count < max(1, maximumSentences), held < ExtractiveReader.enough,
                chosen.isEmpty || sentence.probability >= ExtractiveReader.worthwhile
            else { break }
            held += sentence.probability
            // Of a small corpus, the best sentence was held against the question word by word. Others are too.
            if isSmall, let first = chosen.first {
                guard first.features.foreign == sentence.features.foreign else { continue }
                if sentence.features.foreign > 0, let embedder {
                    let gain = try await WordAlignment.gain(of: question, in: sentence.sentence.text, embedder)
                    guard sentence.features.gain + gain >= SupportModel.foreignGain else { continue }
                }
            }
            // An item of a list that is quoted as a whole adds nothing.
            guard !chosen.contains(where: { $0.sentence.overlaps(sentence.sentence) }) else { continue }
            chosen.append(sentence)
        }
        var support = support(of: best, in: retrieval)
        if isChance { support *= SupportModel.chanceSupport }
        let extraction = Extraction(
            sentences: inReadingOrder(chosen).map(\.sentence), support: support, threshold: threshold, gate: gate)
        return (extraction, ranked)
    }

    /// The candidates in the script of the question, with the probabilities that they then have.
    private static func withoutForeign(_ ranked: [RankedSentence]) -> [RankedSentence] {
        var own = ranked.filter { $0.features.foreign == 0 }
        let sum = own.reduce(0) { $0 + $1.probability }
        for index in own.indices where sum > 0 { own[index].probability /= sum }
        return own
    }

    /// Sentences are added until one of them holds the answer with this probability, if any does.
    private static let enough = 0.8
    /// A sentence less likely than this is not added.
    private static let worthwhile = 0.1

    /// Sentences with the same words as one, in the place of the best, with the probability of all.
    private static func withoutRepeats(_ ranked: [RankedSentence]) -> [RankedSentence] {
        var distinct: [RankedSentence] = []
        var positions: [Wording: Int] = [:]
        for sentence in ranked {
            let wording = Wording(of: sentence.sentence.text)
            if let position = positions[wording] {
                distinct[position].probability += sentence.probability
                distinct[position].sentence.repeats.append(
                    .init(hit: sentence.sentence.hit, range: sentence.sentence.range))
            } else {
                positions[wording] = distinct.count
                distinct.append(sentence)
            }
        }
        return distinct
    }

    /// All candidates, best first; ties in hit and text order. Those that hold most of what the question demands come
    /// first.
    package func rank(_ question: String, in retrieval: Retrieval) async throws -> [RankedSentence] {
        var candidates = scan.candidates(
            for: question, with: retrieval.expression?.clauses ?? [], in: retrieval.hits)
        if let questionAnswering {
            return try await rank(candidates, for: question, in: retrieval.hits, by: questionAnswering)
        }
        if let embedder, !candidates.isEmpty {
            candidates = ExtractiveReader.worthEmbedding(candidates)
            let vector = retrieval.vector
            let known = vector?.fingerprint == embedder.fingerprint ? vector?.values : nil
            let query = if let known { known[...] } else { try await embedder.embed([question], as: .query)[0] }
            try await addCosines(to: &candidates, query: query, embedder)
            let lead = ExtractiveReader.vectorLead(of: retrieval, among: Set(candidates.map(\.hit)))
            for index in candidates.indices { candidates[index].features.vectorLead = lead }
        }
        let model = model(for: retrieval)
        let scores = candidates.map { model.score($0.features) }
        let probabilities = SupportModel.softmax(scores)
        return Self.bestFirst(Array(candidates.indices), of: candidates, by: scores).map {
            candidates[$0].ranked(probability: probabilities[$0])
        }
    }

    /// Some candidates in the order of what they hold of the question's demands, then of their scores, then of the text.
    static func bestFirst(_ indices: [Int], of candidates: [SentenceCandidate], by scores: [Double]) -> [Int] {
        indices.sorted { a, b in
            let (demanded, other) = (candidates[a].demanded, candidates[b].demanded)
            if demanded != other { return demanded > other }
            return scores[a] != scores[b] ? scores[a] > scores[b] : a < b
        }
    }

    /// The candidates that may be best, in their order.
    private static func worthEmbedding(_ candidates: [SentenceCandidate]) -> [SentenceCandidate] {
        let scores = candidates.map { SupportModel.lexical.score($0.features) }
        func best(_ count: Int, where belongs: (SentenceCandidate) -> Bool) -> ArraySlice<Int> {
            bestFirst(candidates.indices.filter { belongs(candidates[$0]) }, of: candidates, by: scores).prefix(count)
        }
        let chosen =
            best(embeddedByWords) { $0.demanded > 0 }
            + best(embeddedByWords) { $0.demanded == 0 && $0.features.foreign == 0 }
            + best(embeddedForeign) { $0.demanded == 0 && $0.features.foreign > 0 }
        return chosen.sorted().map { candidates[$0] }
    }

    /// Passages in the order of their best sentence, sentences of one passage in text order.
    private func inReadingOrder(_ sentences: [RankedSentence]) -> [RankedSentence] {
        var hits: [Int] = []
        for sentence in sentences where !hits.contains(sentence.sentence.hit) { hits.append(sentence.sentence.hit) }
        return hits.flatMap { hit in
            sentences.filter { $0.sentence.hit == hit }
                .sorted { $0.sentence.range.lowerBound < $1.sentence.range.lowerBound }
        }
    }

    /// How far the best passage's cosine is above what other passages of the corpus reach, divided by the largest
    /// possible distance; 0 without a vector search. A passage of which nothing can be quoted says nothing about the
    /// sentences of the others.
    ///
    /// - `quotable`: The hits with candidates.
    private static func vectorLead(of retrieval: Retrieval, among quotable: Set<Int>) -> Double {
        guard let background = retrieval.backgroundCosine, background < 1,
            let best = quotable.compactMap({ retrieval.hits[$0].legs[.vector]?.score }).max()
        else { return 0 }
        return max(0, (best - background) / (1 - background))
    }

    private func addCosines(
        to candidates: inout [SentenceCandidate], query: ArraySlice<Float>, _ embedder: any Embedder
    ) async throws {
        let rows = try await embedder.embed(candidates.map(\.textInContext), as: .passage)
        let cosines = candidates.indices.map { cosine(query, rows[$0]) }
        let mean = cosines.reduce(0, +) / Double(cosines.count)
        for (index, value) in standardized(cosines).enumerated() {
            candidates[index].features.cosine = value / 4
            candidates[index].features.gain = mean < 1 ? (cosines[index] - mean) / (1 - mean) : 0
        }
    }
}

/// The result of the reader.
public struct Extraction: Sendable, Hashable {
    /// Best passage first, sentences of one passage in text order. Empty without candidates.
    public var sentences: [ExtractedSentence]
    /// Estimated probability that the best sentence holds the answer.
    public var support: Double
    /// Support below which an extracted answer is refused.
    public var threshold: Double
    /// Support below which a language model should not be called either.
    public var gate: Double

    public var isSupported: Bool { !sentences.isEmpty && support >= threshold }
    public var isWorthAsking: Bool { !sentences.isEmpty && support >= gate }
}

/// A stretch of a passage, quoted.
public struct ExtractedSentence: Sendable, Hashable {
    /// A stretch of a passage with the same words.
    public struct Repeat: Sendable, Hashable {
        /// Index into the hits that were read.
        public var hit: Int
        /// UTF-8 offsets in the chunk's text.
        public var range: Range<Int>
    }

    /// Index into the hits that were read.
    public var hit: Int
    /// UTF-8 offsets in the chunk's text.
    public var range: Range<Int>
    /// The text at ``range`` as a person reads it: without markup, table rows as `column: value`, after a heading that
    /// holds a part of the answer.
    public var text: String
    /// The same words in the other hits, or again in this one.
    public var repeats: [Repeat] = []

    func overlaps(_ other: ExtractedSentence) -> Bool { hit == other.hit && range.overlaps(other.range) }
}

extension SentenceCandidate {
    func ranked(probability: Double, logOdds: Double? = nil) -> RankedSentence {
        RankedSentence(
            sentence: ExtractedSentence(hit: hit, range: range, text: text), probability: probability,
            features: features,
            isDirect: isDirect, demanded: demanded, logOdds: logOdds)
    }
}

/// A candidate with its score among the others.
package struct RankedSentence: Sendable, Hashable {
    package var sentence: ExtractedSentence
    /// The probability that it holds the answer, if one of the candidates does.
    package var probability: Double
    package var features: SentenceFeatures
    package var isDirect: Bool
    /// As in ``SentenceCandidate``.
    package var demanded: Int
    /// By the question-answering model: the answer is in the sentence, against not in the passage. Nil without one.
    package var logOdds: Double?
}
