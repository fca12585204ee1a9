import Foundation
package import Quarry

/// The result of checking a text against an index, sentence by sentence: the JSON `quarry.verify-text/1`.
package struct TextVerification: Sendable, Encodable {
    package enum Status: String, Sendable, Encodable, CaseIterable {
        /// A document says it.
        case supported
        /// A document other than the one that the text names says it.
        case misattributed
        /// Its parts stand in different documents; none says the whole.
        case patchedTogether
        /// A document says otherwise.
        case contradicted
        /// No document that was found says it.
        case notFound

        package var stands: Bool { self == .supported }
    }

    package struct Entry: Sendable, Encodable {
        package var sentence: String
        package var status: Status
        package var support: Double
        /// Names, numbers, dates and codes that the closest place lacks.
        package var missing: [String]
        /// Where the documents say it, or speak of it.
        package var places: [VerificationReport.Place]
    }

    package let schema = "quarry.verify-text/1"
    package var sentences: [Entry] = []
    /// Whether every sentence is supported.
    package var stands: Bool { sentences.allSatisfy(\.status.stands) }

    private enum CodingKeys: String, CodingKey { case schema, sentences }

    /// Longer texts are refused.
    package static let maximumBytes = 1 << 20
    /// Passages that are compared with each sentence.
    private static let passages = 8

    /// Checks each sentence against the passages that share most of its words.
    ///
    /// - Parameter source: The file or document that the text claims to be drawn from; nil if it names none.
    /// - Throws: ``VerificationError`` for a text that is too long; the errors of the index.
    package init(_ text: String, claiming source: String? = nil, against index: CorpusIndex) async throws {
        guard text.utf8.count <= Self.maximumBytes else {
            throw VerificationError(
                "The text has \(text.utf8.count) bytes; the maximum is \(Self.maximumBytes). Check it in parts.")
        }
        let retriever = try index.retriever(embedder: nil, options: RetrievalOptions(mode: .bm25))
        let check = SupportCheck()
        for sentence in check.check(text, against: []).sentences {
            try Task.checkCancellation()
            let query = String(sentence.text.prefix(2_000))
            guard query.contains(where: \.isLetter) else { continue }
            let hits = try await retriever.retrieve(Query(query), limit: Self.passages).hits
            let result = check.check(sentence.text, against: hits, unsupported: .mark)
            for checked in result.sentences { sentences.append(Self.entry(checked, hits: hits, source: source)) }
        }
    }

    private static func entry(_ sentence: AnswerSentence, hits: [ScoredChunk], source: String?) -> Entry {
        let found = sentence.spans.compactMap { span in
            hits.indices.contains(span.marker - 1) ? (hit: hits[span.marker - 1], range: span.range) : nil
        }
        let documents = Set(found.map(\.hit.chunk.documentID))
        let status: Status
        if sentence.isSupported {
            let isNamed = found.contains { place in
                let location = place.hit.location
                return source.map { name in
                    [place.hit.chunk.documentID, location.source, location.path ?? ""]
                        .contains { $0 == name || $0.hasSuffix("/" + name) }
                } ?? true
            }
            let isWhole = sentence.isWhole || documents.count < 2
            status = isWhole ? isNamed || found.isEmpty ? .supported : .misattributed : .patchedTogether
        } else {
            status = sentence.kind == .contradicted ? .contradicted : .notFound
        }
        return Entry(
            sentence: sentence.text, status: status, support: sentence.support, missing: sentence.unsupportedFacts,
            places: found.map { .init($0.hit.location(of: $0.range)) })
    }
}
