package import Quarry
package import QuarryProviders

/// Labels of texts as JSON: the schema `quarry.classify/1`.
package struct ClassificationReply: Sendable, Encodable {
    package struct Score: Sendable, Encodable {
        package var label: String
        package var share: Double
    }

    package struct Neighbour: Sendable, Encodable {
        package var label: String
        /// From 0 to 1.
        package var weight: Double
        /// The example, or the beginning of the passage.
        package var text: String
        /// Where the passage is; nil for an example of a file.
        package var location: QueryReply.Location?
    }

    package struct Item: Sendable, Encodable {
        /// The id of a document of the index; nil for a given text.
        package var document: String?
        package var text: String?
        /// Nil if nothing similar has a label.
        package var label: String?
        /// The label's share of the neighbours' votes; nil for a label of a model.
        package var confidence: Double?
        package var scores: [Score]
        package var neighbours: [Neighbour]
        /// The texts of the prompt: their name, version and hash; nil for a label without a model.
        package var prompt: PromptSet.Identity?
    }

    package let schema = "quarry.classify/1"
    package var items: [Item]
    package var generator: QueryReply.Generator
    package var spending: Spending?
}

/// What is given a label.
package struct ClassificationInput: Sendable {
    package var document: String?
    package var text: String

    package init(document: String? = nil, text: String) {
        self.document = document
        self.text = text
    }
}

extension QuerySession {
    /// Of a long text, this many characters are compared.
    package static let classifiedCharacters = 4_000

    /// Labels by the most similar examples.
    ///
    /// - Parameter labels: With a language model of the session, the labels that it may give; empty for those of the
    ///   examples.
    package func labels(
        of inputs: [ClassificationInput], byExamples examples: [Classifier.Example], among labels: [String],
        neighbours: Int
    ) async throws -> ClassificationReply {
        let classifier = Classifier(examples: examples, embedder: comparingEmbedder, neighbours: neighbours)
        let texts = inputs.map { String($0.text.prefix(Self.classifiedCharacters)) }
        let found = try await classifier.classify(texts)
        var reply = ClassificationReply(items: [], generator: QueryReply.Generator(.extractive))
        for (index, input) in inputs.enumerated() {
            var item = item(input, found[index]) { vote in
                .init(label: vote.label, weight: vote.weight, text: String(examples[vote.example].text.prefix(200)))
            }
            if case .model(let model, _) = generator {
                let all = labels.isEmpty ? Array(Set(examples.map(\.label))).sorted() : labels
                let given = try await classifier.label(of: texts[index], among: all, by: model)
                (item.label, item.prompt) = (given.label, given.prompt)
                item.confidence = nil
                reply.generator = QueryReply.Generator(.model(model.name))
            }
            reply.items.append(item)
        }
        if !ledger.spending.entries.isEmpty { reply.spending = ledger.spending }
        return reply
    }

    /// Labels by the metadata of the documents whose passages a search finds for the text.
    ///
    /// A hit votes with the inverse of its rank, as in reciprocal rank fusion.
    /// - Parameter key: The metadata whose values are the labels. A document does not vote on its own label.
    package func labels(
        of inputs: [ClassificationInput], byMetadata key: String, neighbours: Int
    ) async throws -> ClassificationReply {
        let documents = try await index.documents(matching: options.filter)
        let known = Dictionary(
            documents.compactMap { document in document.metadata[key].map { (document.id, $0.label) } },
            uniquingKeysWith: { first, _ in first })
        guard !known.isEmpty else {
            throw CorpusError(.input, "No document of the index has a value of “\(key)”..")
        }
        var reply = ClassificationReply(items: [], generator: QueryReply.Generator(.extractive))
        for input in inputs {
            let text = String(input.text.prefix(Self.classifiedCharacters))
            let hits = try await retriever.retrieve(query(text), limit: 10 * neighbours + 10).hits
            let voters = hits.filter { known[$0.chunk.documentID] != nil && $0.chunk.documentID != input.document }
                .prefix(neighbours)
            let votes = voters.enumerated().map { rank, hit in
                Classification.Vote(
                    label: known[hit.chunk.documentID] ?? "", weight: 1 / Double(rank + 2), example: rank)
            }
            let item = item(input, Classification(votes: votes)) { vote in
                let hit = voters[voters.startIndex + vote.example]
                return .init(
                    label: vote.label, weight: vote.weight, text: String(hit.chunk.text.prefix(200)),
                    location: QueryReply.Location(hit.location))
            }
            reply.items.append(item)
        }
        if !ledger.spending.entries.isEmpty { reply.spending = ledger.spending }
        return reply
    }

    private func item(
        _ input: ClassificationInput, _ found: Classification,
        neighbour: (Classification.Vote) -> ClassificationReply.Neighbour
    ) -> ClassificationReply.Item {
        ClassificationReply.Item(
            document: input.document, text: input.document == nil ? input.text : nil, label: found.label,
            confidence: found.label == nil ? nil : found.confidence,
            scores: found.scores.map { .init(label: $0.label, share: $0.share) },
            neighbours: found.votes.map(neighbour))
    }
}

extension MetadataValue {
    /// The value as a label. Several values are one label.
    fileprivate var label: String {
        switch self {
        case .string(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .bool(let flag): "\(flag)"
        case .strings(let texts): texts.joined(separator: ", ")
        }
    }
}
