import QuarryText

/// The order of words: runs, and who did what to whom.
extension ClaimComparison {
    /// The positions in the place of each word of the sentence.
    private func positions(
        in there: Statement, by key: (Statement.Word) -> String = { $0.stem }
    ) -> [String: [Int]] {
        var positions: [String: [Int]] = [:]
        for (index, word) in there.words.enumerated() { positions[key(word), default: []].append(index) }
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
        // "B was beaten by A" turns "A beat B" round.
        let isTurned = hasAgent(claim) != hasAgent(there)
        let positions = positions(in: there, by: \.key).filter { $0.value.count == 1 }.compactMapValues(\.first)
        var counts: [String: Int] = [:]
        for word in claim.words { counts[word.key, default: 0] += 1 }
        let shared = claim.words.indices.filter { index in
            let word = claim.words[index]
            return (word.isContent || word.isInFact) && positions[word.key] != nil && counts[word.key] == 1
        }
        guard shared.count >= (isTurned ? 2 : 3), shared.count < 40 else { return false }
        let hasOneClause = claim.words.first?.clause == claim.words.last?.clause
        for (index, first) in shared.enumerated() where !claim.words[first].isInFact {
            for second in shared[(index + 1)...] where !claim.words[second].isInFact {
                let (one, other) = (claim.words[first], claim.words[second])
                guard let a = positions[one.key], let b = positions[other.key], one.mayBeName == other.mayBeName,
                    one.mayBeName || isOrdered && hasOneClause
                else { continue }
                let isChanged =
                    one.piece.folded != there.words[a].piece.folded && other.piece.folded != there.words[b].piece.folded
                if isOrdered ? (b > a) != isTurned : !isChanged { continue }
                if isTurned, !one.mayBeName || !hasAgent(claim, second) && !hasAgent(there, max(a, b)) { continue }
                if isTurned {
                    // Not the two words of one name.
                    if claim.words[first..<second].contains(where: { !$0.mayBeName }) { return true }
                    continue
                }
                let isLinked = shared.contains { link in
                    guard first < link, link < second, let place = positions[claim.words[link].key] else {
                        return false
                    }
                    return !claim.words[link].mayBeName && !claim.words[link].isInFact && min(a, b) < place
                        && place < max(a, b)
                }
                if isLinked { return true }
            }
        }
        return false
    }

    /// Whether what stands before a word here stands behind its opposite there, and the other way round.
    func exchanges(_ stem: String, _ opposite: String, _ there: Statement) -> Bool {
        guard let here = claim.words.firstIndex(where: { $0.stem == stem }),
            let other = there.words.firstIndex(where: { $0.stem == opposite })
        else { return false }
        func stems(_ words: ArraySlice<Statement.Word>) -> Set<String> {
            Set(words.filter { $0.isContent && !$0.isInFact }.map(\.root))
        }
        let (before, after) = (stems(claim.words[..<here]), stems(claim.words[(here + 1)...]))
        let (first, last) = (stems(there.words[..<other]), stems(there.words[(other + 1)...]))
        return !before.isDisjoint(with: last) && !after.isDisjoint(with: first) && before.isDisjoint(with: first)
    }

    /// Whether "by" names who did it: it stands before a name or noun, not before a number.
    private func hasAgent(_ statement: Statement) -> Bool {
        statement.words.indices.contains { hasAgent(statement, $0) }
    }

    /// Whether "by" stands before a word, perhaps with an article between.
    private func hasAgent(_ statement: Statement, _ index: Int) -> Bool {
        let words = statement.words
        guard words[index].isContent, !words[index].isInFact else { return false }
        return preposition(before: index, in: statement) == "by"
    }

    /// The preposition before a word, its articles and its first names.
    private func preposition(before index: Int, in statement: Statement) -> String? {
        var position = index - 1
        while position >= 0, position > index - 4 {
            let word = statement.words[position]
            if Self.prepositions.contains(word.piece.folded) { return word.piece.folded }
            guard ["the", "a", "an", "mr", "mrs", "dr"].contains(word.piece.folded) || word.isName else { return nil }
            position -= 1
        }
        return nil
    }

    private static let prepositions: Set<String> = ["by", "for", "to", "from", "against"]

    /// Whether two names that stand together here stand apart there, each beside another name: "Ivan Zimin" of "Ivan
    /// Petrov sold it to Oleg Zimin".
    func splitsName(_ there: Statement) -> Bool {
        let positions = positions(in: there) { $0.root }.filter { $0.value.count == 1 }.compactMapValues(\.first)
        func isBesideOther(_ index: Int) -> Bool {
            [index - 1, index + 1].contains {
                there.words.indices.contains($0) && there.words[$0].mayBeName
                    && there.words[$0].clause == there.words[index].clause
            }
        }
        return claim.words.indices.dropLast().contains { index in
            let (one, other) = (claim.words[index], claim.words[index + 1])
            guard one.mayBeName, other.mayBeName, one.clause == other.clause,
                other.piece.range.lowerBound - one.piece.range.upperBound < 2,
                let first = positions[one.root], let second = positions[other.root], abs(first - second) > 1
            else { return false }
            return isBesideOther(first) && isBesideOther(second)
        }
    }

    /// Whether a name stands behind a preposition that gives it another part: "signed for Anna" is not "signed by Anna".
    func changesAgent(_ there: Statement) -> Bool {
        guard isOrdered else { return false }
        let positions = positions(in: there).filter { $0.value.count == 1 }.compactMapValues(\.first)
        return claim.words.indices.contains { index in
            guard claim.words[index].mayBeName, let place = positions[claim.words[index].stem],
                let here = preposition(before: index, in: claim),
                let other = preposition(before: place, in: there), here != other
            else { return false }
            let pair: Set = [here, other]
            return pair.contains("by") || pair == ["from", "to"] || pair == ["for", "against"]
        }
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
