import Foundation
import Quarry
import QuarryTestSupport
import Testing

struct ReadmeTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let models = ModelStore(
        path: ProcessInfo.processInfo.environment["QUARRY_MODELS"] ?? "~/.cache/quarry/models")

    /// The README's snippet, word for word but for the paths.
    private func snippet(models: String, notes: String, docs: String) async throws -> Answer {
        // README begins
        let model = try ModelStore(path: models).embedder("multilingual-e5-small")
        let index = try CorpusIndex.openOrCreate(at: notes, embedder: model)
        try await Indexer(index, embedder: model).index([.path(docs)])

        let retriever = try index.retriever(embedder: model)
        let qa = RetrievalQA(retriever: retriever, reader: ExtractiveReader(embedder: model))
        let answer = try await qa.answer("Who signs the lease?")
        print(answer.text)
        for citation in answer.citations { print(citation.location.source, citation.location.lines, citation.quote) }
        // README ends
        return answer
    }

    @Test func `the snippet in the README is this file's`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let body = source.components(separatedBy: "// README begins\n")[1].components(
            separatedBy: "        // README ends")[0]
        let code = body.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : String($0) }.joined(separator: "\n")
            .replacingOccurrences(of: "path: models", with: "path: \"~/.cache/quarry/models\"")
            .replacingOccurrences(of: "at: notes", with: "at: \"notes.quarry\"")
            .replacingOccurrences(of: ".path(docs)", with: ".path(\"docs\")")
        let readme = try String(contentsOf: Self.package.appendingPathComponent("README.md"), encoding: .utf8)
        #expect(readme.contains(code))
    }

    @Test(
        .enabled(
            if: LocalModelCatalog.model(named: "multilingual-e5-small").map(models.isInstalled) ?? false,
            "multilingual-e5-small is not installed: quarry models pull multilingual-e5-small"))
    func `the snippet answers with a citation`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "docs/lease.md")
        let answer = try await snippet(
            models: Self.models.directory.path, notes: folder.path("notes.quarry"), docs: folder.path("docs"))
        #expect(answer.text.contains("Mrs Ilves"))
        #expect(answer.citations.first?.location.source == "docs/lease.md")
        #expect(answer.citations.first?.location.lines == 3...3)
    }
}
