extension RSTParser {
    func isTableBorder(_ number: Int) -> Bool {
        let line = lines.trimmed(number)
        return line.count > 1 && bytes[line].allSatisfy { $0 == 0x3D || $0 == 0x20 } && bytes[line].contains(0x20)
    }

    private func isGridBorder(_ number: Int) -> Bool {
        let line = lines.trimmed(number)
        return line.count > 2 && bytes[line.lowerBound] == 0x2B && bytes[line.upperBound - 1] == 0x2B
            && bytes[line].allSatisfy { "+-=".utf8.contains($0) }
    }

    mutating func table(_ indentation: Int) -> Bool {
        if isGridBorder(index) {
            gridTable()
            return true
        }
        guard isTableBorder(index) else { return false }
        simpleTable()
        return true
    }

    /// The cells of a line between columns, by characters.
    private func cells(_ number: Int, _ starts: [Int]) -> [Range<Int>] {
        let line = lines[number]
        var offsets: [Int] = []
        var column = 0
        var next = 0
        for offset in line {
            while next < starts.count, column >= starts[next] {
                offsets.append(offset)
                next += 1
            }
            if bytes[offset] & 0xC0 != 0x80 || column == 0 { column += 1 }
            if offset + 1 < line.upperBound, bytes[offset + 1] & 0xC0 == 0x80 { column -= 1 }
        }
        while offsets.count < starts.count { offsets.append(line.upperBound) }
        return offsets.indices.map {
            bytes.trimmed(offsets[$0]..<($0 + 1 < offsets.count ? max(offsets[$0], offsets[$0 + 1]) : line.upperBound))
        }
    }

    private mutating func writeRow(_ row: [[Range<Int>]], isHeader: Bool) {
        guard row.contains(where: { !$0.isEmpty }) else { return }
        output.writer.beginRow()
        for cell in row {
            output.writer.beginCell()
            for range in cell {
                inline.write(range, to: &output.writer)
                output.writer.append(" ")
            }
        }
        output.writer.endRow(isHeader: isHeader)
        hasText = true
    }

    private mutating func simpleTable() {
        let border = lines[index]
        var starts: [Int] = []
        for offset in border where bytes[offset] == 0x3D && (offset == border.lowerBound || bytes[offset - 1] != 0x3D) {
            starts.append(offset - border.lowerBound)
        }
        index += 1
        var borders = 1
        var isHeader = true
        var row: [[Range<Int>]] = []
        output.writer.end()
        while index < lines.count {
            if isTableBorder(index) {
                writeRow(row, isHeader: isHeader)
                row = []
                isHeader = false
                borders += 1
                index += 1
                if borders == 3 || lines.isBlank(index) { break }
                continue
            }
            let line = lines.trimmed(index)
            index += 1
            if line.isEmpty || bytes[line].allSatisfy({ $0 == 0x2D || $0 == 0x20 }) { continue }
            if lines.indentation(of: index - 1) < (starts.first ?? 0) {
                index -= 1
                break
            }
            let found = cells(index - 1, starts)
            if found.first?.isEmpty == false || row.isEmpty {
                writeRow(row, isHeader: isHeader && borders == 2)
                row = found.map { $0.isEmpty ? [] : [$0] }
            } else {
                for (column, cell) in found.enumerated() where !cell.isEmpty { row[column].append(cell) }
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
    }

    private mutating func gridTable() {
        var starts: Set<Int> = []
        let first = lines[index]
        var end = index
        var header: Int?
        while end < lines.count {
            let line = lines.trimmed(end)
            guard let sign = line.first.map({ bytes[$0] }), sign == 0x2B || sign == 0x7C else { break }
            if isGridBorder(end), bytes[line].contains(0x3D) { header = end }
            end += 1
        }
        for offset in first where bytes[offset] == 0x2B && offset + 1 < first.upperBound {
            starts.insert(offset - first.lowerBound)
        }
        let columns = starts.sorted()
        var row = Array(repeating: [Range<Int>](), count: columns.count)
        output.writer.end()
        for number in index..<end {
            let line = lines.trimmed(number)
            let isBorder =
                bytes[line.lowerBound] == 0x2B && bytes[line].dropFirst().allSatisfy { "+-=|".utf8.contains($0) }
            if isBorder {
                writeRow(row, isHeader: header.map { number <= $0 } ?? false)
                row = Array(repeating: [], count: columns.count)
                continue
            }
            for (column, cell) in cells(number, columns).enumerated() {
                var cell = cell
                if let sign = cell.first.map({ bytes[$0] }), sign == 0x7C || sign == 0x2B {
                    cell = bytes.trimmed(cell.lowerBound + 1..<cell.upperBound)
                }
                if let last = cell.last, bytes[last] == 0x7C { cell = bytes.trimmed(cell.lowerBound..<last) }
                if !cell.isEmpty, !bytes[cell].allSatisfy({ $0 == 0x2D }) { row[column].append(cell) }
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
        index = end
    }

    mutating func csvTable(_ title: Range<Int>, _ options: [String: Range<Int>], _ indentation: Int) {
        if !title.isEmpty { paragraph(title) }
        if let header = options["header"] { writeRow(bytes.csvCells(header).map { [$0] }, isHeader: true) }
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation {
            if !lines.isBlank(index) { writeRow(bytes.csvCells(lines.trimmed(index)).map { [$0] }, isHeader: false) }
            index += 1
        }
        output.writer.endTable()
    }

    mutating func listTable(_ title: Range<Int>, _ indentation: Int) {
        if !title.isEmpty { paragraph(title) }
        var row: [[Range<Int>]] = []
        var isHeader = true
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation {
            var line = lines.trimmed(index)
            index += 1
            if line.isEmpty { continue }
            if bytes.hasText("* -", at: line.lowerBound) {
                writeRow(row, isHeader: isHeader && !row.isEmpty)
                if !row.isEmpty { isHeader = false }
                row = []
                line = bytes.trimmed(line.lowerBound + 2..<line.upperBound)
            }
            if bytes.hasText("- ", at: line.lowerBound) || line.count == 1 && bytes[line.lowerBound] == 0x2D {
                row.append([bytes.trimmed(line.lowerBound + 1..<line.upperBound)])
            } else if !row.isEmpty {
                row[row.count - 1].append(line)
            }
        }
        writeRow(row, isHeader: false)
        output.writer.endTable()
    }
}
