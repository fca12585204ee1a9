// An embedder of your own: counts of three letters in a row, hashed into 256 numbers.
//
//     swift run OwnEmbedder
//
// It knows spelling and no meaning, so it finds words that are misspelt. A real one would ask a model.

import Quarry

struct TrigramEmbedder: Embedder {
    // Anything that changes the vectors must change this value: an index is refused with another fingerprint.
    let fingerprint = EmbeddingFingerprint(
        provider: "example", model: "trigrams", revision: "1", dimension: 256, maximumTokens: 8192)

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        EmbeddingBatch(values: texts.flatMap(vector(of:)), dimension: dimension)
    }

    private func vector(of text: String) -> [Float] {
        var counts = [Float](repeating: 0, count: dimension)
        // A text without letters must have a direction as well.
        counts[0] = 0.01
        let letters = Array(" \(text.lowercased()) ".unicodeScalars)
        for start in letters.indices.dropLast(2) {
            // FNV-1a, which is the same on every machine and in every run, as `hashValue` is not.
            var hash: UInt32 = 0x811C_9DC5
            for letter in letters[start..<start + 3] { hash = (hash ^ letter.value) &* 0x0100_0193 }
            counts[Int(hash % UInt32(dimension))] += 1
        }
        let length = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return counts.map { $0 / length }
    }
}

/// Counts words. Chunks are cut by this measure.
struct Words: TokenCounter {
    func tokenCount(of text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }
}

var configuration = Corpus.Configuration()
configuration.embedding = .custom(TrigramEmbedder(), Words())
let corpus = try await Corpus.inMemory(configuration: configuration)

try await corpus.index([
    Document(id: "harbour", text: "The harbourmaster collects the mooring fees on Fridays."),
    Document(id: "library", text: "The librarian lends three books at a time."),
])
// No word of the question is in a document: BM25 finds nothing here.
let retrieval = try await corpus.search("harbormasters", limit: 1, mode: .vector)
for hit in retrieval.hits { print(hit.score, hit.chunk.documentID, hit.chunk.text) }
