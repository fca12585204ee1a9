/// How a file of separated values is written.
struct CSVDialect: Hashable {
    /// Nil if each line is one cell.
    var delimiter: UInt8?
    var quote: UInt8? = UInt8(ascii: "\"")
    /// Whether a backslash escapes a quote in a quoted cell. Doubled quotes are always read.
    var hasBackslashes = false
}

/// A cell as the bytes that it is written in, with its quotes.
struct CSVCell: Hashable {
    var range: Range<Int>
    var isQuoted = false
    /// Whether text follows the closing quote, or the closing quote is missing.
    var isMalformed = false
}

/// Reads rows of cells from a text with `\n` line ends.
struct CSVParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let dialect: CSVDialect
    private(set) var position: Int
    private var readsQuotes: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, from start: Int = 0) {
        self.bytes = bytes
        self.dialect = dialect
        position = start
        readsQuotes = dialect.quote != nil
    }

    /// Reads the next row into `cells`; false at the end. A blank line is a row of one empty cell.
    mutating func next(_ cells: inout [CSVCell]) -> Bool {
        cells.removeAll(keepingCapacity: true)
        guard position < bytes.count else { return false }
        while true {
            cells.append(nextCell())
            guard position < bytes.count else { return true }
            let isEnd = bytes[position] == 0x0A
            position += 1
            if isEnd { return true }
            if position == bytes.count {
                cells.append(CSVCell(range: position..<position))
                return true
            }
        }
    }

    private func endsCell(_ byte: UInt8) -> Bool { byte == 0x0A || byte == dialect.delimiter }

    private mutating func nextCell() -> CSVCell {
        let start = position
        var isMalformed = false
        if readsQuotes, let quote = dialect.quote {
            var opening = start
            while opening < bytes.count, bytes[opening] == 0x20 { opening += 1 }
            if opening < bytes.count, bytes[opening] == quote {
                if let cell = quotedCell(from: opening, quote) { return cell }
                // The quote is not closed in the rest of the text, so it is not a quote.
                readsQuotes = false
                isMalformed = true
            }
        }
        while position < bytes.count, !endsCell(bytes[position]) { position += 1 }
        return CSVCell(range: start..<position, isMalformed: isMalformed)
    }

    private mutating func quotedCell(from opening: Int, _ quote: UInt8) -> CSVCell? {
        var index = opening + 1
        while index < bytes.count {
            if dialect.hasBackslashes, bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] != quote {
                index += 1
            } else if index + 1 < bytes.count, bytes[index + 1] == quote {
                index += 2
            } else {
                break
            }
        }
        guard index < bytes.count else { return nil }
        index += 1
        var isMalformed = false
        while index < bytes.count, !endsCell(bytes[index]) {
            if bytes[index] != 0x20 { isMalformed = true }
            index += 1
        }
        position = index
        return CSVCell(range: opening..<index, isQuoted: true, isMalformed: isMalformed)
    }

    /// Calls `body` with the runs of bytes that a cell consists of, without quotes and escapes. A malformed cell is as
    /// written.
    func forEachRun(of cell: CSVCell, _ body: (Range<Int>) -> Void) {
        guard cell.isQuoted, !cell.isMalformed, let quote = dialect.quote else { return body(cell.range) }
        let end = cell.range.upperBound
        var start = cell.range.lowerBound + 1
        var index = start
        while index < end {
            let next = index + 1 < end ? bytes[index + 1] : 0
            let isEscape =
                dialect.hasBackslashes && bytes[index] == UInt8(ascii: "\\") && (next == quote || next == bytes[index])
            if isEscape || bytes[index] == quote {
                body(start..<index)
                start = index + 1
                guard isEscape || next == quote else { break }
                index += 1
            }
            index += 1
        }
        if start < end { body(start..<end) }
    }

    /// The text of a cell without white space around it.
    func text(of cell: CSVCell) -> String {
        var text: [UInt8] = []
        forEachRun(of: cell) { text += bytes[$0] }
        return String(decoding: text, as: UTF8.self).joiningWords()
    }

    func isEmpty(_ cell: CSVCell) -> Bool {
        var isEmpty = true
        forEachRun(of: cell) { run in isEmpty = isEmpty && bytes[run].allSatisfy { $0 <= 0x20 } }
        return isEmpty
    }
}

/// The kind of a cell, judged by its text.
enum CSVCellKind: Hashable {
    case empty, number, date, text
    /// Contains a delimiter or is in quotes, which suggests another dialect.
    case odd

    init(_ cell: CSVCell, in parser: CSVParser) {
        let bytes = parser.bytes
        var range = bytes.trimmed(cell.range)
        if cell.isQuoted { range = range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1) }
        let text = bytes[bytes.trimmed(range)]
        guard let first = text.first, let last = text.last else {
            self = .empty
            return
        }
        if cell.isMalformed {
            self = .odd
            return
        }
        var (digits, letters, separators, others) = (0, 0, 0, 0)
        var hasDelimiter = false
        var previous: UInt8 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"): separators += 1
            case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "$"), 0x20,
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "'"):
                break
            case UInt8(ascii: "E"), UInt8(ascii: "e"), UInt8(ascii: "T"), UInt8(ascii: "Z"): letters += 1
            case UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09:
                hasDelimiter = true
                others += 1
            default: others += 1
            }
            if previous == UInt8(ascii: ","), byte != 0x20, !(0x30...0x39).contains(byte) { hasDelimiter = true }
            previous = byte
        }
        let isNumeric = digits > 0 && others == 0 && letters <= 2 && letters < digits
        if isNumeric {
            let isDate = separators >= 2 || separators == 1 && text.contains(UInt8(ascii: ":"))
            self = isDate ? .date : .number
        } else if cell.isQuoted {
            self = .text
        } else if hasDelimiter
            || [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(where: { $0 == first || $0 == last })
        {
            self = .odd
        } else {
            self = .text
        }
    }

    var isValue: Bool { self == .number || self == .date }
}
