/// The cells of a table row, each with the name of its column.
///
/// A row states that its cells belong together: a sentence that has only one of them does not say what the row says.
struct TableCells: Sendable {
    struct Cell: Sendable {
        var statement: Statement
        var header: Statement?
        /// The units that the header names, as in "Length, km".
        var units: [MeasureUnit]
    }

    var cells: [Cell]

    init(row: String, header: String?, reader: inout StatementReader) {
        let names = header.map(PlainText.columns) ?? []
        var cells: [Cell] = []
        for (index, text) in PlainText.columns(of: row).enumerated() {
            let name = names.indices.contains(index) ? names[index] : ""
            let header = name.isEmpty ? nil : reader.statement(name)
            cells.append(
                Cell(
                    statement: reader.statement(text), header: header,
                    units: header?.words.compactMap {
                        MeasureUnit.unit(of: $0.piece.folded, isAttached: false)
                    } ?? []))
        }
        self.cells = cells
    }

    /// Whether the row says something of what a claim speaks of.
    ///
    /// - Parameters:
    ///   - asked: The stems of the question's words.
    ///   - around: The units that the headings and the introduction name.
    func states(_ claim: Statement, asked: Set<String>, around: [MeasureUnit]) -> Bool {
        let filled = cells.indices.filter { !cells[$0].statement.words.isEmpty }
        guard filled.count > 1 else { return true }
        let said = filled.filter { isSaid(cells[$0], by: claim, asked: asked) }
        if said.count == 1, let only = said.first {
            // One cell may say a whole sentence.
            let words = cells[only].statement.words.filter { $0.isContent && claim.stems.contains($0.stem) }
            return words.count >= 3
                && claim.words.allSatisfy {
                    !$0.isContent || $0.isInFact || cells[only].statement.stems.contains($0.stem)
                }
        }
        guard said.count > 1 else { return false }
        return claim.facts.indices.allSatisfy { isInColumn($0, of: claim, said: said, around: around) }
    }

    private func isSaid(_ cell: Cell, by claim: Statement, asked: Set<String>) -> Bool {
        cell.statement.words.contains { word in
            word.isContent
                && (claim.stems.contains(word.stem) && !word.isInFact || asked.contains(word.stem))
        } || cell.statement.facts.contains { fact in claim.facts.contains { $0.equals(fact) } }
    }

    /// Whether a number of the claim stands in a column that the claim may mean: one with its unit, and not one beside
    /// the column that the claim names.
    private func isInColumn(_ index: Int, of claim: Statement, said: [Int], around: [MeasureUnit]) -> Bool {
        let fact = claim.facts[index]
        guard fact.isNumber, !fact.isWeak else { return true }
        let columns = cells.indices.filter { cells[$0].statement.facts.contains(where: fact.equals) }
        guard !columns.isEmpty else { return true }
        return columns.contains { column in
            let cell = cells[column]
            if let unit = fact.unit, unit.dimension != "calendar",
                cell.statement.facts.contains(where: { $0.equals(fact) && $0.unit == nil })
            {
                let units = cell.units.isEmpty ? around : cell.units
                guard units.contains(where: { $0 == unit || $0.mayBe(unit) }) else { return false }
            }
            let isNamed = names(cell.header, claim)
            let namesOther = cells.indices.contains {
                $0 != column && !said.contains($0) && names(cells[$0].header, claim)
            }
            return isNamed || !namesOther
        }
    }

    private func names(_ header: Statement?, _ claim: Statement) -> Bool {
        header?.words.contains { $0.isContent && claim.stems.contains($0.stem) } ?? false
    }
}
