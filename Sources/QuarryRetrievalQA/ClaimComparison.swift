import QuarryText

/// A place of a passage, prepared for comparison with sentences of an answer.
struct EvidencePlace: Sendable {
    /// UTF-8 offsets into the passage's text.
    var range: Range<Int>
    var statement: Statement
    /// The headings, the document's title, the table header and the introduction of the list.
    var context: Statement
    /// The sentences beside it.
    var neighbours: [Int]
    var mayNegate: Bool
    /// Whether it is a whole sentence rather than a list item, a table row or code.
    var isProse: Bool
    /// Whether it forbids, refuses or lacks something.
    var isProhibitive: Bool
}

/// Compares a sentence of an answer with places of passages.
struct ClaimComparison {
    let claim: Statement
    /// The stems of the question's words, without function words.
    let asked: Set<String>
    let antonyms: Antonyms
    let synonyms: Synonyms
    /// Whether the order of words shows who did it, as in English.
    let isOrdered: Bool
    /// The distinct words with content that the question lacks, each with its weight; all, if it lacks none.
    private let own: [(word: Statement.Word, weight: Double)]
    private let all: [(word: Statement.Word, weight: Double)]
    private let addsNothing: Bool

    init(
        _ claim: Statement, asked: Set<String>, idle: Set<String>, antonyms: Antonyms, synonyms: Synonyms,
        isOrdered: Bool,
        weight: (String) -> Double
    ) {
        self.claim = claim
        self.asked = asked
        self.antonyms = antonyms
        self.synonyms = synonyms
        self.isOrdered = isOrdered
        var seen: Set<String> = []
        let content = claim.words.filter {
            $0.isContent && !$0.isInFact && !Pronouns.chatty.contains($0.piece.folded) && !idle.contains($0.stem)
                && seen.insert($0.stem).inserted
        }
        all = content.map { ($0, weight($0.stem)) }
        let fresh = all.filter { !asked.contains($0.word.stem) }
        addsNothing = fresh.isEmpty && claim.facts.allSatisfy(\.isWeak)
        own = addsNothing ? all : fresh
    }

    /// Whether there is something to compare.
    var isEmpty: Bool { all.isEmpty && claim.facts.allSatisfy(\.isWeak) }

    /// The share of the sentence's weight that a place has, for choosing places.
    func overlap(with place: EvidencePlace, among places: [EvidencePlace]) -> Double {
        let held = place.statement.stems
        var sum = 0.0
        var total = 0.0
        for (word, weight) in own {
            total += weight
            if isHeld(word, by: place.statement, stems: held) {
                sum += weight
            } else if isHeld(word, by: place.context, stems: place.context.stems) {
                sum += weight * 0.7
            }
        }
        for fact in claim.facts where !fact.isWeak {
            total += 1.5
            if place.statement.facts.contains(where: fact.equals) { sum += 1.5 }
        }
        for word in claim.words where asked.contains(word.stem) {
            total += 0.1
            if held.contains(word.stem) { sum += 0.1 }
        }
        return total > 0 ? sum / total : 0
    }

    private func isHeld(_ word: Statement.Word, by statement: Statement, stems: Set<String>) -> Bool {
        stems.contains(word.stem) || statement.analyzed.forms.contains(word.stem)
            || claim.analyzed.isHeld(word.stem, by: statement.analyzed.forms)
    }

    /// The features of a place, and the facts and names that it lacks.
    func features(of place: EvidencePlace, among places: [EvidencePlace]) -> (
        features: ClaimFeatures, missing: [String]
    ) {
        var features = ClaimFeatures()
        let there = place.statement
        let stems = there.stems
        var around = [place.context]
        if there.isAnaphoric || there.words.count < 4 { around += place.neighbours.map { places[$0].statement } }
        let aroundStems = around.reduce(into: Set<String>()) { $0.formUnion($1.stems) }
        func isAround(_ word: Statement.Word) -> Bool {
            around.contains { isHeld(word, by: $0, stems: aroundStems) }
        }
        var missing: [String] = []

        let total = own.reduce(0) { $0 + $1.weight }
        var (direct, widened, lacking) = (0.0, 0.0, 0)
        for (word, weight) in own {
            if isHeld(word, by: there, stems: stems) {
                direct += weight
                widened += weight
            } else if isAround(word) {
                widened += weight
            } else {
                lacking += 1
            }
        }
        let said = all.filter { !$0.word.mayBeName }
        features.lacksPredicate =
            said.count < all.count && !said.isEmpty && claim.facts.isEmpty
            && !said.contains { isHeld($0.word, by: there, stems: stems) || isAround($0.word) }
        features.coverage = total > 0 ? direct / total : 1
        features.contextCoverage = total > 0 ? widened / total : 1
        features.missingWords = min(1, Double(lacking) / 4)
        features.isComplete = lacking == 0 ? 1 : 0
        let wholeWeight = all.reduce(0) { $0 + $1.weight }
        let held = all.reduce(0) { $0 + (isHeld($1.word, by: there, stems: stems) ? $1.weight : 0) }
        features.allCoverage = wholeWeight > 0 ? held / wholeWeight : 1
        let count = Double(max(1, claim.words.count))
        if place.isProse {
            let shared = claim.words.count { stems.contains($0.stem) || $0.isInFact && isFactHeld($0, by: there) }
            features.wordShare = Double(shared) / count
        } else {
            // List items and table rows leave function words out, and a fact with its unit is one thing.
            let words = claim.words.filter { !$0.isFunction && !$0.isInFact }
            let held = words.count { stems.contains($0.stem) || isAround($0) }
            let facts = claim.facts.count { fact in there.facts.contains(where: fact.equals) }
            let whole = words.count + claim.facts.count
            features.wordShare = whole > 0 ? Double(held + facts) / Double(whole) : 1
        }
        features.neighbours = neighbourShare(there)
        (features.run, features.sequence) = (Double(longestRun(there)) / count, Double(longestSequence(there)) / count)

        if !place.isProse {
            (features.neighbours, features.run, features.sequence) =
                (features.wordShare, features.wordShare, features.wordShare)
        }

        for word in claim.words where word.isName && !word.isInFact {
            if !isHeld(word, by: there, stems: stems), !isAround(word), !isAcronym(word, of: there) {
                features.missingName = 1
                missing.append(word.piece.text)
            }
        }
        let facts = compareFacts(with: place, around: around, aroundStems: aroundStems)
        missing += facts.missing
        features.missingFact = facts.missing.isEmpty ? 0 : 1
        features.missingCounted = facts.lacksCounted ? 1 : 0
        let isOfAnotherRow =
            !place.isProse && !claim.facts.isEmpty
            && all.contains { item in
                !isHeld(item.word, by: there, stems: stems) && !isAround(item.word)
                    && places.contains { !$0.isProse && $0.statement.stems.contains(item.word.stem) }
            }
        features.otherSubject = facts.isOfAnother || isOfAnotherRow ? 1 : 0

        let opposed = opposes(place, stems: stems, similarity: features.wordShare)
        features.negation = opposed.negation ? 1 : 0
        features.antonym = opposed.antonym ? 1 : 0
        features.substituted = hasSubstitute(there, stems: stems) ? 1 : 0
        features.swappedRoles = swapsRoles(there) ? 1 : 0
        let speaksOfPersons = there.words.contains { Pronouns.personal.contains($0.piece.folded) }
        features.personal =
            !speaksOfPersons && claim.words.contains { Pronouns.personal.contains($0.piece.folded) } ? 1 : 0
        let saysOpinion = there.words.contains { Pronouns.opinion.contains($0.piece.folded) }
        features.opinion = !saysOpinion && claim.words.contains { Pronouns.opinion.contains($0.piece.folded) } ? 1 : 0
        features.question = claim.asks ? 1 : 0
        features.nothingNew = addsNothing ? 1 : 0
        if !asked.isEmpty {
            let near = place.neighbours.reduce(into: stems.union(place.context.stems)) {
                $0.formUnion(places[$1].statement.stems)
            }
            features.askedCoverage = Double(asked.count { near.contains($0) }) / Double(asked.count)
        }
        return (features, missing)
    }

    private func isFactHeld(_ word: Statement.Word, by there: Statement) -> Bool {
        zip(claim.facts, claim.factWords).contains { fact, range in
            range.contains { claim.words[$0].piece == word.piece } && there.facts.contains(where: fact.equals)
        }
    }

    // MARK: Order

    /// The positions in the place of each word of the sentence.
    private func positions(in there: Statement) -> [String: [Int]] {
        var positions: [String: [Int]] = [:]
        for (index, word) in there.words.enumerated() { positions[word.stem, default: []].append(index) }
        return positions
    }

    private func neighbourShare(_ there: Statement) -> Double {
        let content = claim.words.filter { !$0.isFunction }
        guard content.count > 1 else { return 1 }
        let positions = positions(in: there)
        let near = zip(content, content.dropFirst()).count { first, second in
            guard let a = positions[first.stem], let b = positions[second.stem] else { return false }
            return a.contains { x in b.contains { $0 > x && $0 - x <= 4 } }
        }
        return Double(near) / Double(content.count - 1)
    }

    private func longestRun(_ there: Statement) -> Int {
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

    private func longestSequence(_ there: Statement) -> Int {
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
    private func swapsRoles(_ there: Statement) -> Bool {
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
    private func hasSubstitute(_ there: Statement, stems: Set<String>) -> Bool {
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

    // MARK: Negation

    private func opposes(
        _ place: EvidencePlace, stems: Set<String>, similarity: Double
    ) -> (negation: Bool, antonym: Bool) {
        let there = place.statement
        var negated: [String: (negated: Int, plain: Int)] = [:]
        for word in there.words where word.isContent {
            if word.isNegated {
                negated[word.stem, default: (0, 0)].negated += 1
            } else {
                negated[word.stem, default: (0, 0)].plain += 1
            }
        }
        // The opposite of a word, where the place lacks the word itself.
        var antonym = false
        let claimStems = claim.stems
        for word in claim.words where !stems.contains(word.stem) {
            let opposites = antonyms.opposites(of: word.stem).intersection(stems).subtracting(claimStems)
            guard !opposites.isEmpty else { continue }
            let isDenied = there.words.contains { opposites.contains($0.stem) && $0.isNegated }
            if word.isNegated == isDenied { antonym = true } else { return (false, false) }
        }
        for word in claim.words where word.isContent {
            let folded = word.piece.folded
            for prefix in ["un", "in", "non", "не"] where folded.count > 4 {
                let isBare =
                    folded.hasPrefix(prefix)
                    && there.words.contains { $0.piece.folded == folded.dropFirst(prefix.count) }
                let isAdded = there.words.contains { $0.piece.folded == prefix + folded }
                if isBare || isAdded, !stems.contains(word.stem), !word.isNegated { antonym = true }
            }
        }
        let deniesHere = claim.words.contains { Negation.stated.contains($0.piece.folded) }
        if deniesHere, !place.mayNegate { return (true, antonym) }
        // What the place denies is said, or the other way round.
        var turned = 0
        var kept = 0
        for word in claim.words where word.isContent {
            guard let found = negated[word.stem] else { continue }
            if word.isNegated ? found.negated == 0 : found.plain == 0 {
                turned += 1
            } else {
                kept += word.isNegated ? 1 : 0
            }
        }
        // In an equal sentence, only a real negation keeps a denial from being one.
        if deniesHere, turned > 0, kept == 0, !there.hasNegation, !place.isProhibitive, similarity >= 0.75 {
            return (true, antonym)
        }
        let isTurned = turned > 0 && kept == 0 && claim.hasNegation != there.hasNegation
        return (isTurned && (deniesHere == false || !place.mayNegate), antonym)
    }

    // MARK: Facts

    private struct FactComparison {
        var missing: [String] = []
        var lacksCounted = false
        var isOfAnother = false
    }

    private func compareFacts(
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
        return comparison
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

    /// Whether a word is made of the first letters of words of the place, as USA is.
    private func isAcronym(_ word: Statement.Word, of there: Statement) -> Bool {
        let letters = Array(word.piece.folded)
        guard (2...6).contains(letters.count), word.piece.text == word.piece.text.uppercased() else { return false }
        let initials = there.words.filter { !$0.isFunction }.map { $0.piece.folded.first }
        guard initials.count >= letters.count else { return false }
        return (0...(initials.count - letters.count)).contains { start in
            letters.indices.allSatisfy { initials[start + $0] == letters[$0] }
        }
    }
}
