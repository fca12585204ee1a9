import QuarryText

/// The order of words: runs, and who did what to whom.
extension ClaimComparison {
    /// The positions in the place of each word of the sentence.
    private func positions(in there: Statement) -> [String: [Int]] {
        var positions: [String: [Int]] = [:]
        for (index, word) in there.words.enumerated() { positions[word.stem, default: []].append(index) }
        return positions
    }

    func neighbourShare(_ there: Statement) -> Double {
        let content = claim.words.filter { !$0.isFunction }
        guard content.count > 1 else { return 1 }
        let positions = positions(in: there)
        let near = zip(content, content.dropFirst()).count { first, second in
            guard let a = positions[first.stem], let b = positions[second.stem] else { return false }
            return a.contains { x in b.contains { $0 > x && $0 - x <= 4 } }
        }
        return Double(near) / Double(content.count - 1)
    }

    func longestRun(_ there: Statement) -> Int {
        var best = 0
        var lengths = [Int](repeating: 0, count: there.words.count + 1)
        for word in claim.words {
            var previous = 0
            for (index, other) in there.words.enumerated() {
                let held = lengths[index + 1]
                lengths[index + 1] = word.stem == other.stem ? previous + 1 : 0
                previous = held
                best = max(best, lengths[index + 1])
            }
        }
        return best
    }

    func longestSequence(_ there: Statement) -> Int {
        var lengths = [Int](repeating: 0, count: there.words.count + 1)
        for word in claim.words {
            var previous = 0
            for (index, other) in there.words.enumerated() {
                let held = lengths[index + 1]
                lengths[index + 1] = word.stem == other.stem ? previous + 1 : max(held, lengths[index])
                previous = held
            }
        }
        return lengths[there.words.count]
    }

    /// Whether two names or nouns stand on the two sides of a third word, and in the place on the other side each. In a
    /// language whose word order is free, the endings of both names differ too.
    func swapsRoles(_ there: Statement) -> Bool {
        let isPassive = { (statement: Statement) in statement.words.contains { $0.piece.folded == "by" } }
        guard isPassive(claim) == isPassive(there) else { return false }
        let positions = positions(in: there).filter { $0.value.count == 1 }.compactMapValues(\.first)
        var counts: [String: Int] = [:]
        for word in claim.words { counts[word.stem, default: 0] += 1 }
        let shared = claim.words.indices.filter { index in
            let word = claim.words[index]
            return (word.isContent || word.isInFact) && positions[word.stem] != nil && counts[word.stem] == 1
        }
        guard shared.count >= 3, shared.count < 40 else { return false }
        let hasOneClause = claim.words.first?.clause == claim.words.last?.clause
        for (index, first) in shared.enumerated() where !claim.words[first].isInFact {
            for second in shared[(index + 1)...] where !claim.words[second].isInFact {
                let (one, other) = (claim.words[first], claim.words[second])
                guard let a = positions[one.stem], let b = positions[other.stem], one.mayBeName == other.mayBeName,
                    one.mayBeName || isOrdered && hasOneClause
                else { continue }
                let isChanged =
                    one.piece.folded != there.words[a].piece.folded && other.piece.folded != there.words[b].piece.folded
                if isOrdered ? b > a : !isChanged { continue }
                let isLinked = shared.contains { link in
                    guard first < link, link < second, let place = positions[claim.words[link].stem] else {
                        return false
                    }
                    return !claim.words[link].mayBeName && min(a, b) < place && place < max(a, b)
                }
                if isLinked { return true }
            }
        }
        return false
    }

    /// Whether a word that the place lacks stands between two words of the place, where that has one other word.
    func hasSubstitute(_ there: Statement, stems: Set<String>) -> Bool {
        let words = claim.words
        guard words.count > 2 else { return false }
        let positions = positions(in: there)
        let claimStems = claim.stems
        for index in words.indices where words[index].isContent && !words[index].isInFact && !words[index].isName {
            let stem = words[index].stem
            guard !stems.contains(stem), !claim.analyzed.isHeld(stem, by: there.analyzed.forms) else { continue }
            let before = index > 0 ? positions[words[index - 1].stem] ?? [] : [-1]
            let after = index + 1 < words.count ? Set(positions[words[index + 1].stem] ?? []) : [there.words.count]
            for position in before where after.contains(position + 2) {
                let other = there.words[position + 1]
                if other.isContent, !claimStems.contains(other.stem), !synonyms.areSynonyms(stem, other.stem) {
                    return true
                }
            }
        }
        return false
    }
}
