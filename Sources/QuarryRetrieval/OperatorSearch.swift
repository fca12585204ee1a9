import QuarryCore
import QuarryText

/// Finds the chunks that the operators of a question ask for.
///
/// Both legs then search only these, so that `-draft` holds for meaning as for words. Words are found by their
/// postings, phrases by the text of the chunks with their words.
struct OperatorSearch {
    let snapshot: any Snapshot
    let words: any WordIndex
    let analyzer: Analyzer
    /// The languages of the index.
    let languages: [Language]

    struct Result {
        /// The chunks that may be hits; nil for all.
        var mask: ChunkMask?
        /// The words to rank by.
        var terms: [QueryTerm]
        /// Sentences for a person.
        var warnings: [String] = []
    }

    /// How many passages are read for a phrase: those that match its words best, or the question if it is excluded.
    var maximumPassages = 5_000
    /// How many words a prefix, or a word with other letters, may stand for.
    static let maximumForms = 1_000

    /// - `mask`: The chunks that pass the filter; nil for all.
    func result(of expression: QueryExpression, among mask: ChunkMask?) async throws -> Result {
        var result = Result(mask: mask, terms: analyzer.queryTerms(of: expression.text, languages: languages))
        let ordered = [QueryExpression.Occurrence.excluded, .required, .preferred].flatMap { occurrence in
            expression.clauses.filter { $0.occurrence == occurrence }
        }
        for clause in ordered {
            let found = try await chunks(of: clause, &result)
            guard clause.occurrence != .excluded else {
                var rest = if let mask = result.mask { mask } else { try await snapshot.mask(of: .all([])) }
                rest.subtract(found)
                result.mask = rest
                continue
            }
            var both = found
            if let mask = result.mask { both.formIntersection(mask) }
            let rest = found.count > 0 ? " and meets the other conditions" : ""
            if both.count == 0, clause.occurrence == .preferred {
                result.warnings.append("No passage holds \(clause.written)\(rest); its words count as any others.")
                continue
            }
            if both.count == 0, result.mask?.count != 0 {
                result.warnings.append("No passage holds \(clause.written)\(rest).")
            }
            result.mask = both
        }
        if result.mask?.count == 0, mask?.count != 0, result.warnings.isEmpty {
            result.warnings = ["The question excludes every passage."]
        }
        return result
    }

    private func chunks(of clause: QueryExpression.Clause, _ result: inout Result) async throws -> ChunkMask {
        if clause.field == .name { return try await snapshot.mask(ofSourcesNamed: clause.text) }
        let terms = analyzer.queryTerms(of: clause.text, languages: languages)
        switch clause.match {
        case .word: return try await chunks(of: clause, with: terms, &result)
        case .phrase: return try await chunks(withPhrase: clause, terms, &result)
        case .prefix, .fuzzy:
            let written = terms.flatMap(\.forms)
            var forms = Set(written)
            let pattern = pattern(of: clause, written)
            let found = try await words.terms(matching: pattern, limit: Self.maximumForms + 1)
            if found.count > Self.maximumForms {
                result.warnings.append(
                    "\(clause.written) stands for more than \(Self.maximumForms) words; the most frequent ones were searched for."
                )
            }
            forms.formUnion(found.prefix(Self.maximumForms))
            let word = QueryTerm(forms: forms.sorted())
            if clause.occurrence != .excluded {
                for term in terms {
                    if let index = result.terms.firstIndex(of: term) { result.terms.remove(at: index) }
                }
                result.terms.append(word)
            }
            return try await chunks(of: clause, with: [word], &result)
        }
    }

    /// The chunks with all of the words in the clause's field.
    ///
    /// The headings of a chunk are those above it. A heading at its start or within it is part of its text, and is looked
    /// for there.
    private func chunks(
        of clause: QueryExpression.Clause, with terms: [QueryTerm], _ result: inout Result
    ) async throws -> ChunkMask {
        let found = try await chunks(with: terms, in: clause.field) ?? ChunkMask()
        guard clause.field == .heading else { return found }
        var others = try await chunks(with: terms, in: nil) ?? ChunkMask()
        others.subtract(found)
        let forms = terms.map { Set($0.forms) }
        let inText = try await passages(among: others, for: clause, &result) { text, language in
            let words = Set(analyzer.indexTerms(of: text, language: language))
            return forms.allSatisfy { !$0.isDisjoint(with: words) }
        }
        return ChunkMask(found.ids + inText)
    }

    /// The pattern of index terms for a prefix or a fuzzy word, in all languages of the index.
    private func pattern(of clause: QueryExpression.Clause, _ forms: [String]) -> TermPattern {
        if clause.match == .fuzzy {
            return .near(
                forms + analyzer.unstemmedForms(of: clause.text, languages: languages), edits: clause.edits ?? 1)
        }
        return .startingWith(analyzer.unstemmedForms(of: clause.text, languages: languages))
    }

    /// The chunks with all of the words; nil without words.
    private func chunks(with terms: [QueryTerm], in field: QueryExpression.Field?) async throws -> ChunkMask? {
        var mask: ChunkMask?
        for term in terms {
            // A name implies its parts: what has `parseFile` has both words of `parse file`.
            let forms = Set(term.forms)
            guard !terms.contains(where: { forms.isStrictSubset(of: $0.forms) }) else { continue }
            var found = try await words.chunks(with: term, in: field)
            if let mask { found.formIntersection(mask) }
            mask = found
        }
        return mask
    }

    private func chunks(
        withPhrase clause: QueryExpression.Clause, _ terms: [QueryTerm], _ result: inout Result
    ) async throws -> ChunkMask {
        let field = clause.field == .heading ? nil : clause.field
        let candidates = try await chunks(with: terms, in: field) ?? ChunkMask()
        var phrases: [Language?: [String]] = [:]
        return ChunkMask(
            try await passages(among: candidates, for: clause, &result) { text, language in
                let phrase = phrases[language] ?? analyzer.terms(of: clause.text, language: language)
                phrases[language] = phrase
                return analyzer.terms(of: text, language: language).contains(phrase)
            })
    }

    /// The candidates of which a text in the clause's field fulfils a condition. At most ``maximumPassages`` are read. The
    /// others fulfil it only if the clause excludes them: what may be excluded is not shown.
    private func passages(
        among candidates: ChunkMask, for clause: QueryExpression.Clause, _ result: inout Result,
        where isMatch: (String, Language?) -> Bool
    ) async throws -> [ChunkID] {
        var candidates = candidates
        if let mask = result.mask { candidates.formIntersection(mask) }
        var ids = candidates.ids
        var found: [ChunkID] = []
        if ids.count > maximumPassages {
            let isExcluded = clause.occurrence == .excluded
            ids = try await best(among: candidates, for: isExcluded ? nil : clause, result)
            if isExcluded {
                candidates.subtract(ChunkMask(ids))
                found = candidates.ids
            }
            result.warnings.append(
                "\(ids.count + found.count) passages have the words of \(clause.written); the best \(ids.count) of them "
                    + "were read\(isExcluded ? ", and the others are left out too" : "").")
        }
        for start in stride(from: 0, to: ids.count, by: 500) {
            try Task.checkCancellation()
            for (id, passage) in try await snapshot.passages(Array(ids[start..<min(start + 500, ids.count)])) {
                let language = passage.language.flatMap { Language(rawValue: $0) }
                if passage.texts(in: clause.field).contains(where: { isMatch($0, language) }) { found.append(id) }
            }
        }
        return found
    }
}

extension OperatorSearch {
    /// The candidates that match the words of a clause best, or those of the question if it is nil. Those without any
    /// such word follow while there is room.
    private func best(
        among candidates: ChunkMask, for clause: QueryExpression.Clause?, _ result: Result
    ) async throws -> [ChunkID] {
        let terms = clause.map { analyzer.queryTerms(of: $0.text, languages: languages) } ?? result.terms
        guard let leg = snapshot.legs.first(where: { $0.name == .bm25 }) else {
            return Array(candidates.ids.prefix(maximumPassages))
        }
        let query = AnalyzedQuery(clause?.text ?? "", terms: terms)
        let best = try await leg.best(for: query, limit: maximumPassages, among: candidates).map(\.id)
        var rest = candidates
        rest.subtract(ChunkMask(best))
        return best + rest.ids.prefix(maximumPassages - best.count)
    }
}

extension Passage {
    /// The texts of a field; all if it is nil.
    fileprivate func texts(in field: QueryExpression.Field?) -> [String] {
        var texts: [String] = []
        if field == nil || field == .body { texts += [chunk.text] + (chunk.tableHeader.map { [$0] } ?? []) }
        if field == nil || field == .heading { texts += chunk.headings }
        if field == .heading {
            texts += chunk.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("#") }.map(String.init)
        }
        if field == nil || field == .title, let documentTitle { texts.append(documentTitle) }
        return texts
    }
}

extension QueryExpression.Clause {
    /// The clause in a sentence: `“fail fast” in the title`.
    fileprivate var written: String {
        let place =
            switch field {
            case nil: ""
            case .title: " in the title"
            case .heading: " in a heading"
            case .body: " in the text"
            case .name: " in the name of its file"
            }
        return "“\(text)\(match == .prefix ? "*" : "")”\(edits.map { "~\($0)" } ?? "")\(place)"
    }
}
