import Foundation
import QuarryCore
import QuarryTestSupport
import QuarryTesting
import QuarryTransformers
import Testing

struct ConformanceTests {
    @Test(arguments: [1, 3]) func `a small model conforms`(workers: Int) async throws {
        let folder = try TemporaryFolder()
        let path = try TinyModel(seed: 21).write(in: folder)
        try await verifyEmbedder(TransformerEmbedder(modelDirectory: path, workers: workers))
    }

    @Test(arguments: ["bert-reranker", "xlm-roberta-reranker"])
    func `a cross-encoder conforms`(name: String) async throws {
        try await verifyReranker(CrossEncoder(modelDirectory: HeadTests.folder(name).path))
    }

    @Test(
        .enabled(
            if: ReferenceVectorTests.exists("\(ReferenceVectorTests.minilm)/model.safetensors"),
            "There is no all-MiniLM-L6-v2 in $QUARRY_MODELS or ~/.cache/quarry/models."))
    func `MiniLM conforms`() async throws {
        try await verifyEmbedder(TransformerEmbedder(modelDirectory: ReferenceVectorTests.minilm))
    }

    @Test(
        .enabled(
            if: ReferenceVectorTests.exists("\(ReferenceVectorTests.e5)/e5-small-q4.bin"),
            "There is no e5-small-q4.bin in multilingual-e5-small under $QUARRY_MODELS or ~/.cache/quarry/models."))
    func `E5 conforms`() async throws {
        try await verifyEmbedder(TransformerEmbedder(modelDirectory: ReferenceVectorTests.e5))
    }
}
