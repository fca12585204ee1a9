import QuarryCore

extension DocumentWriter {
    /// Writes a slide: its title as heading, its text, its notes. A slide without a title has its number.
    mutating func add(_ slide: Slide, number: Int) {
        guard !slide.isEmpty else { return }
        move(to: .slide(number))
        add(.heading(level: 1), slide.title.isEmpty ? "Slide \(number)" : slide.title)
        for part in slide.parts {
            switch part {
            case .paragraph(let text): add(.paragraph, text)
            case .item(let depth, let number, let text): add(.item(depth: depth, number: number), text)
            case .table(let rows, let hasHeader):
                for (index, row) in rows.enumerated() {
                    addRow(row, isHeader: index == 0 && hasHeader && rows.count > 1)
                }
                endTable()
            }
        }
        for (index, note) in slide.notes.enumerated() { add(.paragraph, index == 0 ? "Notes: \(note)" : note) }
    }
}
