public import QuarryCore
import QuarryText

/// Gives texts the labels of the most similar examples. It needs no model.
///
///     let classifier = Classifier(examples: [.init(text: "Where is my parcel?", label: "delivery"), …])
///     let label = try await classifier.classify(["My parcel has not come"])[0].label
///
/// Each of the nearest examples votes with its similarity: the cosine of tf-idf, or of the vectors of an embedder above the
/// mean cosine to all examples.
public struct Classifier: Sendable {
    public struct Example: Sendable, Hashable, Codable {
        public var text: String
        public var label: String

        public init(text: String, label: String) {
            self.text = text
            self.label = label
        }
    }

    public var examples: [Example]
    /// How many examples vote. The default is 5.
    public var neighbours: Int
    let embedder: (any Embedder)?

    public init(examples: [Example], embedder: (any Embedder)? = nil, neighbours: Int = 5) {
        self.examples = examples
        self.embedder = embedder
        self.neighbours = max(1, neighbours)
    }

    /// One result for each text, in order.
    ///
    /// - Throws: The errors of the embedder.
    /// - Complexity: O(texts · length of the examples).
    public func classify(_ texts: [String]) async throws -> [Classification] {
        try await similarities(of: texts).map { similarities in
            let nearest = similarities.indices.sorted {
                similarities[$0] != similarities[$1] ? similarities[$0] > similarities[$1] : $0 < $1
            }.prefix(neighbours)
            return Classification(
                votes: nearest.map { .init(label: examples[$0].label, weight: similarities[$0], example: $0) })
        }
    }

    /// For each text the similarity of each example, from 0 to 1.
    func similarities(of texts: [String]) async throws -> [[Double]] {
        guard !examples.isEmpty, !texts.isEmpty else { return texts.map { _ in [] } }
        if let embedder {
            let known = try await embedder.embed(examples.map(\.text), as: .passage)
            let asked = try await embedder.embed(texts, as: .passage)
            return texts.indices.map { row in
                let cosines = examples.indices.map { cosine(asked[row], known[$0]) }
                let mean = cosines.reduce(0, +) / Double(cosines.count)
                guard mean < 1, cosines.count > 1 else { return cosines }
                return cosines.map { max(0, ($0 - mean) / (1 - mean)) }
            }
        }
        let reader = TermReader(TextAnalysis())
        let vectors = TermVector.vectors(
            of: (examples.map(\.text) + texts).map { text in
                reader.words(text).terms.filter { !reader.functionTerms.contains($0) }
            })
        return vectors.dropFirst(examples.count).map { text in
            vectors.prefix(examples.count).map { text.cosine(to: $0) }
        }
    }
}

/// The label of a text, and who voted for it.
public struct Classification: Sendable, Hashable {
    /// A neighbour's vote.
    public struct Vote: Sendable, Hashable {
        public var label: String
        /// From 0 to 1.
        public var weight: Double
        /// Index of the example or the passage.
        public var example: Int

        public init(label: String, weight: Double, example: Int) {
            self.label = label
            self.weight = weight
            self.example = example
        }
    }

    /// Nil if no neighbour resembles the text.
    public var label: String?
    /// The label's share of the votes, from 0 to 1.
    public var confidence: Double
    /// Each label with its share, greatest first; ties by name.
    public var scores: [(label: String, share: Double)] {
        let total = votes.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return [] }
        let sums = Dictionary(votes.map { ($0.label, $0.weight) }, uniquingKeysWith: +)
        return sums.map { ($0.key, $0.value / total) }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    }
    /// Nearest first.
    public var votes: [Vote]

    /// The label with the most votes.
    public init(votes: [Vote]) {
        self.votes = votes.filter { $0.weight > 0 }
        label = nil
        confidence = 0
        if let best = scores.first { (label, confidence) = (best.label, best.share) }
    }
}
