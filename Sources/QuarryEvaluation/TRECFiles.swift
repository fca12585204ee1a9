extension Run {
    /// Reads a TREC run: `query Q0 document rank score tag` per line. The rank is ignored, as in trec_eval.
    ///
    /// Ids are percent-decoded; see ``trec()``.
    ///
    /// - `file`: The name for errors.
    public init(trec text: String, file: String = "run") throws(EvaluationFileError) {
        self.init(name: "")
        var seen: [String: Set<String>] = [:]
        for line in numberedLines(of: text) {
            let fields = fields(of: line.content)
            guard fields.count == 6, let score = Double(fields[4]), score.isFinite else {
                throw EvaluationFileError(
                    .malformedLine, file: file, line: line.number,
                    "A line of a run is “query Q0 document rank score tag”; this is “\(line.content)”.")
            }
            let (query, document) = (TRECID.decoded(fields[0]), TRECID.decoded(fields[2]))
            guard seen[query, default: []].insert(document).inserted else {
                throw EvaluationFileError(
                    .duplicate, file: file, line: line.number,
                    "Document \(document) occurs twice in the ranking of query \(query).")
            }
            append(Hit(document: document, score: score), for: query)
            name = fields[5]
        }
    }

    /// Writes a TREC run, with queries sorted by id and documents best first.
    ///
    /// White space separates the fields, so white space, control characters and `%` in ids are percent-encoded as in a
    /// URL: `my notes.md` becomes `my%20notes.md`. ``init(trec:file:)`` and ``Judgements/init(qrels:file:)`` decode it.
    /// - Throws: ``EvaluationFileError`` for an empty id.
    public func trec() throws(EvaluationFileError) -> String {
        let tag = TRECID.encoded(name.isEmpty ? "quarry" : name)
        var text = ""
        for query in queries {
            let queryID = try Run.written(query, "The query id")
            let scores = Dictionary((hits[query] ?? []).map { ($0.document, $0.score) }, uniquingKeysWith: max)
            for (index, document) in ranking(for: query).enumerated() {
                let documentID = try Run.written(document, "The document id")
                text += "\(queryID) Q0 \(documentID) \(index + 1) \(scores[document] ?? 0) \(tag)\n"
            }
        }
        return text
    }

    private static func written(_ id: String, _ what: String) throws(EvaluationFileError) -> String {
        guard !id.isEmpty else {
            throw EvaluationFileError(
                .unwritableID, file: "run", "\(what) is empty, which a TREC file does not allow.")
        }
        return TRECID.encoded(id)
    }
}

extension Judgements {
    /// Reads judgements: TREC's `query iteration document grade`, or BEIR's `query document grade`, with or without a
    /// header line.
    ///
    /// Ids are percent-decoded like those of a run. ``query(of:)`` and ``document(of:for:)`` also find ids that only
    /// look encoded.
    ///
    /// - `file`: The name for errors.
    public init(qrels text: String, file: String = "qrels") throws(EvaluationFileError) {
        self.init()
        for (index, line) in numberedLines(of: text).enumerated() {
            let fields = fields(of: line.content)
            guard fields.count == 3 || fields.count == 4, let grade = Int(fields[fields.count - 1]) else {
                if index == 0, fields.count == 3 || fields.count == 4 { continue }
                throw EvaluationFileError(
                    .malformedLine, file: file, line: line.number,
                    "A judgement is “query document grade” or “query iteration document grade” with a whole number "
                        + "last; this is “\(line.content)”.")
            }
            let (query, document) = (TRECID.decoded(fields[0]), TRECID.decoded(fields[fields.count - 2]))
            if let earlier = self[query]?[document], earlier != grade {
                throw EvaluationFileError(
                    .duplicate, file: file, line: line.number,
                    "Document \(document) has grade \(grade) for query \(query), but \(earlier) on an earlier line."
                )
            }
            judge(document, for: query, grade: grade)
        }
    }

    /// The judged id of a query: the id itself, or its percent-decoded form; nil if it is not judged.
    public func query(of id: String) -> String? {
        if grades[id] != nil { return id }
        let decoded = TRECID.decoded(id)
        return grades[decoded] != nil ? decoded : nil
    }

    /// The judged id of a document for a query: the id itself, or its percent-decoded form. An unjudged id is returned
    /// unchanged.
    public func document(of id: String, for query: String) -> String {
        guard let judged = grades[query], judged[id] == nil else { return id }
        let decoded = TRECID.decoded(id)
        return judged[decoded] != nil ? decoded : id
    }
}
