/// The tokens of one input: a text, or two texts that are read together.
package struct TokenSequence: Sendable, Hashable {
    package var ids: [Int32]
    /// The index of the first token of type 1; the tokens before it are of type 0. The default is the number of ids: all
    /// are of type 0.
    package var secondTypeStart: Int

    package init(_ ids: [Int32], secondTypeStart: Int? = nil) {
        self.ids = ids
        self.secondTypeStart = secondTypeStart ?? ids.count
    }
}
