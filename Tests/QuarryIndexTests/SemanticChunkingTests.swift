import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryTesting
import Testing

/// An index whose documents are cut by the model.
struct SemanticChunkingTests {
    private let document = Document(
        id: "harbour",
        text: (0..<60).map {
            "The \($0 < 30 ? "harbour opens" : "kitchen closes") at \($0 % 30) minutes past the full hour on each day."
        }
        .joined(separator: " "))

    private func index(_ embedder: (any Embedder)?) throws -> CorpusIndex {
        try CorpusIndex.inMemory(
            settings: IndexSettings(
                chunking: .init(strategy: .semantic, target: 100, maximum: 140), embedding: embedder?.fingerprint))
    }

    @Test func `the model of the index cuts its documents, and an unchanged document is not cut again`() async throws {
        let embedder = CountingEmbedder()
        let index = try index(embedder)
        let indexer = try Indexer(index, embedder: embedder, counter: WordCounter())
        let report = try await indexer.index([.document(document)])
        #expect(report.chunks > 3 && report.embeddedChunks == report.chunks)
        // Each sentence, and each chunk.
        #expect(embedder.passages == 60 + report.chunks)
        let again = try await indexer.index([.document(document)])
        #expect(again.chunks == 0 && embedder.passages == 60 + report.chunks)
    }

    /// Refuses texts with a word.
    private struct ChoosyEmbedder: Embedder {
        struct Refusal: InputFailure {
            var concernsOneInput: Bool { true }
            var position: Int?
            var isTooLong: Bool { false }
            var message = "The model does not like onions."
        }

        private let letters = LetterEmbedder()
        var fingerprint: EmbeddingFingerprint { letters.fingerprint }

        func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
            if let place = texts.firstIndex(where: { $0.contains("onion") }) { throw Refusal(position: place) }
            return try await letters.embed(texts, as: role)
        }
    }

    @Test func `a document with a sentence that the model refuses is cut by structure, with a warning`() async throws {
        let embedder = ChoosyEmbedder()
        let index = try index(embedder)
        let onions = Document(id: "soup", text: "The soup has an onion. " + document.text)
        let report = try await Indexer(index, embedder: embedder, counter: WordCounter())
            .index([.document(onions), .document(document)])
        #expect(report.documents == 2)
        #expect(report.warnings.contains { $0.source == "soup" && $0.message.contains("by its structure") })
        #expect(!report.warnings.contains { $0.source == "harbour" })
    }

    @Test func `a plan asks no model`() async throws {
        let embedder = CountingEmbedder()
        let indexer = try Indexer(try index(embedder), embedder: embedder, counter: WordCounter())
        let plan = try await indexer.plan([.document(document)])
        #expect(plan.chunks > 3 && embedder.passages == 0)
    }

    @Test func `an index without a model is refused with a sentence`() throws {
        let index = try index(nil)
        let error = #expect(throws: CorpusError.self) {
            try Indexer(index, embedder: nil, counter: WordCounter())
        }
        #expect(error?.code == .input && error?.message.contains("needs an embedding model") == true)
    }
}
