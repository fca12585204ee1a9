/// Whether a sentence obliges, allows, or says that something need not be.
struct Modality: Sendable, Hashable {
    private(set) var obliges = false
    private(set) var allows = false
    private(set) var exempts = false

    init(_ statement: Statement) {
        let words = statement.words.map(\.piece.folded)
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : ""
            let before = index > 0 ? words[index - 1] : ""
            if Self.obliging.contains(word) || word == "have" && next == "to" || word == "has" && next == "to" {
                let isDenied = ["not", "t", "не", "n"].contains(before)
                if isDenied || word == "need" && (next == "not" || next == "n") || word == "needn" {
                    // "must not" forbids, "need not" and "does not have to" exempt.
                    if !Self.forbidding.contains(word) { exempts = true }
                } else if !(Self.forbidding.contains(word) && (next == "not" || next == "n")) {
                    obliges = true
                }
            }
            if Self.allowing.contains(word) { allows = true }
            if word == "право" || word == "права" { allows = true }
            if Self.exempting.contains(word) { exempts = true }
        }
    }

    private static let obliging: Set<String> = [
        "must", "shall", "need", "needn", "needs", "required", "obliged", "mandatory", "compulsory", "обязан",
        "обязана",
        "обязаны", "должен", "должна", "должно", "должны", "нужно", "необходимо", "обязательно", "требуется",
    ]
    /// A denied one of these forbids.
    private static let forbidding: Set<String> = ["must", "shall", "должен", "должна", "должно", "должны"]
    private static let allowing: Set<String> = [
        "may", "can", "could", "allowed", "permitted", "можно", "может", "могут", "вправе", "разрешено", "разрешается",
        "разрешен", "разрешена",
    ]
    private static let exempting: Set<String> = ["optional", "voluntary", "exempt", "необязательно", "добровольно"]
}
