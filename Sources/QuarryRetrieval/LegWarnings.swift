public import QuarryCore

/// Warnings for a person: a leg found nothing, or cannot find all chunks.
///
/// - Parameters:
///   - terms: The number of lexical terms in the question.
///   - hitCounts: The number of hits of each leg that was searched.
///   - coverage: How many chunks have a vector; nil without the vector leg.
///   - isModelEnglishOnly: Whether the embedding model supports only English.
///   - hasOtherScripts: Whether the question contains letters beyond the Latin script.
///   - isLimited: Whether operators of the question limit the search to some chunks.
///   - isInOtherScript: Whether no document is in a language of the question's scripts.
public func legWarnings(
    terms: Int, hitCounts: [LegName: Int], coverage: VectorCoverage? = nil, isModelEnglishOnly: Bool,
    hasOtherScripts: Bool, isInOtherScript: Bool = false, isLimited: Bool = false
) -> [String] {
    var warnings: [String] = []
    if coverage?.chunks == 0 { return ["The index is empty."] }
    if hitCounts[.bm25] == 0 {
        warnings.append(
            terms == 0
                ? "The question has no words to search for."
                : "No word of the question occurs in the \(isLimited ? "passages that it asks for" : "documents")"
                    + (hitCounts[.vector] ?? 0 > 0
                        ? "; found by meaning only."
                        : isInOtherScript && hitCounts[.vector] == nil
                            ? ". Documents in another language than the question are found only by meaning." : ".")
        )
    }
    if let coverage, !coverage.isComplete {
        let consequence =
            hitCounts[.bm25] == nil
            ? "The others cannot be found by meaning" : "The others are found by their words only"
        warnings.append(
            "The vectors are not complete (vectors: \(grouped(coverage.vectors)) of \(grouped(coverage.chunks)) passages). "
                + "\(consequence).")
    } else if hitCounts[.vector] == 0 {
        warnings.append("No passage that matches the filter has a vector.")
    }
    if hitCounts[.vector] != nil, isModelEnglishOnly, hasOtherScripts {
        warnings.append(
            "The embedding model of this index reads English only, so a search by meaning is unreliable for this question."
        )
    }
    return warnings
}

/// A count with a comma before every three digits.
private func grouped(_ count: Int) -> String {
    var digits = Array(String(count))
    for position in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: position) }
    return String(digits)
}
