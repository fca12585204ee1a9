extension WordBlock {
    /// A chart: its title and a table of its values.
    static func chart(_ bytes: [UInt8]) -> [WordBlock] {
        let chart = OfficeChart(bytes)
        let rows = chart.rows.map { $0.map { WordTable.Cell(blocks: paragraphs([$0])) } }
        return paragraphs([chart.title]) + (rows.isEmpty ? [] : [.table(WordTable(rows: rows))])
    }

    /// The texts of a diagram (SmartArt). Those before a fault count.
    static func diagram(_ bytes: [UInt8]) -> [WordBlock] {
        var parser = SlideParser()
        try? parser.readDiagram(bytes)
        return paragraphs(
            parser.slide.parts.compactMap { part in
                if case .item(_, _, let text) = part { text } else { nil }
            })
    }

    private static func paragraphs(_ texts: [String]) -> [WordBlock] {
        texts.filter { !$0.isEmpty }.map { text in
            var paragraph = WordParagraph()
            paragraph.text = text
            return .paragraph(paragraph)
        }
    }
}
