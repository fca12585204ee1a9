/// How a language model reads the passages of a question.
///
/// The answers of all chains are checked alike, by the passages' own text. All but ``stuff`` send several requests, so
/// passages that together exceed a prompt's budget are all read.
public enum Chain: String, Sendable, Hashable, Codable, CaseIterable {
    /// All passages that fit, in one prompt.
    case stuff
    /// The first passage gives an answer, and each further one may improve it.
    case refine
    /// A note on each passage, then an answer from the notes.
    case mapReduce = "map-reduce"
    /// An answer from each passage, of which the best supported one is given.
    case mapRerank = "map-rerank"
    /// An answer from each group of passages, then from each group of these answers, until one is left.
    case tree
}
