import Foundation
package import Quarry
package import QuarryJSON

/// The data of a document as JSON: the schema `quarry.extract/1`.
package struct ExtractionReply: Sendable, Encodable {
    package struct Evidence: Sendable, Encodable {
        /// Of the value, such as `/items/0/price`.
        package var path: String
        package var citation: QueryReply.Citation
    }

    package let schema = "quarry.extract/1"
    package var document: String
    /// Nil if the model gave nothing that fits the schema.
    package var value: JSONValue?
    package var evidence: [Evidence]
    /// Paths of texts and numbers that are not in the document.
    package var unsupported: [String]
    package var problems: [String]
    package var warnings: [String]
    package var isRepaired: Bool
    package var generator: QueryReply.Generator
    package var usage: TokenUsage?
    /// The texts of the prompt: their name, version and hash.
    package var prompt: PromptSet.Identity?
}

extension QuerySession {
    /// What a model finds in a document for a schema.
    ///
    /// - Throws: ``CorpusError`` for a session without a language model, and the errors of the model.
    package func extraction(
        from document: DocumentSummary, by extractor: Extractor
    ) async throws -> ExtractionReply {
        guard case .model(let model, _) = generator else {
            throw CorpusError(.input, "Only a language model can fill in a schema.")
        }
        var extractor = extractor
        extractor.budget = options.promptTokens
        extractor.maximumTokens = options.answerTokens
        let passages = try await index.passages(of: [document])
        let result = try await extractor.extract(from: passages, by: model)
        var warnings: [String] = []
        if result.dropped > 0 {
            warnings.append(
                "\(result.dropped) of \(passages.count) passages of \(document.id) did not fit into a prompt of \(extractor.budget) tokens and were not read."
            )
        }
        return ExtractionReply(
            document: document.id, value: try result.json.map { try JSONValue(parsing: Array($0.utf8)) },
            evidence: result.citations.map { .init(path: $0.path, citation: QueryReply.Citation($0.citation)) },
            unsupported: result.unsupported, problems: result.problems, warnings: warnings,
            isRepaired: result.isRepaired, generator: QueryReply.Generator(.model(model.name)), usage: result.usage,
            prompt: result.prompt)
    }
}
