/// Finds words of negation, in English and Russian.
///
/// It distinguishes a reply that denies its passage from one that repeats it. Any word that may turn a passage into a
/// denial counts for the passage, so that a true reply is rarely taken for a contradiction.
enum Negation {
    /// Whether a statement denies something.
    static func isStated(in text: String) -> Bool {
        SurfaceWord.words(of: text).contains { stated.contains($0.folded) }
    }

    /// Whether a passage may deny or restrict something.
    static func isPossible(in text: String) -> Bool {
        SurfaceWord.words(of: text).contains { word in
            stated.contains(word.folded) || possible.contains(word.folded)
                || beginnings.contains { word.folded.hasPrefix($0) }
        }
    }

    /// `t` is the end of words such as “isn't”.
    private static let stated: Set<String> = ["not", "never", "cannot", "t", "не", "никогда", "нельзя"]

    private static let possible: Set<String> = [
        "no", "none", "nor", "neither", "nobody", "nothing", "nowhere", "without", "except", "unless", "only", "hardly",
        "few", "little", "rather", "instead", "but", "however", "until", "before", "ban", "bans", "banned", "stop",
        "stops", "free", "нет", "ни",
        "без", "никто", "ничто", "ничего", "нигде", "только", "кроме", "лишь", "но", "однако", "пока",
    ]

    private static let beginnings = [
        "forbid", "prohib", "refus", "reject", "deny", "denie", "fail", "lack", "avoid", "exclu", "cancel", "disab",
        "disall", "unable", "unavail", "invalid", "imposs", "запре", "отказ", "отмен", "исключ", "недо", "невоз",
    ]
}
