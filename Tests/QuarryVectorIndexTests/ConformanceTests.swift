import QuarryCore
import QuarryTestSupport
import QuarryTesting
import QuarryVectorIndex
import Testing

struct VectorIndexConformanceTests {
    @Test func `an index in memory conforms`() async throws {
        try await verifyVectorStore { try VectorIndex(dimension: $0) }
    }

    @Test func `an index in a file conforms, and is sound afterwards`() async throws {
        let folder = try TemporaryFolder()
        var paths: [String] = []
        try await verifyVectorStore { dimension in
            paths.append(folder.path("\(paths.count).vectors"))
            return try VectorIndex(at: .file(paths[paths.count - 1]), dimension: dimension)
        }
        #expect(paths.count >= 2)
        for path in paths { #expect(try await VectorIndex(at: .file(path), dimension: 8).problems().isEmpty) }
    }
}
