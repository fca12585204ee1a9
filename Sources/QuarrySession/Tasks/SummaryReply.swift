package import Quarry
package import QuarryProviders
package import QuarryRetrievalQA

/// A summary as JSON: the schema `quarry.summary/1`.
package struct SummaryReply: Sendable, Encodable {
    package let schema = "quarry.summary/1"
    /// The ids of the documents.
    package var documents: [String]
    package var sentences: [Summary.Sentence]
    package var citations: [QueryReply.Citation]
    package var generator: QueryReply.Generator
    package var passages: Int
    package var candidates: Int?
    package var unsupported: [String]
    package var warnings: [String]
    package var requests: Int
    package var usage: TokenUsage?
    package var spending: Spending?
    /// Milliseconds.
    package var time: Double

    package init(_ summary: Summary, of documents: [DocumentSummary], milliseconds: Double) {
        self.documents = documents.map(\.id)
        sentences = summary.sentences
        citations = summary.citations.map { QueryReply.Citation($0) }
        generator = QueryReply.Generator(summary.generator)
        passages = summary.passages
        candidates = summary.candidates
        unsupported = summary.unsupported
        warnings = summary.warnings
        requests = summary.requests
        usage = summary.usage
        time = milliseconds
    }
}

extension QueryReply.Citation {
    package init(_ citation: QuarryRetrievalQA.Citation) {
        self.init(
            marker: citation.marker, document: citation.documentID, chunk: citation.chunk.rawValue,
            location: QueryReply.Location(citation.location), quote: citation.quote,
            quoteSHA256: citation.quoteDigest.description, sourceSHA256: citation.sourceDigest?.description,
            alsoIn: QueryReply.Elsewhere.places(citation.alsoIn))
    }
}

extension QueryReply.Generator {
    init(_ generator: QuarryRetrievalQA.Generator) {
        switch generator {
        case .extractive: self.init(kind: "extractive", name: "extractive")
        case .model(let name): self.init(kind: "model", name: name)
        }
    }
}
