public import ArgumentParser
public import Quarry
import QuarrySession

extension RetrievalOptions.Mode: ExpressibleByArgument {}

/// How to search.
struct SearchOptions: ParsableArguments {
    @Option(
        help:
            "How to search: hybrid (meaning and words), vector (meaning), bm25 (words). The default is hybrid if the index has vectors."
    )
    var mode: RetrievalOptions.Mode?

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

    @Option(parsing: .unconditional, help: "Hits of each search that are combined.")
    var depth = 100

    @Flag(help: "Re-rank by how well passages and headings match the words of the question.")
    var rerank = false

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

    func validate() throws {
        guard k1 >= 0, k1.isFinite else { throw ValidationError("--k1 \(k1) is negative.") }
        guard (0...1).contains(b) else { throw ValidationError("--b \(b) is not between 0 and 1.") }
        guard depth >= 1, depth <= 100_000 else {
            throw ValidationError("--depth \(depth) is not between 1 and 100000.")
        }
        if let diversity, !(0...1).contains(diversity) {
            throw ValidationError("--diversity \(diversity) is not between 0 and 1.")
        }
    }

    /// The options for search from the command line.
    var options: QueryOptions {
        var options = QueryOptions()
        options.mode = mode
        options.fusion = fusion?.fusion ?? options.fusion
        options.depth = depth
        options.diversity = diversity
        options.mergesNeighbours = merge
        options.bm25 = BM25Parameters(k1: k1, b: b, weights: words.weights, variant: words.bm25Formula)
        options.reranksByWords = rerank
        return options
    }
}

/// `rrf`, `rrf:K`, or a number from 0 to 1, optionally followed by `:minmax`, `:theoretical` or `:z`.
struct FusionArgument {
    var fusion: Fusion

    /// - Throws: `ValidationError` with the permitted values.
    init(_ argument: String) throws {
        if argument == "rrf" {
            fusion = .reciprocalRank(k: 60)
        } else if argument.hasPrefix("rrf:"), let k = Double(argument.dropFirst(4)), k > 0, k.isFinite {
            fusion = .reciprocalRank(k: k)
        } else {
            let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
            let normalizations: [Substring: Fusion.Normalization] = [
                "minmax": .minMax, "theoretical": .theoreticalMinimum, "z": .zScore,
            ]
            guard parts.count <= 2, let alpha = Double(parts[0]), (0...1).contains(alpha),
                let normalization = parts.count == 1 ? .minMax : normalizations[parts[1]]
            else {
                throw ValidationError(
                    "it is neither rrf nor a number from 0 to 1, with or without :minmax, :theoretical or :z.")
            }
            fusion = .convex(alpha: alpha, normalization: normalization)
        }
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

/// `key=value`. The value matches a string, and also a number or a Boolean of the same spelling.
struct FilterArgument {
    var filter: Filter

    /// - Throws: `ValidationError` for a text without a key.
    init(_ argument: String) throws {
        guard let separator = argument.firstIndex(of: "="), separator > argument.startIndex else {
            throw ValidationError("there is no key and = before the value.")
        }
        let key = String(argument[..<separator])
        let value = String(argument[argument.index(after: separator)...])
        var readings: [Filter] = [.equals(key, .string(value))]
        if let number = Double(value), number.isFinite { readings.append(.equals(key, .number(number))) }
        if let bool = Bool(value) { readings.append(.equals(key, .bool(bool))) }
        filter = readings.count == 1 ? readings[0] : .any(readings)
    }
}
