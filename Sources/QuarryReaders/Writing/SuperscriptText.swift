/// Raised numbers in a line of text.
enum SuperscriptText {
    /// The sign before a raised text: `^` before a number that would otherwise run into the word or number before it, as
    /// in `10^2`.
    static func sign(before text: String, after last: Character?) -> String {
        guard let last, last.isLetter || last.isNumber || last == ")",
            let first = text.drop(while: { "+-−–".contains($0) }).first, first.isNumber
        else { return "" }
        return "^"
    }
}
