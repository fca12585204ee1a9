/// The activations of one batch, reused from batch to batch. About 8 MB for 512 tokens of a 384-wide model.
final class EncoderScratch: @unchecked Sendable {
    // Unchecked: the pool passes it to one task at a time.

    /// (tokens, hidden)
    let hidden: UnsafeMutablePointer<Float>
    /// (tokens, hidden): the update of a half layer to `hidden`.
    let update: UnsafeMutablePointer<Float>
    /// (tokens, 3 · hidden)
    let queryKeyValue: UnsafeMutablePointer<Float>
    /// (tokens, hidden): attention-weighted values.
    let context: UnsafeMutablePointer<Float>
    /// (tokens, intermediate)
    let intermediate: UnsafeMutablePointer<Float>
    /// (``attentionRows``, longest input): attention weights of some queries in one head.
    let attention: UnsafeMutablePointer<Float>
    private let arena: FloatArena

    /// The number of queries processed at a time, so that their weights stay in the second-level cache.
    static let attentionRows = 128

    /// - `tokens`: The maximum number of tokens in a batch.
    /// - `longest`: The maximum number of tokens in a text.
    init(_ configuration: EncoderConfiguration, tokens: Int, longest: Int) {
        let (hidden, wide) = (tokens * configuration.hiddenSize, tokens * configuration.intermediateSize)
        arena = FloatArena(pieces: [hidden, hidden, 3 * hidden, hidden, wide, Self.attentionRows * longest])
        self.hidden = arena.take(hidden)
        update = arena.take(hidden)
        queryKeyValue = arena.take(3 * hidden)
        context = arena.take(hidden)
        intermediate = arena.take(wide)
        attention = arena.take(Self.attentionRows * longest)
    }
}
