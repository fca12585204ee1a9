/// Which of a question's terms are in a text, and how close together.
struct TermMatch {
    /// Sum of the inverse document frequencies of the matched terms.
    private(set) var weight = 0.0
    /// Distinct matched terms divided by the length of the shortest window with all of them, in 0...1; 0 for fewer than
    /// two.
    private(set) var proximity = 0.0

    /// - Complexity: O(length of the text).
    init(text: [String], query: Set<String>, idf: [String: Double]) {
        let positions = text.indices.filter { query.contains(text[$0]) }
        let held = Set(positions.map { text[$0] })
        weight = held.sorted().reduce(0) { $0 + (idf[$1] ?? 0) }
        guard held.count > 1 else { return }

        var counts: [String: Int] = [:]
        var start = 0
        var shortest = Int.max
        for position in positions {
            counts[text[position], default: 0] += 1
            while counts.count == held.count {
                let first = positions[start]
                shortest = min(shortest, position - first + 1)
                let count = (counts[text[first]] ?? 1) - 1
                counts[text[first]] = count == 0 ? nil : count
                start += 1
            }
        }
        proximity = Double(held.count) / Double(max(shortest, held.count))
    }
}
