import Foundation
import Quarry

/// Files that tasks are given.
enum TaskInput {
    private static let maximumBytes = 16 << 20
    private static let maximumExamples = 10_000

    /// A text file in UTF-8.
    static func text(_ path: String) throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try FoundFile(path: path, id: path).load(maximumBytes: maximumBytes).bytes
        } catch {
            throw CorpusError(.input, error.reason == .vanished ? "\(path): There is no such file." : "\(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CorpusError(.input, "\(path) is not valid UTF-8. Convert it first, for example with iconv.")
        }
        return text
    }

    /// The objects of a JSON Lines file.
    ///
    /// - Parameter form: What a line is, for the error of one that is something else.
    static func lines<Line: Decodable>(_ path: String, as: Line.Type, form: String) throws -> [Line] {
        let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.element.allSatisfy(\.isWhitespace) }
        guard lines.count <= maximumExamples else {
            throw CorpusError(.input, "\(path) has \(lines.count) lines; at most \(maximumExamples) are read.")
        }
        return try lines.map { index, line in
            guard let value = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw CorpusError(.input, "\(path):\(index + 1): A line is \(form); this is “\(line.prefix(80))”.")
            }
            return value
        }
    }
}
