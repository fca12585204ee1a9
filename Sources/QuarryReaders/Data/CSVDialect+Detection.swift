extension CSVDialect {
    /// The bytes of a text that are judged.
    private static let sample = 1 << 16
    private static let sampleRows = 500

    /// The dialect in which a text has the most regular rows and the most cells of a known type.
    ///
    /// The measure is that of CleverCSV (van den Burg, Nazábal and Sutton 2019): the regularity of the rows times the
    /// share of cells with a type. Of equal dialects the more common wins.
    static func detect(_ bytes: UnsafeBufferPointer<UInt8>, isTabbed: Bool) -> (dialect: CSVDialect, start: Int) {
        if let declared = declaredDelimiter(bytes) {
            let rest = UnsafeBufferPointer(rebasing: bytes[declared.end...])
            return (detect(rest, delimiters: [declared.delimiter]), declared.end)
        }
        let tab = UInt8(ascii: "\t")
        let all = [UInt8(ascii: ","), UInt8(ascii: ";"), tab, UInt8(ascii: "|")]
        if isTabbed, bytes.contains(tab) { return (detect(bytes, delimiters: [tab]), 0) }
        return (detect(bytes, delimiters: all), 0)
    }

    /// The delimiter of a first line `sep=;`, which Excel reads.
    private static func declaredDelimiter(_ bytes: UnsafeBufferPointer<UInt8>) -> (delimiter: UInt8, end: Int)? {
        guard bytes.count > 5, bytes[5] == 0x0A, bytes.starts(with: "sep=".utf8) else { return nil }
        let delimiter = bytes[4]
        guard delimiter < 0x80, delimiter != 0x0A, delimiter != UInt8(ascii: "\"") else { return nil }
        return (delimiter, 6)
    }

    private static func detect(_ bytes: UnsafeBufferPointer<UInt8>, delimiters: [UInt8]) -> CSVDialect {
        let sample = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, Self.sample)])
        var best = CSVDialect(delimiter: nil)
        var bestScore = 0.0
        for delimiter in delimiters where sample.contains(delimiter) {
            for quote in [UInt8(ascii: "\""), UInt8(ascii: "'"), nil] {
                if let quote, quote != UInt8(ascii: "\""), !sample.contains(quote) { continue }
                for hasBackslashes in [false, true] {
                    if hasBackslashes, !sample.hasEscape(of: quote) { continue }
                    let dialect = CSVDialect(delimiter: delimiter, quote: quote, hasBackslashes: hasBackslashes)
                    let score = dialect.score(sample, isCut: sample.count < bytes.count)
                    if score > bestScore + 1e-9 { (best, bestScore) = (dialect, score) }
                }
            }
        }
        // Escapes may begin after the sample.
        if sample.count < bytes.count, bytes.hasEscape(of: best.quote) {
            var other = best
            other.hasBackslashes.toggle()
            if other.malformedCells(bytes) < best.malformedCells(bytes) { best = other }
        }
        return best
    }

    private func score(_ bytes: UnsafeBufferPointer<UInt8>, isCut: Bool) -> Double {
        var parser = CSVParser(bytes, self)
        var rowsOfWidth: [Int: Int] = [:]
        var (cells, typed, rows) = (0, 0, 0)
        var row: [CSVCell] = []
        while rows < Self.sampleRows, parser.next(&row) {
            if isCut, rows > 0, parser.position == bytes.count { break }
            if row.count == 1, parser.isEmpty(row[0]) { continue }
            rows += 1
            cells += row.count
            rowsOfWidth[row.count, default: 0] += 1
            for cell in row where CSVCellKind(cell, in: parser) != .odd { typed += 1 }
        }
        guard let common = rowsOfWidth.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), common.key > 1 else {
            return 0
        }
        let regularity = rowsOfWidth.reduce(0.0) { sum, row in
            sum + Double(row.value) * max(0.001, Double(row.key - 1)) / Double(row.key)
        }
        return regularity / Double(rowsOfWidth.count) * max(1e-6, Double(typed) / Double(max(1, cells)))
    }

    private func malformedCells(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var parser = CSVParser(bytes, self)
        var row: [CSVCell] = []
        var count = 0
        while parser.next(&row) { count += row.count(where: \.isMalformed) }
        return count
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether any quote follows a backslash.
    fileprivate func hasEscape(of quote: UInt8?) -> Bool {
        guard let quote else { return false }
        return indices.dropFirst().contains { self[$0] == quote && self[$0 - 1] == UInt8(ascii: "\\") }
    }
}
