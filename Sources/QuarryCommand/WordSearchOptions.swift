import ArgumentParser
import Quarry

/// How words are scored.
struct WordSearchOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "BM25: weight of a word in the title of a document.")
    var titleWeight = 1.0

    @Option(parsing: .unconditional, help: "BM25: weight of a word in the headings above a passage.")
    var headingWeight = 1.0

    @Option(parsing: .unconditional, help: "BM25: weight of a word in the text of a passage.")
    var textWeight = 1.0

    @Option(
        help: ArgumentHelp(
            "BM25: the formula, lucene, plus (BM25+) or long (BM25L); a number may follow: plus:0.5.",
            valueName: "formula"),
        transform: variant)
    var bm25Formula = BM25Parameters.Variant.lucene

    func validate() throws {
        let weights = [
            ("--title-weight", titleWeight), ("--heading-weight", headingWeight), ("--text-weight", textWeight),
        ]
        for (name, weight) in weights where !(0...Self.largest).contains(weight) {
            throw ValidationError("\(name) \(weight) is not between 0 and \(Int(Self.largest)).")
        }
        guard weights.contains(where: { $0.1 > 0 }) else {
            throw ValidationError("--title-weight, --heading-weight and --text-weight are all 0: nothing can be found.")
        }
    }

    var weights: BM25Parameters.FieldWeights {
        BM25Parameters.FieldWeights(title: titleWeight, heading: headingWeight, body: textWeight)
    }

    /// Of a weight, of --k1 and of the number of a formula. Scores of larger ones can exceed what a number holds.
    static let largest = 1000.0

    private static func variant(_ text: String) throws -> BM25Parameters.Variant {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let delta = parts.count > 1 ? Double(parts[1]) : nil
        if parts.count > 1 {
            guard let delta, (0...largest).contains(delta) else {
                throw ValidationError("“\(parts[1])” is not a number from 0 to \(Int(largest)).")
            }
        }
        switch parts[0] {
        case "lucene" where parts.count == 1: return .lucene
        case "plus": return delta.map { .plus(delta: $0) } ?? .plus()
        case "long": return delta.map { .long(delta: $0) } ?? .long()
        default: throw ValidationError("“\(text)” is not lucene, plus, long, plus:NUMBER or long:NUMBER.")
        }
    }
}
