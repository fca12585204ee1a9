import GRDB
import QuarryCore
import QuarryProviders

/// Finds the text for which a request of many was refused.
extension IndexingBatch {
    /// Whether the model takes texts at all just now: then one that it does not take is to blame itself.
    func takesTexts() async throws -> Bool { try await vectors(of: ["A text."]) != nil }

    /// The first text that the model does not take, found by asking for ever smaller parts. What it takes meanwhile is
    /// kept.
    ///
    /// - Returns: Nil where no text alone was refused, but parts were taken: what is left can be asked for again.
    /// - Throws: The error, where the model takes nothing.
    /// - Complexity: O(log texts) requests.
    func refusedText(after error: ProviderError) async throws -> RefusedText? {
        var suspects = try stored().missing
        let asked = Self.tokens(of: suspects)
        var hasTaken = false
        while suspects.count > 1 {
            let half = Array(suspects.prefix(suspects.count / 2))
            if try await keepsVectors(of: half) {
                hasTaken = true
                suspects.removeFirst(half.count)
            } else {
                suspects = half
            }
        }
        guard let text = suspects.first else { throw error }
        if try await keepsVectors(of: [text]) { return nil }
        if !hasTaken { hasTaken = try await takesTexts() }
        guard hasTaken else { throw error }
        return RefusedText(digest: text.digest, reason: error, asked: asked)
    }

    private func keepsVectors(of texts: [Text]) async throws -> Bool {
        guard let vectors = try await vectors(of: texts.map(\.text)) else { return false }
        try translatingErrors(path: index.path) {
            try index.pool.write { db in
                try PendingVectors.insert(
                    vectors, of: texts.map(\.digest),
                    generation: SettingsTable.integer(SettingsTable.generation, in: db) ?? 1, in: db)
            }
        }
        return true
    }

    /// Nil where the model refuses them.
    private func vectors(of texts: [String]) async throws -> EmbeddingBatch? {
        do {
            return try await embedder?.embed(texts, as: .passage)
        } catch let error as ProviderError {
            guard error.mayConcernOneText || error.position != nil else { throw error }
            return nil
        }
    }
}

extension ProviderError {
    /// Whether it may be for one text among many that a request was refused.
    var mayConcernOneText: Bool {
        let codes: [Code] = [.contentFiltered, .requestRefused, .invalidInput]
        return position == nil && codes.contains(code)
    }
}
