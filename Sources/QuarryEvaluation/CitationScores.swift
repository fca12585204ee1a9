/// How well the citations of an answer support it, as ALCE defines it (Gao et al., "Enabling Large Language Models to
/// Generate Text with Citations", EMNLP 2023).
///
/// The recall of a sentence is 1 if its cited passages together support it, otherwise 0. A citation is irrelevant if it
/// alone does not support its sentence and the others without it do. It is precise if its sentence has recall 1 and it is
/// not irrelevant. ALCE judges with a model for entailment (TRUE); here the caller judges.
public struct CitationScores: Sendable, Hashable, Codable {
    /// A sentence of an answer, and the numbers of the passages that it cites.
    public struct Sentence: Sendable, Hashable {
        public var text: String
        public var citations: [Int]

        public init(_ text: String, citing citations: [Int]) {
            self.text = text
            self.citations = citations
        }
    }

    public var sentences: Int
    /// The sentences whose cited passages together support them.
    public var supported: Int
    public var citations: Int
    /// The citations of supported sentences that are not irrelevant.
    public var precise: Int

    /// The share of sentences that their citations support; nil without sentences.
    public var recall: Double? { sentences == 0 ? nil : Double(supported) / Double(sentences) }
    /// The share of citations that are precise; nil without citations.
    public var precision: Double? { citations == 0 ? nil : Double(precise) / Double(citations) }

    /// - `supports`: Whether passages of these numbers together support a text. It is called at most 1 + 2 n times
    ///   for a sentence of n citations.
    public init(_ answer: [Sentence], supports: (_ text: String, _ passages: [Int]) throws -> Bool) rethrows {
        sentences = answer.count
        (supported, citations, precise) = (0, 0, 0)
        for sentence in answer {
            let cited = Set(sentence.citations).sorted()
            citations += cited.count
            guard !cited.isEmpty, try supports(sentence.text, cited) else { continue }
            supported += 1
            for citation in cited {
                let others = cited.filter { $0 != citation }
                let isNeeded =
                    try others.isEmpty || supports(sentence.text, [citation]) || !supports(sentence.text, others)
                if isNeeded { precise += 1 }
            }
        }
    }
}
