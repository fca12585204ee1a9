import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTransformers
import Testing

/// Models with a head against Hugging Face's `transformers` (see Fixtures/make_head_models.py).
struct HeadTests {
    private struct Reference: Decodable {
        struct Model: Decodable {
            var ids: [[Int32]]?
            var types: [[Int32]]?
            var logits: [[Double]]?
            var margins: [[Double]]?
        }
        var pairs: [[String]]
        var models: [String: Model]
    }

    /// The questions of the reference, with their passages in pieces.
    private static let questions: [(question: String, pieces: [String])] = [
        (
            "where stands the mill ?",
            ["the old mill stands by the river .", " a garden of stone .", " north of the bridge"]
        ),
        (
            "who",
            ["winter light . "] + [String](repeating: "the garden of the town , paper . ", count: 9) + ["old stone"]
        ),
    ]

    static func folder(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            .appending(path: "heads/\(name)")
    }

    private func reference() throws -> Reference {
        try JSONDecoder().decode(Reference.self, from: Data(contentsOf: Self.folder("reference.json")))
    }

    private func hit(_ id: Int64, _ text: String) -> ScoredChunk {
        let chunk = Chunk(documentID: "d\(id)", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1)
        return ScoredChunk(id: ChunkID(id), passage: Passage(chunk: chunk, source: "d.md"), score: 0)
    }

    @Test(arguments: ["bert-reranker", "xlm-roberta-reranker"])
    func `pairs have the reference's ids and token types, cut at the longer text`(name: String) throws {
        let reference = try reference()
        let tokenizer = try TokenizerFile.parse([UInt8](Data(contentsOf: Self.folder("\(name)/tokenizer.json"))))
        let template = try #require(tokenizer.template.pair)
        let model = try #require(reference.models[name])
        let (ids, types) = (try #require(model.ids), try #require(model.types))
        for (row, pair) in reference.pairs.enumerated() {
            let tokens = tokenizer.encode(pair[0], pair[1], in: template, maximum: 40)
            #expect(tokens.ids == ids[row], "\(pair)")
            #expect(tokens.ids.indices.map { $0 < tokens.secondTypeStart ? 0 : 1 } == types[row], "\(pair)")
        }
    }

    @Test(arguments: ["bert-reranker", "xlm-roberta-reranker"])
    func `scores of a cross-encoder equal those of the reference`(name: String) async throws {
        let reference = try reference()
        let model = try CrossEncoder(modelDirectory: try Self.folder(name).path)
        let logits = try #require(reference.models[name]?.logits)
        for (row, pair) in reference.pairs.enumerated() {
            let score = try await model.scores(of: [pair[1]], for: pair[0])[0]
            // The configuration of the first model has the activation Identity, that of the second has none.
            let expected = name == "bert-reranker" ? logits[row][0] : 1 / (1 + exp(-logits[row][0]))
            #expect(abs(score - expected) < 1e-5, "\(pair)")
        }
    }

    @Test func `candidates are ordered by score, and read under their headings`() async throws {
        let model = try CrossEncoder(modelDirectory: try Self.folder("bert-reranker").path)
        let texts = ["stone", "the old mill stands by the river . north of the bridge", "a garden", "unheard words"]
        let scores = try await model.scores(of: texts, for: "where")
        let hits = texts.enumerated().map { hit(Int64($0), $1) }
        let ranked = try await model.rerank(hits, for: AnalyzedQuery("where"))
        #expect(ranked.map(\.score) == scores.sorted(by: >))
        let best = try #require(scores.indices.max { scores[$0] < scores[$1] })
        #expect(ranked.first?.chunk.text == texts[best])
        #expect(try await model.rerank([], for: AnalyzedQuery("where")).isEmpty)
        var headed = hit(9, "stone")
        headed.passage.chunk.headings = ["garden"]
        let (under, expected) = (
            try await model.rerank([headed], for: AnalyzedQuery("where"))[0].score,
            try await model.scores(of: ["garden\nstone"], for: "where")[0]
        )
        #expect(under == expected)
    }

    @Test(arguments: ["bert-answers", "xlm-roberta-answers"])
    func `answers have the reference's margins, also over several windows`(name: String) async throws {
        let expected = try #require(try reference().models[name]?.margins)
        let model = try TransformerQuestionAnswering(modelDirectory: try Self.folder(name).path)
        for (row, (question, pieces)) in Self.questions.enumerated() {
            let margins = try await model.answerLogOdds(for: question, in: [pieces])[0]
            try #require(margins.count == expected[row].count)
            for (margin, expected) in zip(margins, expected[row]) { #expect(abs(margin - expected) < 3e-5) }
        }
        let empty = try await model.answerLogOdds(for: "who", in: [[], ["", " "], ["stone", ""]])
        #expect(empty.map(\.count) == [0, 2, 2] && empty[1].allSatisfy { $0 < -10 } && empty[2][0] == empty[2][1])
        #expect(try await model.answerLogOdds(for: "", in: []).isEmpty)
    }

    @Test func `a model of another kind is an error with the missing tensor or the number of labels`() throws {
        func error(_ open: () throws -> Void) throws -> TransformerError {
            try #require(throws: TransformerError.self) { try open() }
        }
        let entailment = try error {
            _ = try CrossEncoder(modelDirectory: try Self.folder("bert-entailment").path)
        }
        #expect(entailment.code == .unsupported && entailment.message.contains("3 labels (contradiction, entailment"))
        #expect(entailment.path?.hasSuffix("config.json") == true)
        let answers = try error { _ = try CrossEncoder(modelDirectory: try Self.folder("bert-answers").path) }
        #expect(answers.code == .malformed && answers.message.contains("bert.pooler.dense.weight"))
        let reranker = try error {
            _ = try TransformerQuestionAnswering(modelDirectory: try Self.folder("xlm-roberta-reranker").path)
        }
        #expect(reranker.code == .malformed && reranker.message.contains("qa_outputs.weight"))
        let scratch = try TemporaryFolder()
        let embedder = try error {
            _ = try CrossEncoder(modelDirectory: try TinyModel(seed: 1).write(in: scratch))
        }
        #expect(embedder.message.contains("pooler.dense.weight") || embedder.message.contains("template"))
    }

    @Test func `wrong settings of a head are errors with their file`() throws {
        let scratch = try TemporaryFolder()
        let source = try Self.folder("bert-reranker")
        func error(_ name: String, _ change: (inout [String: Any]) -> Void, file: String = "config.json") throws
            -> TransformerError
        {
            let folder = scratch.url.appending(path: name)
            try FileManager.default.copyItem(at: source, to: folder)
            let path = folder.appending(path: file)
            let data = (try? Data(contentsOf: path)) ?? Data("{}".utf8)
            var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            change(&object)
            try JSONSerialization.data(withJSONObject: object).write(to: path)
            return try #require(throws: TransformerError.self) { try CrossEncoder(modelDirectory: folder.path) }
        }
        let gap = try error("a") { $0["id2label"] = ["0": "a", "2": "b"] }
        #expect(gap.message.contains("id2label") && gap.path?.hasSuffix("config.json") == true)
        let shape = try error("b") { $0["id2label"] = ["0": "a", "1": "b"] }
        #expect(shape.message.contains("classifier.weight") && shape.message.contains("[2, 12]"))
        let activation = try error("c") { $0["sentence_transformers"] = ["activation_fn": "torch.nn.Softsign"] }
        #expect(activation.code == .unsupported && activation.message.contains("Softsign"))
        let short = try error("d", { $0["model_max_length"] = 4 }, file: "tokenizer_config.json")
        #expect(short.message.contains("4 tokens"))
        let single = try error("e", { $0["post_processor"] = nil }, file: "tokenizer.json")
        #expect(single.code == .unsupported && single.path?.hasSuffix("tokenizer.json") == true)
    }
}
