/// Raised numbers in a line of text.
enum SuperscriptText {
    /// The sign before a raised text: `^` before a number that would otherwise run into the word or number before it, as
    /// in `10^2`.
    static func sign(before text: some StringProtocol, after last: Character?) -> String {
        guard let last, last.isLetter || last.isNumber || last == ")",
            let first = text.drop(while: isSign).first, first.isNumber
        else { return "" }
        return "^"
    }

    fileprivate static func isSign(_ character: Character) -> Bool { "+-−–".contains(character) }
}

/// Appends raised text to a line. It may come in several runs: those of `10`, `-` and `3` become `10^-3`.
struct RaisedRuns {
    /// Where the last raised text begins and ends, in bytes of the line.
    private var last = 0..<0
    /// Whether it has more than signs such as a minus, so that its own sign is written.
    private var isWritten = false

    mutating func append(_ text: String, to line: inout String) {
        let continues = !last.isEmpty && last.upperBound == line.utf8.count
        let start = continues ? last.lowerBound : line.utf8.count
        if !continues { isWritten = false }
        line += text
        if !isWritten {
            let begin = line.utf8.index(line.startIndex, offsetBy: start)
            isWritten = !line[begin...].allSatisfy(SuperscriptText.isSign)
            let sign = isWritten ? SuperscriptText.sign(before: line[begin...], after: line[..<begin].last) : ""
            line.insert(contentsOf: sign, at: begin)
        }
        last = start..<line.utf8.count
    }
}
