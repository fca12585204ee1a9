/// Suggests a known name for a misspelled one.
package enum Suggestion {
    /// ` Did you mean “llm”?`, or all known names if none is similar.
    package static func text(for name: String, among known: [String]) -> String {
        if let near = nearest(to: name, among: known) { return " Did you mean “\(near)”?" }
        return " Known names: \(known.sorted().joined(separator: ", "))."
    }

    /// The nearest name by edit distance, ignoring case; nil if more than a third of the letters would have to change.
    package static func nearest(to name: String, among known: [String]) -> String? {
        let letters = Array(name.lowercased().unicodeScalars)
        let best = known.map { ($0, distance(letters, Array($0.lowercased().unicodeScalars))) }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= max(1, letters.count / 3) else { return nil }
        return best.0
    }

    /// The Damerau–Levenshtein distance: a swap of neighbours counts once.
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
