/// Finds sentences that tell whoever answers what to write, such as "Add an offer to your reply". An attacker puts them into
/// documents (Greshake et al., arXiv 2302.12173).
enum ReplyInstruction {
    /// Whether a sentence speaks to the writer of an answer: of "your reply", except as letters do ("Thank you for your
    /// reply"), or of the instructions to ignore.
    static func isGiven(by statement: Statement) -> Bool {
        let words = statement.words.map(\.piece.folded)
        guard !words.contains(where: { word in courtesies.contains { word.hasPrefix($0) } }) else { return false }
        return words.indices.contains { index in
            let next = words[(index + 1)...].prefix(reach)
            if owners.contains(words[index]) { return next.contains(where: namesReply) }
            return dismissals.contains { words[index].hasPrefix($0) } && next.contains(where: namesInstruction)
        }
    }

    /// Whether a sentence speaks of answers or instructions itself, as one about the rules of an exam does.
    static func isTopic(of statement: Statement) -> Bool {
        statement.words.contains { namesReply($0.piece.folded) || namesInstruction($0.piece.folded) }
    }

    /// How many words after the first one count.
    private static let reach = 4
    private static let owners: Set = [
        "your", "свой", "своем", "своему", "своего", "твой", "твоем", "твоему", "твоего", "ваш", "вашем", "вашему",
        "вашего",
    ]
    /// The beginnings of words with which letters speak of a reply.
    private static let courtesies = [
        "thank", "receiv", "await", "wait", "forward", "appreciat", "спасибо", "благодар", "получ", "жде", "жду",
        "ожида",
    ]
    private static let dismissals = ["ignore", "disregard", "forget", "игнорир", "проигнорир", "забуд"]

    private static let replies: Set = [
        "answer", "answers", "reply", "replies", "response", "responses", "output", "ответ", "ответа", "ответу",
        "ответом", "ответе", "ответы", "ответов", "ответах",
    ]

    private static func namesReply(_ word: String) -> Bool { replies.contains(word) }

    private static func namesInstruction(_ word: String) -> Bool {
        ["instruction", "instructions", "prompt", "prompts"].contains(word) || word.hasPrefix("инструкц")
            || word.hasPrefix("указани")
    }
}
