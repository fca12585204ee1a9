extension Run {
    /// Reads a TREC run: `query Q0 document rank score tag` on each line. The rank is not looked at, as in trec_eval.
    /// Ids are percent-decoded, see ``trec()``.
    ///
    /// - Parameter file: The name to show in errors.
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
                    "Document \(document) stands twice in the ranking of query \(query). Remove one of the lines.")
            }
            append(Hit(document: document, score: score), for: query)
            name = fields[5]
        }
    }

    /// Writes a TREC run, queries in the order of their ids, documents best first.
    ///
    /// The format separates by white space. What stands in an id of it, of control characters and of `%` is
    /// percent-encoded as in a URL, so that `my notes.md` is `my%20notes.md`; ``init(trec:file:)`` and
    /// ``Judgements/init(qrels:file:)`` read it back.
    /// - Throws: ``EvaluationFileError`` where an id is empty.
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
                .unwritableID, file: "run", "\(what) is empty, which a TREC file cannot say. Give it one.")
        }
        return TRECID.encoded(id)
    }
}

extension Judgements {
    /// Reads judgements: TREC's `query iteration document grade`, or BEIR's `query document grade`, with or without the
    /// line of headings. Ids are percent-decoded as those of a run are; ``query(of:)`` and ``document(of:for:)`` find
    /// again what was meant as it stands.
    ///
    /// - Parameter file: The name to show in errors.
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
                    "Document \(document) is judged \(grade) for query \(query), and \(earlier) further up.")
            }
            judge(document, for: query, grade: grade)
        }
    }

    /// The id under which a query is judged: its own, or what percent-decoding makes of it; nil where it is not judged.
    public func query(of id: String) -> String? {
        if grades[id] != nil { return id }
        let decoded = TRECID.decoded(id)
        return grades[decoded] != nil ? decoded : nil
    }

    /// The id under which a document is judged for a query: its own, or what percent-decoding makes of it. One that is
    /// not judged keeps its own.
    public func document(of id: String, for query: String) -> String {
        guard let judged = grades[query], judged[id] == nil else { return id }
        let decoded = TRECID.decoded(id)
        return judged[decoded] != nil ? decoded : id
    }
}
