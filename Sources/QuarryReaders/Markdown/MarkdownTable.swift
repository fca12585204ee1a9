/// Recognises the lines of a table.
///
/// The table extension of cmark-gfm is not used. In common versions, a short header row makes it fill every row with
/// thousands of cells. It also parses a paragraph again for every possible delimiter row.
struct MarkdownTable {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The column count of a table's delimiter row (GitHub Flavored Markdown 0.29, section 4.10); nil for another line.
    func delimiterColumns(_ range: Range<Int>) -> Int? {
        let line = bytes.trimmed(range)
        var index = line.lowerBound
        var columns = 0
        var pipes = 0
        if index < line.upperBound, bytes[index] == UInt8(ascii: "|") {
            pipes += 1
            index += 1
        }
        while index < line.upperBound {
            index = skipSpace(index, line.upperBound)
            if index == line.upperBound { break }
            if bytes[index] == UInt8(ascii: ":") { index += 1 }
            let dashes = index
            while index < line.upperBound, bytes[index] == UInt8(ascii: "-") { index += 1 }
            guard index > dashes else { return nil }
            if index < line.upperBound, bytes[index] == UInt8(ascii: ":") { index += 1 }
            columns += 1
            index = skipSpace(index, line.upperBound)
            if index == line.upperBound { break }
            guard bytes[index] == UInt8(ascii: "|") else { return nil }
            pipes += 1
            index += 1
        }
        return columns > 0 && pipes > 0 ? columns : nil
    }

    /// The number of cells in a row, separated by unescaped pipes.
    func cells(_ range: Range<Int>) -> Int {
        let line = bytes.trimmed(range)
        guard !line.isEmpty else { return 0 }
        var cells = 1
        var index = line.lowerBound
        if bytes[index] == UInt8(ascii: "|") { index += 1 }
        while index < line.upperBound {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: "|"), index + 1 < line.upperBound {
                cells += 1
            }
            index += 1
        }
        return cells
    }

    private func skipSpace(_ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        return index
    }
}
