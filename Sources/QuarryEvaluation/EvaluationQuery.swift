import Foundation

/// A question with its accepted answers, if known.
public struct EvaluationQuery: Sendable, Hashable {
    public var id: String
    public var text: String
    /// The accepted answers; empty if the documents have none, nil if the answers are unknown.
    public var answers: [String]?
    /// The line in its file, from 1; nil for a question that is not from a file.
    public var line: Int?

    public init(id: String, text: String, answers: [String]? = nil, line: Int? = nil) {
        self.id = id
        self.text = text
        self.answers = answers
        self.line = line
    }

    /// Reads one JSON object per line: `_id` (or `id`), `text`, and optionally `answers` (or `answer`).
    ///
    /// An id is a string or an integer, and answers are a list or a single string. Other members are ignored.
    /// - `file`: The name for errors.
    /// - Throws: The error of the first line that is malformed or repeats an id.
    public static func read(jsonl text: String, file: String = "queries.jsonl") throws(EvaluationFileError)
        -> [EvaluationQuery]
    {
        let (queries, broken) = readLeniently(jsonl: Array(text.utf8), file: file)
        if let first = broken.first { throw first }
        return queries
    }

    /// Reads a file like ``read(jsonl:file:)``, but skips broken lines.
    ///
    /// - `file`: The name for errors.
    /// - Returns: The queries, and the errors of the skipped lines, in the order of the file.
    public static func readLeniently(
        jsonl bytes: [UInt8], file: String = "queries.jsonl"
    ) -> (queries: [EvaluationQuery], broken: [EvaluationFileError]) {
        var queries: [EvaluationQuery] = []
        var broken: [EvaluationFileError] = []
        var reader = EvaluationQueryReader(file: file)
        for line in numberedLines(of: bytes) {
            do throws(EvaluationFileError) {
                queries.append(try reader.read(line.content, number: line.number))
            } catch {
                broken.append(error)
            }
        }
        return (queries, broken)
    }

    fileprivate static func read(
        _ line: ArraySlice<UInt8>, number: Int, file: String
    ) throws(EvaluationFileError) -> EvaluationQuery {
        guard let text = String(validating: line, as: UTF8.self) else {
            throw EvaluationFileError(
                .malformedLine, file: file, line: number,
                "The line is not valid UTF-8. Convert the file first, for example with iconv.")
        }
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(line)) else {
            throw EvaluationFileError(
                .malformedLine, file: file, line: number,
                "A query is a JSON object with “_id” and “text”; this is “\(text.prefix(80))”.")
        }
        guard let id = (record._id ?? record.id)?.value, !id.isEmpty else {
            throw EvaluationFileError(
                .malformedLine, file: file, line: number, "The query has no “_id”.")
        }
        let answers = (record.answers ?? record.answer)?.values
        return EvaluationQuery(id: id, text: record.text, answers: answers, line: number)
    }
}

/// Reads questions one line at a time, as they come.
package struct EvaluationQueryReader: Sendable {
    private let file: String
    /// The line of each id.
    private var lines: [String: Int] = [:]

    /// - `file`: The name for errors.
    package init(file: String) { self.file = file }

    /// - `line`: Not blank, without its line feed.
    /// - Throws: The error of a line that is malformed or repeats an id.
    package mutating func read(
        _ line: ArraySlice<UInt8>, number: Int
    ) throws(EvaluationFileError) -> EvaluationQuery {
        let query = try EvaluationQuery.read(line, number: number, file: file)
        if let earlier = lines[query.id] {
            throw EvaluationFileError(
                .duplicate, file: file, line: number, "Query \(query.id) is already on line \(earlier).")
        }
        lines[query.id] = number
        return query
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
