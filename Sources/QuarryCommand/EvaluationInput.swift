import Foundation
import QuarryEvaluation

/// Reads the files of an evaluation.
enum EvaluationInput {
    static func queries(at path: String) throws -> [EvaluationQuery] {
        try EvaluationQuery.read(jsonl: text(at: path), file: path)
    }

    /// The questions of a file: one a line, or the records of ``queries(at:)``.
    static func questions(at path: String) throws -> [EvaluationQuery] {
        let text = try text(at: path)
        if text.first(where: { !$0.isWhitespace }) == "{" { return try EvaluationQuery.read(jsonl: text, file: path) }
        return text.split(whereSeparator: \.isNewline).enumerated().compactMap { number, line in
            let question = line.trimmingCharacters(in: .whitespaces)
            return question.isEmpty ? nil : EvaluationQuery(id: "\(number + 1)", text: question)
        }
    }

    /// The questions of a batch, and the errors of the lines that are skipped.
    static func batch(at path: String) throws -> (queries: [EvaluationQuery], broken: [EvaluationFileError]) {
        try EvaluationQuery.readLeniently(jsonl: bytes(at: path), file: path)
    }

    static func spanQuestions(at path: String) throws -> [SpanQuestion] {
        try SpanQuestion.read(jsonl: bytes(at: path), file: path)
    }

    static func judgements(at path: String) throws -> Judgements {
        try Judgements(qrels: text(at: path), file: path)
    }

    private static func text(at path: String) throws -> String {
        guard let text = String(validating: try bytes(at: path), as: UTF8.self) else {
            throw EvaluationInputError("\(path) is not valid UTF-8. Convert it first, for example with iconv.")
        }
        return text
    }

    private static func bytes(at path: String) throws -> [UInt8] {
        func failure() -> EvaluationInputError {
            EvaluationInputError(
                errno == ENOENT
                    ? "\(path): There is no such file."
                    : "\(path) cannot be read: \(String(cString: strerror(errno))). Check the path.")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let length = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if length == 0 { return bytes }
            if length < 0 {
                if errno == EINTR { continue }
                throw failure()
            }
            bytes.append(contentsOf: buffer[..<length])
        }
    }
}

/// A file of an evaluation cannot be used.
struct EvaluationInputError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
