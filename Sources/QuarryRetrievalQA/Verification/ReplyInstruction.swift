/// Finds sentences that tell whoever answers what to write, such as "Add an offer to your reply". An attacker puts them into
/// documents (Greshake et al., arXiv 2302.12173).
enum ReplyInstruction {
    /// Whether a sentence tells the writer of an answer to write something into "your reply", or which instructions to
    /// ignore. "Thank you for your reply" does not.
    static func isGiven(by statement: Statement) -> Bool {
        let words = statement.words.map(\.piece.folded)
        let verb = words.firstIndex { word in writing.contains { word.hasPrefix($0) } }
        return words.indices.contains { index in
            let next = words[(index + 1)...].prefix(reach)
            if owners.contains(words[index]) {
                return verb.map { $0 < index } == true && next.contains(where: namesReply)
            }
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
    /// The beginnings of verbs that ask for a text.
    private static let writing = [
        "add", "includ", "append", "insert", "put", "writ", "rewrit", "modif", "chang", "replac", "alter", "provid",
        "giv",
        "mak", "begin", "start", "end", "finish", "translat", "encod", "ensur", "mention", "format", "добав", "включ",
        "встав", "напиш", "перепиш", "измен", "замен", "поменя", "дай", "начн", "законч", "переведи", "упомян", "укаж",
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
