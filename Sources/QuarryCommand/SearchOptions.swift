public import ArgumentParser
public import Quarry
import QuarrySession

extension RetrievalOptions.Mode: ExpressibleByArgument {}
extension QueryTransform: ExpressibleByArgument {}

/// How to search.
struct SearchOptions: ParsableArguments {
    @Option(
        help:
            "How to search: hybrid (meaning and words), vector (meaning), bm25 (words). The default is hybrid if the index has vectors."
    )
    var mode: RetrievalOptions.Mode?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Search another generation of vectors than the live one (see quarry generation list).", valueName: "number")
    )
    var generation: Int64?

    @Option(
        help: ArgumentHelp(
            "How the two searches are combined: rrf, or the weight of meaning from 0 to 1.", valueName: "fusion"),
        transform: FusionArgument.init)
    var fusion: FusionArgument?

    @Option(parsing: .unconditional, help: "BM25: weight of repeated words (0: repeats do not count).")
    var k1 = 1.2

    @Option(parsing: .unconditional, help: "BM25: penalty for long passages, from 0 to 1.")
    var b = 0.5

    @OptionGroup var words: WordSearchOptions

    @Flag(
        inversion: .prefixedNo,
        help: "If no document has a word of the question, search for a similar word too, and say so.")
    var corrections = true

    @Option(
        help:
            "Search also for what a language model (--llm) writes about the question: other wordings (multi), a passage that might answer it, compared by meaning (hyde), a more general question (step-back), or the questions it consists of (decompose)."
    )
    var transform: QueryTransform?

    @Option(parsing: .unconditional, help: "Hits of each search that are combined.")
    var depth = 100

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Balance relevance and variety: 1 is relevance only, 0 is variety only.", valueName: "lambda"))
    var diversity: Double?

    @Flag(inversion: .prefixedNo, help: "Join adjacent passages of a document.")
    var merge = true

    @Option(
        name: .customLong("window"),
        help: ArgumentHelp(
            "Read more around each passage found, under the same headings: a number of passages before and after it, or section for all.",
            valueName: "window"),
        transform: WindowArgument.init)
    var windowArgument: WindowArgument?

    var window: RetrievalOptions.Window? { windowArgument?.window }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("At most this many passages of each document.", valueName: "count"))
    var perDocument: Int?

    @Option(
        name: .customLong("min-score"),
        help: ArgumentHelp(
            "Leave out passages with a lower score in a search: vector:0.85 (cosine) or bm25:4. Repeatable.",
            valueName: "leg:score"),
        transform: MinimumScoreArgument.init)
    var minimumScores: [MinimumScoreArgument] = []

    func validate() throws {
        if generation != nil, mode == .bm25 {
            throw ValidationError("--generation names vectors, and --mode bm25 searches none. Omit one of them.")
        }
        if transform == .hyde, mode == .bm25 {
            throw ValidationError("--transform hyde compares vectors, and --mode bm25 searches none. Omit one of them.")
        }
        guard (0...WordSearchOptions.largest).contains(k1) else {
            throw ValidationError("--k1 \(k1) is not between 0 and \(Int(WordSearchOptions.largest)).")
        }
        guard (0...1).contains(b) else { throw ValidationError("--b \(b) is not between 0 and 1.") }
        guard depth >= 1, depth <= 100_000 else {
            throw ValidationError("--depth \(depth) is not between 1 and 100000.")
        }
        if let perDocument, perDocument < 1 { throw ValidationError("--per-document \(perDocument) is less than 1.") }
        if let diversity, !(0...1).contains(diversity) {
            throw ValidationError("--diversity \(diversity) is not between 0 and 1.")
        }
    }

    /// The options for search from the command line.
    var options: QueryOptions {
        var options = QueryOptions()
        options.mode = mode
        options.generation = generation
        options.depth = depth
        options.diversity = diversity
        options.mergesNeighbours = merge
        options.passagesPerDocument = perDocument
        for minimum in minimumScores { options.minimumScores[minimum.leg] = minimum.score }
        options.bm25 = BM25Parameters(k1: k1, b: b, weights: words.weights, variant: words.bm25Formula)
        options.corrects = corrections
        options.transform = transform
        return options
    }
}

/// `rrf`, `0.6`, `0.6:minmax` and the like.
struct FusionArgument {
    var fusion: Fusion

    /// - Throws: `ValidationError` with the permitted values.
    init(_ argument: String) throws {
        guard let fusion = Fusion(written: argument) else { throw ValidationError("it is not \(Fusion.wanted).") }
        self.fusion = fusion
    }
}

/// `vector:0.85` or `bm25:4`.
struct MinimumScoreArgument {
    var leg: LegName
    var score: Double

    /// - Throws: `ValidationError` with the permitted values.
    init(_ argument: String) throws {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, ["vector", "bm25"].contains(parts[0]), let score = Double(parts[1]), score.isFinite
        else { throw ValidationError("it is neither vector:SCORE nor bm25:SCORE, such as vector:0.85.") }
        (leg, self.score) = (LegName(rawValue: String(parts[0])), score)
    }
}

/// `2` or `section`.
struct WindowArgument {
    var window: RetrievalOptions.Window

    /// - Throws: `ValidationError` with the permitted values.
    init(_ argument: String) throws {
        guard let window = RetrievalOptions.Window(argument) else {
            throw ValidationError("it is not \(RetrievalOptions.Window.wanted).")
        }
        self.window = window
    }
}
