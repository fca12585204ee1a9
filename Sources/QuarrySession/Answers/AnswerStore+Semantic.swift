import Foundation
import GRDB
import QuarryCore
import QuarryIndex
import QuarrySQLite

extension AnswerStore {
    /// An earlier question with nearly the same meaning, and its reply.
    package struct SimilarReply: Sendable, Hashable {
        package var question: String
        /// The cosine of the two questions' vectors.
        package var similarity: Float
        package var reply: Reply
    }

    /// The nearest earlier question within a scope, if it is near enough. Tell the user about it, because near
    /// questions can still ask for different things.
    ///
    /// - Parameters:
    ///   - vector: The question's vector, of unit length.
    ///   - scope: Everything else that must be equal: the state of the index, the models, the options.
    ///   - threshold: The minimum cosine.
    /// - Returns: The first stored of equally near questions. Questions with vectors of another dimension are skipped.
    /// - Complexity: O(questions in the scope · dimension).
    package func similarReply(
        to vector: [Float], in scope: [UInt8], atLeast threshold: Double
    ) async throws -> SimilarReply? {
        let scope = ContentHash(of: scope).data
        return try await write { db in
            var best: (id: Int64, similarity: Float)?
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, vector FROM questions WHERE scope = ? ORDER BY id", arguments: [scope])
            while let row = try rows.next() {
                let question = StoredRow(row, of: "questions")
                guard let similarity = try question.withBlob(1, { cosine(vector, $0) }) else { continue }
                // Vectors of unit length: damage must not make a question near.
                guard abs(similarity) <= 1.001 else { throw question.error(1, "it is not a vector of length 1") }
                if Double(similarity) >= threshold, best.map({ similarity > $0.similarity }) ?? true {
                    best = (try question.integer(0), similarity)
                }
            }
            guard let best else { return nil }
            // In the cursor's row, bytes that are not UTF-8 are still there; a fetched copy has them repaired.
            let found = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(Reply.columns), question FROM questions JOIN replies ON digest = reply
                    WHERE questions.id = ?
                    """, arguments: [best.id])
            guard let row = try found.next() else { return nil }
            let stored = StoredRow(row, of: "questions")
            let (digest, question, reply) = (try stored.blob(0), try stored.text(5), try Reply(row))
            try AnswerSchema.touch(digest, in: db)
            return SimilarReply(question: question, similarity: best.similarity, reply: reply)
        }
    }

    /// Stores the reply to a question, so that near questions find it. Replaces the reply to the same question.
    package func store(_ reply: Reply, to question: String, vector: [Float], in scope: [UInt8]) async throws {
        let key = ContentHash(of: scope + [0] + Array(question.utf8)).data
        let scope = ContentHash(of: scope).data
        let maximumBytes = maximumBytes
        let values = Data(
            vector.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } })
        try await write { db in
            let more = question.utf8.count + values.count
            guard try AnswerSchema.insert(reply, digest: key, more: more, within: maximumBytes, in: db) else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO questions(scope, question, vector, reply) VALUES (?, ?, ?, ?)",
                arguments: [scope, question, values, key])
        }
    }
}

/// The dot product of two unit vectors, in `Float`; nil if their dimensions differ.
private func cosine(_ vector: [Float], _ bytes: UnsafeRawBufferPointer) -> Float? {
    guard !vector.isEmpty, bytes.count == vector.count * 4 else { return nil }
    var sum = Float(0)
    for index in vector.indices {
        let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        sum += vector[index] * Float(bitPattern: bits)
    }
    return sum
}
