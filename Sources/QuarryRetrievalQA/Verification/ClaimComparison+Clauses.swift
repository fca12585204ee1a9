/// Statements of which each is right and their mixture is wrong.
extension ClaimComparison {
    /// Whether a clause of the sentence mixes two clauses of the place that say different things of the same kind, as
    /// "the landlord pays for the windows" does with "the landlord pays for the roof, the tenant for the windows".
    func mixesClauses(_ there: Statement) -> Bool {
        guard let last = there.words.last, last.clause > 0, there.words.count < 200 else { return false }
        let elements = Elements(there)
        guard elements.clauses.count > 1 else { return false }
        return claim.clauses.contains { mixes($0, elements, there) }
    }

    /// What the clauses of a place say: their words with content, and their numbers.
    private struct Elements {
        enum Element: Hashable {
            case word(String)
            case fact(Int)
        }

        /// In text order, for each clause.
        var clauses: [Int: [Element]] = [:]
        private(set) var shared: [String: Set<Int>] = [:]

        init(_ there: Statement) {
            for word in there.words where word.isContent && !word.isInFact {
                clauses[word.clause, default: []].append(.word(word.stem))
                shared[word.stem, default: []].insert(word.clause)
            }
            for (index, range) in there.factWords.enumerated() where !range.isEmpty && !there.facts[index].isWeak {
                clauses[there.words[range.lowerBound].clause, default: []].append(.fact(index))
            }
        }

        func isUnique(_ element: Element) -> Bool {
            guard case .word(let stem) = element else { return true }
            return shared[stem]?.count == 1
        }

        /// Whether two Russian clauses have the same verb.
        func sharesVerb(_ first: Int, _ second: Int, _ there: Statement) -> Bool {
            there.words.contains { word in
                word.clause == first && shared[word.stem]?.contains(second) == true
                    && ["ет", "ит", "ют", "ут", "ат", "ят", "ет", "ся", "л", "ла", "ло", "ли"].contains {
                        word.piece.folded.hasSuffix($0)
                    }
            }
        }

        /// Whether two Russian clauses are of nothing but a subject, a verb and an object each, in any order.
        func areBare(_ first: Int, _ second: Int, _ there: Statement) -> Bool {
            [first, second].allSatisfy { clause in
                let words = there.words.filter { $0.clause == clause }
                return words.count == 3 && words.allSatisfy { $0.isContent && RussianForm.isRussian($0.root) }
            }
        }

        /// Whether two clauses say things of one kind: they share a word, or each has a number of the same kind.
        func areParallel(_ first: Int, _ second: Int, _ there: Statement) -> Bool {
            if shared.values.contains(where: { $0.contains(first) && $0.contains(second) }) { return true }
            if areBare(first, second, there) { return true }
            func facts(_ clause: Int) -> [Fact] {
                (clauses[clause] ?? []).compactMap { if case .fact(let index) = $0 { there.facts[index] } else { nil } }
            }
            return facts(first).contains { fact in
                facts(second).contains { $0.isTime && fact.isTime || $0.unit != nil && $0.unit == fact.unit }
            }
        }
    }

    private func mixes(_ range: Range<Int>, _ elements: Elements, _ there: Statement) -> Bool {
        let own = Set(claim.words[range].filter(\.isContent).map(\.stem))
        let facts = claim.facts.indices.filter {
            !claim.factWords[$0].isEmpty && range.contains(claim.factWords[$0].lowerBound)
        }
        func isOwn(_ element: Elements.Element) -> Bool {
            switch element {
            case .word(let stem): own.contains(stem)
            case .fact(let index): facts.contains { claim.facts[$0].equals(there.facts[index]) }
            }
        }
        let order = elements.clauses.keys.sorted()
        let unique = elements.clauses.mapValues { $0.filter(elements.isUnique) }
        let taken = unique.mapValues { $0.filter(isOwn) }
        for (position, first) in order.enumerated() where taken[first]?.isEmpty == false {
            for second in order[(position + 1)...].prefix(1) where taken[second]?.isEmpty == false {
                guard let left = unique[first], let right = unique[second], let here = taken[first],
                    elements.areParallel(first, second, there), isOrdered == false || isJoined(second, there)
                else { continue }
                let sharesVerb =
                    !isOrdered
                    && (elements.sharesVerb(first, second, there) || elements.areBare(first, second, there))
                // The subject of the first clause may be that of the second, if the second begins with what it does.
                let opening = left.first { if case .word = $0 { true } else { false } }
                let takesSubject = here.allSatisfy { $0 == opening }
                let startsSecond = elements.clauses[second]?.first.map(isOwn) ?? false
                let pointsBack = there.words.contains {
                    $0.clause == second && Pronouns.pointing.contains($0.piece.folded)
                }
                if takesSubject, startsSecond || pointsBack, !sharesVerb { continue }
                let isCut = (!left.allSatisfy(isOwn), !right.allSatisfy(isOwn))
                if isCut.0 && isCut.1 || sharesVerb && (isCut.0 || isCut.1) { return true }
                // The second clause is whole, and a name of the first has become its subject.
                let leavesSubject = opening.map { !isOwn($0) } ?? false
                let takesNames = here.allSatisfy { element in
                    guard case .word(let stem) = element else { return false }
                    return there.words.contains { $0.stem == stem && $0.isName }
                }
                if isCut.0, leavesSubject, takesNames { return true }
            }
        }
        return false
    }

    /// Whether a clause begins with a conjunction, and not only behind a comma or bracket.
    private func isJoined(_ clause: Int, _ there: Statement) -> Bool {
        let first = there.words.first { $0.clause == clause }?.piece.folded ?? ""
        return ["and", "but", "while", "whereas"].contains(first)
    }

    /// Whether a word that the place lacks is said of the same in another place, so that the sentence joins two
    /// statements to one that neither makes.
    func borrows(_ lacking: [Statement.Word], from places: [EvidencePlace], besides place: EvidencePlace) -> Bool {
        let content = Set(all.filter { !$0.word.isInFact }.map(\.word.stem))
        return lacking.contains { word in
            let isCoordinated = isCoordinated(word)
            return places.contains { other in
                other.range != place.range && other.statement.stems.contains(word.stem)
                    && (isCoordinated
                        || content.intersection(other.statement.stems).intersection(place.statement.stems).count >= 2)
            }
        }
    }

    /// Whether a word is one of two that "and" or "or" joins, as "the steward and the warden".
    private func isCoordinated(_ word: Statement.Word) -> Bool {
        guard let index = claim.words.firstIndex(where: { $0.piece == word.piece }) else { return false }
        let near = claim.words[max(0, index - 2)..<index] + claim.words[(index + 1)...].prefix(1)
        return near.contains { ["and", "or", "и", "или"].contains($0.piece.folded) }
    }

    /// Whether two numbers at the ends of a stretch have changed their sides: "from 19 to 7" for "from 7 to 19".
    func turnsRange(_ there: Statement) -> Bool {
        func joins(_ first: Int, _ second: Int, in statement: Statement) -> Bool {
            let (one, other) = (statement.factWords[first], statement.factWords[second])
            guard !one.isEmpty, one.upperBound <= other.lowerBound else { return false }
            let between = statement.words[one.upperBound..<other.lowerBound]
            return between.count == 1
                && between.allSatisfy { ["to", "until", "till", "до", "по"].contains($0.piece.folded) }
        }
        guard claim.facts.count > 1, claim.facts.count < 32, there.facts.count < 64 else { return false }
        for (first, second) in zip(claim.facts.indices, claim.facts.indices.dropFirst())
        where joins(first, second, in: claim) {
            let isTurned = zip(there.facts.indices, there.facts.indices.dropFirst()).contains { one, other in
                joins(one, other, in: there) && claim.facts[first].equals(there.facts[other])
                    && claim.facts[second].equals(there.facts[one]) && !claim.facts[first].equals(there.facts[one])
            }
            if isTurned { return true }
        }
        return false
    }
}

extension Statement {
    /// The words of each clause. A clause of one word with content belongs to the next, or to the one before: "the roof
    /// and the windows are old" is one clause.
    var clauses: [Range<Int>] {
        var clauses: [Range<Int>] = []
        for index in words.indices {
            if let last = clauses.last, words[last.lowerBound].clause == words[index].clause {
                clauses[clauses.count - 1] = last.lowerBound..<index + 1
            } else {
                clauses.append(index..<index + 1)
            }
        }
        var joined: [Range<Int>] = []
        for clause in clauses {
            if let last = joined.last, isFragment(last) || isFragment(clause) {
                joined[joined.count - 1] = last.lowerBound..<clause.upperBound
            } else {
                joined.append(clause)
            }
        }
        return joined
    }

    private func isFragment(_ range: Range<Int>) -> Bool { words[range].count { $0.isContent || $0.isInFact } < 2 }
}

extension Fact {
    var isTime: Bool { readings.contains { if case .time = $0 { true } else { false } } }
}
