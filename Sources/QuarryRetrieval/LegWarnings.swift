public import QuarryCore

/// What a person should know when a leg that took part found nothing.
///
/// - Parameters:
///   - terms: How many lexical terms the question has.
///   - hitCounts: Hits of each leg that took part.
///   - isModelEnglishOnly: Whether the model of the vectors reads English alone.
///   - hasOtherScripts: Whether the question holds letters beyond the Latin script.
public func legWarnings(
    terms: Int, hitCounts: [Leg: Int], isModelEnglishOnly: Bool, hasOtherScripts: Bool
) -> [String] {
    var warnings: [String] = []
    if hitCounts[.bm25] == 0 {
        warnings.append(
            terms == 0
                ? "The question has no words to search by: the lexical leg (bm25) took no part."
                : "None of the question's words occurs in the index, or not in this script: the lexical leg (bm25) is empty."
        )
    }
    if hitCounts[.vector] == 0 { warnings.append("The vector leg is empty: no vectors match the filter.") }
    if hitCounts[.vector] != nil, isModelEnglishOnly, hasOtherScripts {
        warnings.append(
            "The model of this index reads English only: the vector leg says little about a question in another script."
        )
    }
    return warnings
}
