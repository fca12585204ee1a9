import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryText

/// What an index holds of a document, to compare it with the document as it is read now.
struct DocumentState: Sendable {
    /// The name of its source.
    var source: String
    var sha256: ContentHash
    /// As ``SourceMapCodec`` writes it.
    var sourceMap: Data
}

extension CorpusIndex {
    /// The states of the documents with these keys, as far as there are any.
    func documentStates(of keys: [String]) async throws -> [ExactText: DocumentState] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sources.name, documents.sha256, documents.source_map
                    FROM documents JOIN sources ON sources.id = documents.source WHERE documents.key = ?
                    """)
            var documents: [ExactText: DocumentState] = [:]
            for key in keys {
                guard let row = try Row.fetchOne(statement, arguments: [key]) else { continue }
                let stored = StoredRow(row, of: "documents")
                documents[ExactText(key)] = DocumentState(
                    source: try stored.text(0), sha256: try stored.digest(1), sourceMap: try stored.blob(2))
            }
            return documents
        }
    }
}
