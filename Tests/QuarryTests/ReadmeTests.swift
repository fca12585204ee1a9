import Foundation
import Quarry
import QuarryTestSupport
import Testing

struct ReadmeTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let models = ModelStore(path: Corpus.Configuration().modelFolder)

    /// The README's snippet, with other paths.
    private func snippet(file: String, folder: String) async throws -> Answer {
        // README begins
        let corpus = try await Corpus.open(at: file)
        try await corpus.index([folder])
        let answer = try await corpus.answer("Who signs the lease?")
        print(answer.text)
        for citation in answer.citations { print(citation.location, citation.quote) }
        // README ends
        return answer
    }

    @Test(arguments: ["README.md", "docs/library.md", "Sources/Quarry/Quarry.docc/GettingStarted.md"])
    func `the papers contain this file's snippet`(paper: String) throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let body = source.components(separatedBy: "// README begins\n")[1].components(
            separatedBy: "        // README ends")[0]
        let code = body.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("        ") ? String($0.dropFirst(8)) : String($0) }.joined(separator: "\n")
            .replacingOccurrences(of: "at: file", with: "at: \"notes.quarry\"")
            .replacingOccurrences(of: "index([folder])", with: "index([\"notes\"])")
        let text = try String(contentsOf: Self.package.appendingPathComponent(paper), encoding: .utf8)
        #expect(text.contains(code))
    }

    @Test(
        .enabled(
            if: LocalModelCatalog.model(named: "multilingual-e5-small").map(models.isInstalled) ?? false,
            "multilingual-e5-small is not installed: quarry models pull multilingual-e5-small"))
    func `the snippet answers with a citation`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("# Lease\n\nThe lease is signed by the tenant, Mrs Ilves.\n", to: "notes/lease.md")
        let answer = try await snippet(file: folder.path("notes.quarry"), folder: folder.path("notes"))
        #expect(answer.text.contains("Mrs Ilves"))
        #expect(answer.citations.first?.location.source == "notes/lease.md")
        #expect(answer.citations.first?.location.lines == 3...3)
    }
}
