public import QuarryCore

/// Verifies the requirements of `Embedder`: one row for each text, in order, finite, of unit length if the fingerprint
/// is normalized, equal for equal texts, alone or in a batch, and no rows for no texts.
///
/// Call it from a test: `try await verifyEmbedder(myEmbedder)`. It embeds about a dozen short texts.
/// - `tolerance`: The permitted difference from 1 of the cosine of two embeddings of the same text. The default is
///   0.001, which allows for other kernels in other batch sizes.
/// - Throws: ``ConformanceFailure``, or the errors of the embedder.
public func verifyEmbedder(_ embedder: some Embedder, tolerance: Float = 0.001) async throws {
    let texts = [
        "A kettle boils on the stove.", "Чайник кипит на плите.", "x", "The harbour opens at seven in the morning.",
        "A kettle boils on the stove.", "Два  пробела\nи перевод строки", "🙂 émigré 東京",
    ]
    try require(embedder.dimension > 0, "The fingerprint's dimension is \(embedder.dimension).")
    for role in [EmbeddingRole.query, .passage] {
        let batch = try await embedder.embed(texts, as: role)
        try require(
            batch.dimension == embedder.dimension,
            "The batch has \(batch.dimension) dimensions, the fingerprint says \(embedder.dimension).")
        try require(batch.count == texts.count, "\(texts.count) texts gave \(batch.count) rows.")
        for row in 0..<batch.count {
            try require(batch[row].allSatisfy(\.isFinite), "Row \(row) as \(role) has a number that is not finite.")
            let norm = dot(batch[row], batch[row]).squareRoot()
            try require(norm > 0, "Row \(row) as \(role) is a zero vector.")
            if embedder.fingerprint.normalized {
                try require(
                    abs(norm - 1) < 1e-3, "Row \(row) as \(role) has length \(norm), the fingerprint says normalized.")
            }
        }
        try require(cosine(batch[0], batch[4]) > 1 - tolerance, "The same text twice in one batch gave different rows.")
        try require(
            cosine(batch[0], batch[3]) < 1 - tolerance, "Two different texts as \(role) gave the same row.")
        for row in [1, 2] {
            let alone = try await embedder.embed([texts[row]], as: role)
            try require(alone.count == 1, "One text gave \(alone.count) rows.")
            try require(
                cosine(alone[0], batch[row]) > 1 - tolerance,
                "Text \(row) as \(role) alone is not what it is in a batch: order or padding is wrong.")
        }
    }
    let none = try await embedder.embed([], as: .passage)
    try require(none.count == 0, "No texts gave \(none.count) rows.")
}

func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}
