import QuarryCore

/// The text of an HTML part, in lines of Markdown: `> ` before quotations and `- ` before items of lists. Its blocks say
/// which lines are headings, tables and code.
///
/// - Throws: ``HTMLTree/Obstacle``.
/// - Complexity: As ``HTMLTree/withTree(of:_:)``.
func htmlDocument(of html: [UInt8]) throws -> Document? {
    try html.withUnsafeBufferPointer { bytes in
        try HTMLTree.withTree(of: bytes) { tree in
            var writer = HTMLWriter(tree)
            writer.write(HTMLContent.seen(of: tree, keepsHidden: false).parts)
            return writer.document.document(id: "")?.document
        }
    }
}

extension DocumentWriter {
    /// Writes a heading, a table or code that another document has.
    ///
    /// - `text`: The text of that document.
    mutating func add(_ block: Block, of text: UnsafeBufferPointer<UInt8>) {
        switch block.kind {
        case .heading(let level, let title): add(.heading(level: level), title)
        case .code(let language):
            let lines = text[block.range].split(separator: 0x0A, omittingEmptySubsequences: false)
            let code = lines.dropFirst().dropLast().joined(separator: CollectionOfOne(0x0A as UInt8))
            add(.code(language: language), String(decoding: Array(code), as: UTF8.self))
        case .table(let header):
            for (number, row) in text[block.range].split(separator: 0x0A).enumerated() {
                // The row after the header divides it from the others.
                if number == 1, !header.isEmpty { continue }
                addRow(Self.cells(of: row), isHeader: number == 0 && !header.isEmpty)
            }
            endTable()
        case .paragraph, .list, .quote: break
        }
    }

    /// The cells of a row such as `| a | b |`. A bar in a cell has a backslash.
    private static func cells(of row: Slice<UnsafeBufferPointer<UInt8>>) -> [String] {
        var cells: [[UInt8]] = []
        var isEscaped = false
        for byte in row {
            if byte == UInt8(ascii: "|"), !isEscaped {
                cells.append([])
            } else if !cells.isEmpty {
                if byte == UInt8(ascii: "|") { cells[cells.count - 1].removeLast() }
                cells[cells.count - 1].append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        // The last bar ends the row.
        return cells.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
