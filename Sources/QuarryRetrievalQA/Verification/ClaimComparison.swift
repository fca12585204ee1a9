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
    /// Whether it tells the writer of an answer what to write. It is evidence for nothing but what it says of answers.
    var instructsWriter: Bool
    /// The cells of a table row; nil for anything else.
    var row: TableCells?
    /// The units that the headings and the introduction name.
    var units: [MeasureUnit] = []
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
    let all: [(word: Statement.Word, weight: Double)]
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

    func isHeld(_ word: Statement.Word, by statement: Statement, stems: Set<String>) -> Bool {
        stems.contains(word.stem) || statement.analyzed.forms.contains(word.stem)
            || claim.analyzed.isHeld(word.stem, by: statement.analyzed.forms)
            || RussianForm.isRussian(word.root) && statement.words.contains { $0.root == word.root }
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
        var absent: [Statement.Word] = []
        for (word, weight) in own {
            if isHeld(word, by: there, stems: stems) {
                direct += weight
                widened += weight
            } else if isAround(word) {
                widened += weight
            } else if stems.contains(where: { synonyms.areSynonyms(word.stem, $0) }) {
                direct += weight * 0.7
                widened += weight * 0.7
            } else {
                lacking += 1
                absent.append(word)
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
        features.isOtherBound = facts.isOtherBound

        let opposed = opposes(place, around: around, stems: stems, similarity: features.wordShare)
        features.negation = opposed.negation ? 1 : 0
        features.antonym = opposed.antonym ? 1 : 0
        features.substituted = hasSubstitute(there, stems: stems) ? 1 : 0
        features.swappedRoles = swapsRoles(there) ? 1 : 0
        // "B bought it from A" says what "A sold it to B" says.
        if opposed.isConverse { features.swappedRoles = 0 }
        features.isMixed = mixesClauses(there) || turnsRange(there) || changesAgent(there) || splitsName(there)
        features.isBorrowed = borrows(absent, from: places, besides: place)
        let added = Qualifiers.added(by: claim, to: [there] + around)
        features.isWidened = !added.isEmpty || Qualifiers.widens(claim, there)
        missing += added
        for word in Qualifiers.rates(of: claim) + claim.words.filter({ Qualifiers.sides.contains($0.piece.folded) })
        where !isHeld(word, by: there, stems: stems) && !isAround(word)
            && !stems.contains(where: { synonyms.areSynonyms(word.stem, $0) })
        {
            features.missingFact = 1
            missing.append(word.piece.text)
        }
        if let row = place.row, !row.states(claim, asked: asked, around: place.units) { features.otherSubject = 1 }
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

    func isFactHeld(_ word: Statement.Word, by there: Statement) -> Bool {
        zip(claim.facts, claim.factWords).contains { fact, range in
            range.contains { claim.words[$0].piece == word.piece } && there.facts.contains(where: fact.equals)
        }
    }

    // MARK: Negation

    private func opposes(
        _ place: EvidencePlace, around: [Statement], stems: Set<String>, similarity: Double
    ) -> (negation: Bool, antonym: Bool, isConverse: Bool) {
        let there = place.statement
        var isConverse = false
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
        for word in claim.words where !stems.contains(word.stem) && !word.isInFact {
            let opposites = antonyms.opposites(of: word.stem).intersection(stems).subtracting(claimStems)
            guard !opposites.isEmpty else { continue }
            let isDenied = there.words.contains { opposites.contains($0.stem) && $0.isNegated }
            guard word.isNegated == isDenied else { return (false, false, false) }
            if opposites.contains(where: { antonyms.areConverse(word.stem, $0) && exchanges(word.stem, $0, there) }) {
                isConverse = true
            } else {
                antonym = true
            }
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
        if deniesHere, !place.mayNegate { return (true, antonym, isConverse) }
        if turnsModality(there) { return (true, antonym, isConverse) }
        let isReversed = claim.words.contains { word in
            Negation.isReversing(word) && !stems.contains(word.stem)
                && !around.contains { $0.stems.contains(word.stem) || Negation.isPossible(in: $0) }
        }
        let isFramed = claim.words.indices.contains { Negation.framesDenial($0, in: claim) }
        if isReversed, isFramed || !place.mayNegate { return (true, antonym, isConverse) }
        // What the place denies is said, or the other way round.
        var turned = 0
        var kept = 0
        var isDeniedPlainly = false
        for word in claim.words where word.isContent {
            guard let found = negated[word.stem] else { continue }
            if word.isNegated, found.negated == 0, deniesHere, !isDenied(word.stem, in: there) {
                isDeniedPlainly = true
            }
            if word.isNegated ? found.negated == 0 : found.plain == 0 {
                turned += 1
            } else {
                kept += word.isNegated ? 1 : 0
            }
        }
        // In an equal sentence, only a real negation keeps a denial from being one.
        if deniesHere, turned > 0, kept == 0, !there.hasNegation, isDeniedPlainly || !place.isProhibitive,
            similarity >= 0.75
        {
            return (true, antonym, isConverse)
        }
        let denies = claim.hasNegation || claim.words.contains(where: Negation.isReversing)
        let isTurned = turned > 0 && kept == 0 && denies != there.hasNegation
        return (isTurned && (deniesHere == false || !place.mayNegate), antonym, isConverse)
    }

    /// Whether a clause of the place that has a word denies or forbids something.
    private func isDenied(_ stem: String, in there: Statement) -> Bool {
        let clauses = Set(there.words.filter { $0.stem == stem }.map(\.clause))
        return there.words.contains { clauses.contains($0.clause) && Negation.mayDeny($0) }
    }

    /// Whether the sentence says that something must be which the place only allows or forbids, or that it need not be
    /// which the place forbids.
    private func turnsModality(_ there: Statement) -> Bool {
        let (here, other) = (Modality(claim), Modality(there))
        if here.exempts, !other.exempts, !other.allows { return true }
        return here.obliges && !other.obliges && other.allows && !claim.hasNegation && !there.hasNegation
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
