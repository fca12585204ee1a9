import Foundation
import QuarryEvaluation

/// Reads the files of an evaluation.
enum EvaluationInput {
    static func queries(at path: String) throws -> [EvaluationQuery] {
        try EvaluationQuery.read(jsonl: text(at: path), file: path)
    }

    static func judgements(at path: String) throws -> Judgements {
        try Judgements(qrels: text(at: path), file: path)
    }

    private static func text(at path: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard let text = String(validating: data, as: UTF8.self) else {
            throw EvaluationInputError(path: path)
        }
        return text
    }
}

struct EvaluationInputError: Error, CustomStringConvertible {
    var path: String
    var description: String { "\(path) is not valid UTF-8. Convert it first, for example with iconv." }
}
