extension Run {
    /// Reads a TREC run: `query Q0 document rank score tag` on each line. The rank is not looked at, as in trec_eval.
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
            guard seen[fields[0], default: []].insert(fields[2]).inserted else {
                throw EvaluationFileError(
                    .duplicate, file: file, line: line.number,
                    "Document \(fields[2]) stands twice in the ranking of query \(fields[0]). Remove one of the lines.")
            }
            append(Hit(document: fields[2], score: score), for: fields[0])
            name = fields[5]
        }
    }

    /// Writes a TREC run, queries in the order of their ids, documents best first.
    ///
    /// Throws where an id or the name holds white space, which the format cannot say.
    public func trec() throws(EvaluationFileError) -> String {
        let tag = name.isEmpty ? "quarry" : name
        try Run.check(tag, "The run's name")
        var text = ""
        for query in queries {
            try Run.check(query, "The query id")
            let scores = Dictionary((hits[query] ?? []).map { ($0.document, $0.score) }, uniquingKeysWith: max)
            for (index, document) in ranking(for: query).enumerated() {
                try Run.check(document, "The document id")
                text += "\(query) Q0 \(document) \(index + 1) \(scores[document] ?? 0) \(tag)\n"
            }
        }
        return text
    }

    private static func check(_ id: String, _ what: String) throws(EvaluationFileError) {
        guard id.isEmpty || id.contains(where: \.isWhitespace) else { return }
        throw EvaluationFileError(
            .unwritableID, file: "run",
            "\(what) “\(id)” cannot stand in a TREC file, which separates by white space. Use ids without it.")
    }
}

extension Judgements {
    /// Reads judgements: TREC's `query iteration document grade`, or BEIR's `query document grade`, with or without the
    /// line of headings.
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
            let (query, document) = (fields[0], fields[fields.count - 2])
            if let earlier = self[query]?[document], earlier != grade {
                throw EvaluationFileError(
                    .duplicate, file: file, line: line.number,
                    "Document \(document) is judged \(grade) for query \(query), and \(earlier) further up.")
            }
            judge(document, for: query, grade: grade)
        }
    }
}
