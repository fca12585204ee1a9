import QuarryCore
import QuarryRetrievalQA
import Testing

/// The reader with a question-answering model.
struct QuestionAnsweringTests {
    /// Rates each piece by whether it holds a word.
    private struct WordModel: QuestionAnsweringModel {
        var word: String
        var found = 2.0
        var missing = -3.0

        func answerLogOdds(for question: String, in passages: [[String]]) -> [[Double]] {
            passages.map { $0.map { $0.contains(word) ? found : missing } }
        }
    }

    private func retrieval(_ texts: String...) -> Retrieval {
        Retrieval(
            hits: texts.enumerated().map { index, text in
                let chunk = Chunk(
                    documentID: "d\(index)", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1)
                return ScoredChunk(
                    id: ChunkID(Int64(index)), passage: Passage(chunk: chunk, source: "d.md"), score: 1)
            })
    }

    private let texts = ("The lease runs for a year. Mrs Ilves signs it.", "Der Fluss ist lang. Die Brücke ist alt.")

    @Test func `the sentence that the model rates best is quoted, whatever words it has`() async throws {
        let reader = ExtractiveReader(questionAnswering: WordModel(word: "Brücke"))
        let read = try await reader.read("Who signs the lease?", in: retrieval(texts.0, texts.1))
        #expect(read.sentences.first?.text == "Die Brücke ist alt." && read.sentences.first?.hit == 1)
        #expect(abs(read.support - 0.8807970779778823) < 1e-12 && read.isSupported)
    }

    @Test func `log-odds below even refuse, and lower ones save the language model`() async throws {
        func read(_ odds: Double) async throws -> Extraction {
            let model = WordModel(word: "Ilves", found: odds, missing: -9)
            return try await ExtractiveReader(questionAnswering: model).read(
                "Who signs the lease?", in: retrieval(texts.0, texts.1))
        }
        let (unsure, unlikely) = (try await read(-1), try await read(-3))
        #expect(!unsure.isSupported && unsure.isWorthAsking)
        #expect(!unlikely.isSupported && !unlikely.isWorthAsking)
        #expect(unlikely.sentences.first?.text == "Mrs Ilves signs it.")
    }

    @Test func `no passages ask no model`() async throws {
        let reader = ExtractiveReader(questionAnswering: WordModel(word: "a"))
        #expect(try await reader.read("Who?", in: Retrieval()).sentences.isEmpty)
    }

    @Test func `a model that rates a piece with no number is an error`() async throws {
        let reader = ExtractiveReader(questionAnswering: WordModel(word: "Ilves", found: .nan))
        await #expect(throws: QuestionAnsweringError()) {
            try await reader.read("Who signs the lease?", in: retrieval(texts.0))
        }
    }
}
