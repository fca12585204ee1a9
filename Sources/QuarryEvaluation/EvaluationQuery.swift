import Foundation

/// A question with what is known of its answer.
public struct EvaluationQuery: Sendable, Hashable {
    public var id: String
    public var text: String
    /// Accepted answers, empty where the documents hold none; nil where the set says nothing of answers.
    public var answers: [String]?
    /// The line of the file it was read from, from 1; nil for a question that comes from no file.
    public var line: Int?

    public init(id: String, text: String, answers: [String]? = nil, line: Int? = nil) {
        self.id = id
        self.text = text
        self.answers = answers
        self.line = line
    }

    /// Reads one JSON object on each line: `_id` (or `id`), `text`, and `answers` (or `answer`) where known.
    ///
    /// An id may be a string or a whole number; answers a list or a single string. Other members are not looked at.
    /// - Parameter file: The name to show in errors.
    public static func read(jsonl text: String, file: String = "queries.jsonl") throws(EvaluationFileError)
        -> [EvaluationQuery]
    {
        var queries: [EvaluationQuery] = []
        var lines: [String: Int] = [:]
        let decoder = JSONDecoder()
        for line in numberedLines(of: text) {
            let record: Record
            do {
                record = try decoder.decode(Record.self, from: Data(line.content.utf8))
            } catch {
                throw EvaluationFileError(
                    .malformedLine, file: file, line: line.number,
                    "A query is a JSON object with “_id” and “text”; this is “\(line.content.prefix(80))”.")
            }
            guard let id = (record._id ?? record.id)?.value else {
                throw EvaluationFileError(
                    .malformedLine, file: file, line: line.number, "The query has no “_id”. Give it one.")
            }
            if let earlier = lines.updateValue(line.number, forKey: id) {
                throw EvaluationFileError(
                    .duplicate, file: file, line: line.number, "Query \(id) stands on line \(earlier) already.")
            }
            let answers = (record.answers ?? record.answer)?.values
            queries.append(EvaluationQuery(id: id, text: record.text, answers: answers, line: line.number))
        }
        return queries
    }
}

private struct Record: Decodable {
    var _id: Identifier?
    var id: Identifier?
    var text: String
    var answers: Answers?
    var answer: Answers?
}

private struct Identifier: Decodable {
    var value: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            value = String(number)
        } else {
            value = try container.decode(String.self)
        }
    }
}

private struct Answers: Decodable {
    var values: [String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let single = try? container.decode(String.self) {
            values = [single]
        } else {
            values = try container.decode([String].self)
        }
    }
}
