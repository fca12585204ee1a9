import Quarry

extension QuerySession {
    /// What the language model wrote to search for beside a question, and the searches; nil without a transform.
    ///
    /// - `query`: Prepared.
    /// - Throws: The errors of the models, as ``QueryTransform/queries(for:by:)`` does.
    func transformed(_ query: Query) async throws -> (written: TransformedQuery, searches: [Query])? {
        guard let (transform, model) = transform else { return nil }
        let text = QueryExpression(query.text).text
        let written = try await transform.queries(for: text, by: model)
        guard transform == .hyde, let embedder, !written.queries.isEmpty else {
            return (written, written.queries.map { Query($0, expression: QueryExpression(text: $0)) })
        }
        let vectors = try await embedder.embed(written.queries, as: .passage)
        let searches = written.queries.indices.map {
            Query(
                text, vector: QueryVector(Array(vectors[$0]), by: embedder.fingerprint),
                expression: QueryExpression(text: text))
        }
        return (written, searches)
    }
}

/// Searches for a question together with what a model wrote about it, and for anything else, such as the second part of
/// the question, alone.
struct TransformedRetriever: Retriever {
    let retriever: HybridRetriever
    /// As the chain searches for it.
    let question: String
    let searches: [Query]

    func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
        try await retriever.retrieve(query, with: query.text == question ? searches : [], limit: limit)
    }
}
