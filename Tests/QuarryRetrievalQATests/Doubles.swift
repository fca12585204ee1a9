import QuarryCore
import QuarryTesting
import Synchronization

struct ListRetriever: Retriever {
    var hits: [ScoredChunk]

    func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
        Retrieval(hits: Array(hits.prefix(limit)))
    }
}

/// Writes given pieces. A test that expects no call fails if they appear.
struct FixedLanguageModel: LanguageModel {
    var name = "fixed"
    var pieces: [String]
    var usage: TokenUsage?
    var isCached = false

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            if isCached { continuation.yield(.cached) }
            for piece in pieces { continuation.yield(.text(piece)) }
            continuation.yield(.finished(.stop, usage))
            continuation.finish()
        }
    }
}

struct UnexpectedCall: Error {}

struct ForbiddenLanguageModel: LanguageModel {
    var name = "forbidden"

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { $0.finish(throwing: UnexpectedCall()) }
    }
}

/// Counts bytes, so that a test can state a budget exactly.
struct ByteCounter: TokenCounter {
    func tokenCount(of text: String) -> Int { text.utf8.count }
}

/// A hit on a part of a text that is identical to its source.
func hit(
    _ id: Int64, _ text: String, source: String = "notes.md", document: String? = nil, range: Range<Int>? = nil,
    headings: [String] = [], title: String? = nil
) -> ScoredChunk {
    let range = range ?? 0..<text.utf8.count
    let part = String(decoding: Array(text.utf8)[range], as: UTF8.self)
    return ScoredChunk(
        id: ChunkID(id),
        passage: Passage(
            chunk: Chunk(
                documentID: document ?? source, ordinal: 0, range: range, text: part, headings: headings, tokenCount: 1),
            documentTitle: title, source: source, sourceMap: SourceMap(identityOf: text).slice(range)),
        score: 1 / Double(id + 1))
}

/// The letter embedder, which counts the questions it embeds.
final class RoleCountingEmbedder: Embedder {
    private let letters = LetterEmbedder()
    private let counted = Mutex(0)

    var fingerprint: EmbeddingFingerprint { letters.fingerprint }
    var questions: Int { counted.withLock { $0 } }

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        if role == .query { counted.withLock { $0 += texts.count } }
        return try await letters.embed(texts, as: role)
    }
}
