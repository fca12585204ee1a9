import QuarryChunking
import QuarryCore
import Testing

/// Gives each text the direction of its topic: the first word of the list that it contains.
private struct TopicEmbedder: Embedder {
    var topics = ["harbour", "kitchen", "orchard"]
    var preferredCount = 3
    let fingerprint = EmbeddingFingerprint(
        provider: "testing", model: "topics", revision: "1", dimension: 4, maximumTokens: .max)

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        #expect(texts.count <= preferredCount)
        let rows = texts.map { text -> [Float] in
            var row: [Float] = [0, 0, 0, 0]
            row[topics.firstIndex { text.contains($0) } ?? 3] = 1
            return row
        }
        return EmbeddingBatch(values: rows.flatMap { $0 }, dimension: 4)
    }
}

/// Returns the same rows for every call.
private struct ConstantEmbedder: Embedder {
    var values: [Float]
    var preferredCount = 128
    let fingerprint = EmbeddingFingerprint(
        provider: "testing", model: "constant", revision: "1", dimension: 2, maximumTokens: .max)

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        EmbeddingBatch(values: values, dimension: 2)
    }
}

private func about(_ topic: String, _ count: Int) -> String {
    (1...count).map { "Sentence \($0) of a text tells something of the \(topic)." }.joined(separator: " ")
}

private func chunker(
    _ embedder: any Embedder = TopicEmbedder(), target: Int = 120, overlap: Int = 0
) throws -> SemanticChunker {
    let length = ChunkLength(target: target, maximum: target * 4 / 3, overlap: overlap)
    return try SemanticChunker(length: length, counter: WordCounter(), embedder: embedder)
}

@Suite struct SemanticChunkerTests {
    @Test func `a chunk begins where the topic changes`() async throws {
        let parts = [about("harbour", 5), about("kitchen", 7), about("orchard", 4)]
        let chunks = try await chunker().chunks(of: Document(id: "d", text: parts.joined(separator: " ")))
        #expect(chunks.map(\.text) == parts)
    }

    @Test func `a topic that is longer than a chunk is cut between sentences`() async throws {
        let text = about("harbour", 40)
        let chunks = try await chunker().chunks(of: Document(id: "d", text: text))
        #expect(chunks.count > 3)
        #expect(chunks.allSatisfy { $0.tokenCount <= 160 && $0.text.hasSuffix(".") })
        #expect(chunks.map(\.text).joined(separator: " ") == text)
    }

    @Test func `a change of topic within a few words makes no chunk of its own`() async throws {
        let text = [about("harbour", 5), "The kitchen.", about("harbour", 5)].joined(separator: " ")
        let chunks = try await chunker().chunks(of: Document(id: "d", text: text))
        #expect(chunks.allSatisfy { $0.tokenCount >= 18 })
    }

    @Test func `a heading divides one topic, and a table stays whole`() async throws {
        let table = "| a | b |\n|---|---|\n| harbour | kitchen |"
        let text = about("harbour", 3) + "\n\n## More\n\n" + about("harbour", 3) + "\n\n" + table
        func range(of part: String) throws -> Range<Int> {
            let range = try #require(text.firstRange(of: part))
            return text.utf8.distance(
                from: text.startIndex, to: range.lowerBound)..<text.utf8.distance(
                    from: text.startIndex, to: range.upperBound)
        }
        let rows = try range(of: table)
        let blocks = [
            Block(kind: .heading(level: 2, title: "More"), range: try range(of: "## More")),
            Block(kind: .table(header: rows.lowerBound..<rows.lowerBound + 19), range: rows),
        ]
        let chunks = try await chunker().chunks(of: Document(id: "d", text: text, blocks: blocks))
        #expect(chunks.count == 2)
        #expect(chunks.last?.text.hasPrefix("## More") == true)
        #expect(chunks.last?.text.hasSuffix(table) == true)
    }

    @Test func `an overlap repeats whole sentences`() async throws {
        let text = [about("harbour", 6), about("kitchen", 6)].joined(separator: " ")
        let chunks = try await chunker(overlap: 15).chunks(of: Document(id: "d", text: text))
        #expect(chunks.count == 2)
        #expect(chunks.last?.text.hasPrefix("Sentence 6 of a text tells something of the harbour. Sentence 1") == true)
    }

    @Test func `rows that are no numbers leave sentences whole and chunks within the maximum`() async throws {
        let text = about("harbour", 12)
        for value in [Float.nan, .infinity, 0] {
            let embedder = ConstantEmbedder(values: [value, value], preferredCount: 1)
            let chunks = try await chunker(embedder).chunks(of: Document(id: "d", text: text))
            #expect(chunks.map(\.text).joined(separator: " ") == text)
            #expect(chunks.allSatisfy { $0.tokenCount <= 160 })
        }
    }

    @Test func `a model that returns too few vectors is an error`() async throws {
        let chunker = try chunker(ConstantEmbedder(values: [1, 0]))
        await #expect(throws: ChunkingError.self) {
            try await chunker.chunks(of: Document(id: "d", text: about("harbour", 12)))
        }
    }

    @Test func `short documents ask no model`() async throws {
        let chunker = try chunker(ConstantEmbedder(values: []))
        let chunks = try await chunker.chunks(of: Document(id: "d", text: about("harbour", 2)))
        #expect(chunks.count == 1)
    }

    @Test func `without a model the strategy is refused with a sentence`() throws {
        let error = #expect(throws: ChunkingError.self) {
            try ChunkerRegistry().chunker(.semantic, length: ChunkLength(), counter: WordCounter())
        }
        #expect(error == .needsModel("semantic"))
        #expect(error?.description.contains("needs an embedding model") == true)
    }
}
