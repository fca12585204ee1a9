extension ScoredChunk {
    /// Title and headings on separate lines, then the text: what a re-ranking model reads.
    package var textUnderHeadings: String {
        var above: [String] = []
        for line in [documentTitle ?? ""] + chunk.headings where !line.isEmpty && above.last != line {
            above.append(line)
        }
        // The text of a section may begin with its heading.
        let first = chunk.text.prefix { !$0.isNewline }.drop { $0 == "#" || $0.isWhitespace }
        if above.last.map({ $0 == first }) ?? false { above.removeLast() }
        return (above + [chunk.text]).joined(separator: "\n")
    }
}

extension [Double] {
    /// The candidates with these scores, best first; ties keep their order.
    ///
    /// - Precondition: There are as many scores as candidates.
    package func ranking(_ candidates: [ScoredChunk]) -> [ScoredChunk] {
        var ranked = candidates
        for index in ranked.indices { ranked[index].score = self[index] }
        return ranked.enumerated()
            .sorted {
                $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
            }
            .map(\.element)
    }
}
