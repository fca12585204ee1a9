/// Numbers, dates and codes, and what they are said of.
extension ClaimComparison {
    struct FactComparison {
        var missing: [String] = []
        var lacksCounted = false
        var isOfAnother = false
        var isOtherBound = false
    }

    func compareFacts(
        with place: EvidencePlace, around: [Statement], aroundStems: Set<String>
    ) -> FactComparison {
        var comparison = FactComparison()
        let there = place.statement
        let stems = there.stems
        for (index, fact) in claim.facts.enumerated() where !fact.isWeak {
            let matches = there.facts.indices.filter { there.facts[$0].equals(fact) }
            guard !matches.isEmpty else {
                if !around.contains(where: { $0.facts.contains(where: fact.equals) }) {
                    comparison.missing.append(fact.text)
                }
                continue
            }
            guard fact.isNumber else { continue }
            let counted = self.counted(index, in: claim)
            let fitting = matches.filter {
                fits(fact, counted: counted, there.facts[$0], $0, in: there, stems: stems.union(aroundStems))
            }
            if fitting.isEmpty {
                comparison.missing.append(fact.text)
                continue
            }
            if let counted, !stems.contains(counted), !aroundStems.contains(counted),
                fitting.allSatisfy({ self.counted($0, in: there) != nil })
            {
                comparison.lacksCounted = true
            }
            if fitting.allSatisfy({ isOfAnother(index, counted: counted, $0, in: there) }) {
                comparison.isOfAnother = true
            }
        }
        if pairsOthers(there) { comparison.isOfAnother = true }
        comparison.isOtherBound = claim.facts.indices.contains { isOtherBound($0, there) }
        return comparison
    }

    /// Whether a number or date is a limit in one, and a value or the other limit in the other.
    private func isOtherBound(_ index: Int, _ there: Statement) -> Bool {
        let fact = claim.facts[index]
        guard claim.facts.count < 32 else { return false }
        let matches = there.facts.indices.filter { there.facts[$0].equals(fact) }
        guard !matches.isEmpty else { return false }
        if let bound = Bound(of: index, in: claim) {
            let isSame = matches.contains { match in
                let other = Bound(of: match, in: there)
                return other == bound
                    || other == nil && bound.isHinted(in: there, ofTime: !fact.isNumber || fact.isTime)
            }
            if !isSame { return true }
        }
        guard let change = claim.change(of: index) else { return false }
        let changes = matches.map { there.change(of: $0) }
        return !changes.isEmpty && changes.allSatisfy { $0 != nil && $0 != change }
    }

    /// Whether two numbers of one clause stand in two clauses of the place, the first of which has its own second
    /// number: "5 million in 2020" of "5 million in 2019, 7 million in 2020".
    private func pairsOthers(_ there: Statement) -> Bool {
        guard claim.facts.count >= 2, there.facts.count >= 3, claim.facts.count < 16, there.facts.count < 32 else {
            return false
        }
        func clause(_ statement: Statement, _ fact: Int) -> Int? {
            let range = statement.factWords[fact]
            return range.isEmpty ? nil : statement.words[range.lowerBound].clause
        }
        func match(_ fact: Int) -> Int? {
            let found = there.facts.indices.filter { there.facts[$0].equals(claim.facts[fact]) }
            return found.count == 1 && !claim.facts[fact].isWeak ? found[0] : nil
        }
        for first in claim.facts.indices {
            for second in claim.facts.indices where second != first {
                guard let clauseHere = clause(claim, first), clauseHere == clause(claim, second), let a = match(first),
                    let b = match(second), let clauseOfA = clause(there, a), clauseOfA != clause(there, b)
                else { continue }
                let hasOwn = there.facts.indices.contains { other in
                    other != a && other != b && clause(there, other) == clauseOfA && there.facts[other].isNumber
                        && there.facts[other].unit == there.facts[b].unit
                        && counted(other, in: there) == counted(b, in: there)
                        && !claim.facts.contains { $0.equals(there.facts[other]) }
                }
                if hasOwn { return true }
            }
        }
        return false
    }

    /// The stem of the word that a number counts: the next one with content, if no mark or function word is between.
    private func counted(_ fact: Int, in statement: Statement) -> String? {
        let next = statement.factWords[fact].upperBound
        guard statement.facts[fact].unit == nil, next < statement.words.count else { return nil }
        let word = statement.words[next]
        let isBeside = word.clause == statement.words[next - 1].clause
        return isBeside && word.isContent && !word.isName && word.piece.kind == .word ? word.stem : nil
    }

    /// Whether a number with a known unit does not count something else in the place.
    private func fits(
        _ fact: Fact, counted: String?, _ other: Fact, _ index: Int, in there: Statement, stems: Set<String>
    ) -> Bool {
        if fact.unit == nil, let unit = other.unit, unit.dimension != "calendar" {
            return counted.map { stems.contains($0) } ?? true
        }
        if let unit = fact.unit, unit.dimension != "calendar", other.unit == nil {
            return self.counted(index, in: there) == nil
        }
        return true
    }

    /// Whether the place says a number of another thing than the sentence does.
    ///
    /// The word that it counts must not be counted by another number there. The words before it are its subject: one
    /// that the place has before another number, with a new subject in between, belongs to that number.
    private func isOfAnother(_ fact: Int, counted: String?, _ match: Int, in there: Statement) -> Bool {
        let others = there.facts.indices.filter {
            $0 != match && there.facts[$0].isNumber && !there.facts[$0].isWeak
                && there.facts[$0].pieces != there.facts[match].pieces
        }
        guard !others.isEmpty, others.count < 32 else { return false }
        if let counted, self.counted(match, in: there) != counted,
            others.contains(where: { self.counted($0, in: there) == counted })
        {
            return true
        }
        // The words of the sentence from the number before to this one, and to the end of the clause.
        let here = claim.factWords[fact]
        guard !here.isEmpty, !there.factWords[match].isEmpty else { return false }
        let before =
            claim.factWords.filter { $0.upperBound <= here.lowerBound && !$0.isEmpty }.map(\.upperBound).max() ?? 0
        let clauseHere = claim.words[here.lowerBound].clause
        let subject = Set(
            claim.words[before..<here.lowerBound].filter { $0.isContent && !$0.isInFact && $0.clause == clauseHere }
                .map(\.stem))
        guard !subject.isEmpty else { return false }
        let at = there.factWords[match].lowerBound
        // The words between the number before it in the place and this one.
        let previous = others.map { there.factWords[$0] }.filter { $0.upperBound <= at && !$0.isEmpty }.max {
            $0.upperBound < $1.upperBound
        }
        let start = previous?.upperBound ?? 0
        let ownWords = there.words[start..<at].filter { $0.isContent && !$0.isInFact }
        let own = Set(ownWords.map(\.stem))
        let elsewhere = Set(
            there.words.enumerated().filter {
                !(start..<at).contains($0.offset) && $0.element.isContent && !$0.element.isInFact
            }
            .map(\.element.stem)
        ).subtracting(own)
        let misplaced = subject.intersection(elsewhere)
        guard !misplaced.isEmpty, subject.isDisjoint(with: own.subtracting(commonStems(of: there))) else {
            return false
        }
        if let previous {
            // A name or noun that the place has between the two numbers, in a new clause, is a new subject.
            let counted = there.factWords.firstIndex(of: previous).flatMap { self.counted($0, in: there) }
            let clause = there.words[previous.upperBound - 1].clause
            return ownWords.contains { $0.clause > clause && $0.stem != counted && !subject.contains($0.stem) }
        }
        // Before the first number: the subject stands after it, before another one.
        let end = there.factWords[match].upperBound
        let last = there.words[end...].firstIndex { misplaced.contains($0.stem) }
        return last.map { position in
            others.contains { there.factWords[$0].lowerBound > position } && !own.isEmpty
                && there.words[position].clause != there.words[at].clause
        } ?? false
    }

    /// Words that the place has more than once say nothing about which number they belong to.
    private func commonStems(of there: Statement) -> Set<String> {
        var counts: [String: Int] = [:]
        for word in there.words { counts[word.stem, default: 0] += 1 }
        return Set(counts.filter { $0.value > 1 }.keys)
    }
}
