extension AsciiDocParser {
    mutating func table(_ delimiter: Range<Int>) {
        var separator = bytes[delimiter.lowerBound]
        let options = attributes
        attributes = ""
        index += 1
        let content = skip(to: delimiter)
        if options.contains("format=csv") || options.contains("format=\"csv\"") { separator = UInt8(ascii: ",") }
        var columns = columnCount(options)
        let isHeader =
            options.contains("header")
            || content.count > 1 && !lines.isBlank(content.lowerBound) && lines.isBlank(content.lowerBound + 1)
        var cells: [Range<Int>] = []
        var rows = 0
        output.writer.end()
        func flush(_ parser: inout AsciiDocParser, _ all: Bool) {
            guard columns > 0 else { return }
            var start = 0
            while cells.count - start >= columns || all && start < cells.count {
                parser.writeRow(cells[start...].prefix(columns), isHeader: isHeader && rows == 0)
                rows += 1
                start = min(start + columns, cells.count)
            }
            cells.removeFirst(start)
        }
        for number in content {
            let line = lines.trimmed(number)
            if line.isEmpty || bytes.hasText("//", at: line.lowerBound) { continue }
            let found = separator == 0x2C ? (rest: nil, cells: bytes.csvCells(line)) : barCells(line, separator)
            if let rest = found.rest {
                // Text that goes on with the cell before.
                if let last = cells.last { cells[cells.count - 1] = last.lowerBound..<rest.upperBound }
            }
            // The last cell may go on in the next line, so rows are written when the next one begins.
            if !found.cells.isEmpty {
                if columns == 0, cells.isEmpty { columns = found.cells.count }
                flush(&self, false)
            }
            cells += found.cells
        }
        flush(&self, true)
        output.writer.endTable()
        hasText = true
    }

    private mutating func writeRow(_ cells: ArraySlice<Range<Int>>, isHeader: Bool) {
        guard cells.contains(where: { bytes.hasWords($0) }) else { return }
        output.writer.beginRow()
        for cell in cells {
            output.writer.beginCell()
            write(cell)
        }
        output.writer.endRow(isHeader: isHeader)
    }

    /// The number of columns in `cols="1,2"` or `cols="3*"`.
    private func columnCount(_ options: String) -> Int {
        guard let start = options.utf8.indices.first(where: { options.utf8[$0...].starts(with: "cols=".utf8) }) else {
            return 0
        }
        var rest = options[start...].dropFirst(5)
        if rest.first == "\"" {
            rest = rest.dropFirst().prefix { $0 != "\"" }
        } else {
            rest = rest.prefix { $0 != "," && $0 != "]" }
        }
        var count = 0
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
            if let star = part.firstIndex(of: "*"), let times = Int(part[..<star].filter { $0 != " " }) {
                count += min(max(1, times), 1_000)
            } else {
                count += 1
            }
        }
        return min(count, 1_000)
    }

    private func barCells(_ line: Range<Int>, _ bar: UInt8) -> (rest: Range<Int>?, cells: [Range<Int>]) {
        var rest: Range<Int>?
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var isCell = false
        for offset in line.lowerBound...line.upperBound {
            let isBar =
                offset < line.upperBound && bytes[offset] == bar
                && (offset == line.lowerBound || bytes[offset - 1] != 0x5C)
            guard offset == line.upperBound || isBar else { continue }
            var end = offset
            // The style of the next cell: `2+|`, `a|`, `^.>s|`.
            if isBar {
                while end > start, bytes[end - 1].isASCIIDigit || "+.<>^*aehlmsdv".utf8.contains(bytes[end - 1]) {
                    end -= 1
                }
                if end > start, bytes[end - 1] > 0x20 { end = offset }
            }
            let cell = bytes.trimmed(start..<end)
            if isCell {
                cells.append(cell)
            } else if !cell.isEmpty {
                rest = cell
            }
            isCell = true
            start = offset + 1
        }
        return (rest, cells)
    }
}
