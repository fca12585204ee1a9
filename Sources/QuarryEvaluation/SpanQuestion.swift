import Foundation

/// A question with the stretches of text that answer it.
public struct SpanQuestion: Sendable, Hashable, Decodable {
    public var id: String
    public var text: String
    /// The document that answers it; nil if judgements name it.
    public var document: String?
    /// Ranges of Unicode code points in the document's text as its file has it.
    public var spans: [Range<Int>]
    /// The answers, word for word as in the document, for questions without spans.
    public var quotes: [String]

    private struct BadSpan: Error, CustomStringConvertible {
        var numbers: [Int]
        var description: String { "“spans” has \(numbers), which is not a start and an end" }
    }

    private enum Key: String, CodingKey { case _id, id, text, doc, document, spans, answers, quotes }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        id = try values.decodeIfPresent(String.self, forKey: ._id) ?? values.decode(String.self, forKey: .id)
        text = try values.decode(String.self, forKey: .text)
        document =
            try values.decodeIfPresent(String.self, forKey: .doc)
            ?? values.decodeIfPresent(String.self, forKey: .document)
        spans = try (values.decodeIfPresent([[Int]].self, forKey: .spans) ?? []).map { pair in
            guard pair.count == 2, pair[0] >= 0, pair[0] <= pair[1] else { throw BadSpan(numbers: pair) }
            return pair[0]..<pair[1]
        }
        quotes =
            try values.decodeIfPresent([String].self, forKey: .quotes)
            ?? values.decodeIfPresent([String].self, forKey: .answers) ?? []
    }

    /// Reads one JSON object per line: `_id` (or `id`), `text`, `doc` (or `document`), and `spans` or `quotes` (or `answers`).
    ///
    /// - `file`: The name for errors.
    /// - Throws: The error of the first line that is malformed.
    public static func read(jsonl bytes: [UInt8], file: String) throws(EvaluationFileError) -> [SpanQuestion] {
        var questions: [SpanQuestion] = []
        for line in numberedLines(of: bytes) {
            do {
                questions.append(try JSONDecoder().decode(SpanQuestion.self, from: Data(line.content)))
            } catch {
                let reason = (error as? DecodingError)?.plainReason ?? "\(error)"
                throw EvaluationFileError(
                    .malformedLine, file: file, line: line.number,
                    "A question is a JSON object with “_id”, “text”, “doc” and “spans” or “quotes”. Here \(reason.prefix(200))."
                )
            }
        }
        return questions
    }
}

extension DecodingError {
    /// What is wrong, in plain words.
    fileprivate var plainReason: String {
        func place(_ context: Context) -> String? {
            guard let last = context.codingPath.last(where: { $0.intValue == nil }) else { return nil }
            return "“\(last.stringValue)”"
        }
        switch self {
        case .keyNotFound(let key, _): return "“\(key.stringValue)” is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return place(context).map { "\($0) has a value of another type" } ?? "is no object"
        case .dataCorrupted(let context):
            return place(context).map { "\($0) has a value that cannot be used" } ?? "is text that is not JSON"
        @unknown default: return "is something that cannot be read"
        }
    }
}
