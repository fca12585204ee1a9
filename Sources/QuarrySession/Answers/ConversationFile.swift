import Foundation
package import Quarry

/// The turns of a conversation as JSON Lines: `question` and `answer`, as in replies.
package enum ConversationFile {
    private struct Line: Decodable {
        var question: String
        var standalone: String?
        var answer: String?
        var refused: Bool?
    }

    /// The largest file that is read.
    package static let maximumBytes = 16 << 20

    /// - Parameter name: The name for errors.
    /// - Throws: ``CorpusError`` for a line that is not a turn.
    package static func turns(_ bytes: [UInt8], name: String) throws -> [Conversation.Turn] {
        try bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
            guard let turn = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
                throw CorpusError(
                    .input,
                    "\(name):\(index + 1): A turn is a JSON object on one line with “question” and “answer”; this is “\(String(decoding: line.prefix(80), as: UTF8.self))”."
                )
            }
            return Conversation.Turn(
                question: turn.question, standalone: turn.standalone, answer: turn.refused == true ? nil : turn.answer)
        }
    }
}
