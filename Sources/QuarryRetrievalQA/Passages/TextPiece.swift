/// A word, number or mark of a text, with its place.
struct TextPiece: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        /// Digits with the separators between them: `1 250`, `2021-05-09`, `15:30`.
        case number
        /// Letters and digits in one word: `RX-580`, `10km`.
        case code
        case mark
    }

    var kind: Kind
    var text: String
    /// Lower case, with ё as е and without stress marks.
    var folded: String
    /// In the scalars of the text.
    var range: Range<Int>
    var isCapitalized: Bool
    /// Whether nothing is between this piece and the one before.
    var isAttached = false

    var isContent: Bool { kind != .mark }

    /// The pieces of a text in text order.
    /// - Complexity: O(length).
    static func pieces(of text: String) -> [TextPiece] {
        var scan = PieceScan(scalars: Array(text.unicodeScalars))
        var pieces: [TextPiece] = []
        while let piece = scan.next() {
            var piece = piece
            piece.isAttached = pieces.last?.range.upperBound == piece.range.lowerBound
            pieces.append(piece)
        }
        return pieces
    }
}

private struct PieceScan {
    let scalars: [Unicode.Scalar]
    private var position = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func next() -> TextPiece? {
        while position < scalars.count, isSpace(position) { position += 1 }
        guard position < scalars.count else { return nil }
        let start = position
        guard isWordScalar(position) else {
            position += 1
            return piece(start..<position, .mark)
        }
        while position < scalars.count, isWordScalar(position) || joins(position, from: start) { position += 1 }
        let run = start..<position
        let hasDigits = run.contains { isDigit($0) }
        let hasLetters = run.contains { scalars[$0].properties.isAlphabetic }
        return piece(run, hasDigits ? hasLetters ? .code : .number : .word)
    }

    private func piece(_ range: Range<Int>, _ kind: TextPiece.Kind) -> TextPiece {
        let text = String(String.UnicodeScalarView(scalars[range]))
        return TextPiece(
            kind: kind, text: text, folded: Self.folded(text), range: range,
            isCapitalized: kind != .mark && scalars[range.lowerBound].properties.isUppercase)
    }

    private static func folded(_ text: String) -> String {
        let lower = text.lowercased()
        guard lower.unicodeScalars.contains(where: { $0 == "ё" || $0 == "\u{301}" || $0 == "\u{AD}" }) else {
            return lower
        }
        return String(
            String.UnicodeScalarView(
                lower.unicodeScalars.filter { $0 != "\u{301}" && $0 != "\u{AD}" }.map { $0 == "ё" ? "е" : $0 }))
    }

    private func isSpace(_ index: Int) -> Bool {
        scalars[index].properties.isWhitespace || scalars[index] == "\u{200B}" || scalars[index] == "\u{FEFF}"
    }

    private func isDigit(_ index: Int) -> Bool {
        scalars.indices.contains(index) && ("0"..."9").contains(scalars[index])
    }

    private func isWordScalar(_ index: Int) -> Bool {
        isDigit(index) || scalars[index].properties.isAlphabetic
            || "²³\u{301}\u{AD}".unicodeScalars.contains(scalars[index])
    }

    /// Whether a separator holds two parts of one number, date or code together.
    private func joins(_ index: Int, from start: Int) -> Bool {
        guard index + 1 < scalars.count, isWordScalar(index + 1), index > start else { return false }
        switch scalars[index] {
        case ".", ",", "'", "’", ":", "/":
            return isDigit(index - 1) && isDigit(index + 1)
        case " ", "\u{A0}", "\u{202F}", "\u{2009}":
            // A thousands group: one to three digits, the space, exactly three digits.
            let group = (1...3).allSatisfy { isDigit(index + $0) } && !isDigit(index + 4)
            let digits = scalars[start..<index].reversed().prefix { ("0"..."9").contains($0) }.count
            return group && (1...3).contains(digits) && !(index + 4 < scalars.count && isWordScalar(index + 4))
        case "-", "‑", "–":
            return isDigit(index - 1) && isDigit(index + 1) ? isDateDash(index, from: start) : hasDigit(around: index)
        default: return false
        }
    }

    /// A hyphen between digits joins a date such as 2021-05-09, and separates a range such as 10-20.
    private func isDateDash(_ index: Int, from start: Int) -> Bool {
        let before = scalars[max(start, index - 64)..<index]
        if before.contains(where: { $0.properties.isAlphabetic }) { return true }
        if before.contains("-") { return before.count == 7 }
        return before.count == 4 && index + 3 < scalars.count && isDigit(index + 2) && scalars[index + 3] == "-"
    }

    /// Whether a digit is in the word before the hyphen at an index, or in the word after it.
    private func hasDigit(around index: Int) -> Bool {
        var left = index - 1
        while left >= 0, isWordScalar(left) {
            if isDigit(left) { return true }
            left -= 1
        }
        var right = index + 1
        while right < scalars.count, isWordScalar(right) {
            if isDigit(right) { return true }
            right += 1
        }
        return false
    }
}
