/// How likely one word is a misspelling of another.
package enum TypingErrors {
    /// The number of typing errors that make a word of another one: the optimal string alignment distance, in which an error
    /// is a letter more, less or another one, or two neighbours exchanged. The first letter is rarely wrong: one more, less
    /// or another one there counts two. So does a letter in place of one that is neither its neighbour on the keyboard nor
    /// easily confused with it, such as `leave` for `lease`: those are more often two words than one.
    ///
    /// - Returns: Nil beyond the limit, and for words of more than 64 letters.
    /// - Complexity: O(letters of both, multiplied).
    package static func count(in typed: String, meaning meant: String, limit: Int) -> Int? {
        let (typed, meant) = (Array(typed.lowercased()), Array(meant.lowercased()))
        guard abs(typed.count - meant.count) <= limit, max(typed.count, meant.count) <= longest else { return nil }
        guard !typed.isEmpty, !meant.isEmpty else { return nil }
        // A first letter more or less counts two at the border of the table.
        var rows = [[0] + (0..<meant.count).map { $0 + 2 }]
        for (row, letter) in typed.enumerated() {
            var current = [row + 2]
            for (column, wanted) in meant.enumerated() {
                var best = min(rows[row][column + 1], current[column]) + 1
                let first = row == 0 && column == 0 ? 1 : 0
                let other = letter == wanted ? 0 : (isConfusable(letter, wanted) ? 1 : 2) + first
                best = min(best, rows[row][column] + other)
                if row > 0, column > 0, letter == meant[column - 1], typed[row - 1] == wanted {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                current.append(best)
            }
            rows.append(current)
        }
        let count = rows[typed.count][meant.count]
        return count <= limit ? count : nil
    }

    private static let longest = 64

    private static func isConfusable(_ a: Character, _ b: Character) -> Bool {
        KeyboardLayout.areNeighbours(a, b) || alike.contains { $0.contains(a) && $0.contains(b) }
    }

    /// Letters that sound alike: vowels, and consonants with and without voice.
    private static let alike: [Set<Character>] = [
        "aeiouy", "ck", "cs", "sz", "dt", "bp", "fv", "gk", "gj", "mn", "kq", "аеёиоуыэюя", "ий", "дт", "зс", "бп",
        "вф", "гк", "жш", "шщ", "ьъ", "мн", "цс",
    ].map { Set($0) }
}
