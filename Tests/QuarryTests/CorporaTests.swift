import Foundation
import Quarry
import QuarryEvaluation
import QuarryTestSupport
import Testing

private let models = ModelStore(path: ProcessInfo.processInfo.environment["QUARRY_MODELS"] ?? "~/.cache/quarry/models")

/// Runs the questions of the repository's corpora with the default model.
struct CorporaTests {
    private static let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("corpora")

    private struct Question: Decodable {
        var text: String
        var answer: String?
        var document: String?
        var quote: String?
    }

    private func questions() throws -> [Question] {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path).sorted()
        return try folders.flatMap { folder -> [Question] in
            let file = Self.corpora.appendingPathComponent(folder).appendingPathComponent("questions.jsonl")
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
            return try text.split(separator: "\n").map { try JSONDecoder().decode(Question.self, from: Data($0.utf8)) }
        }
    }

    @Test(
        .enabled(
            if: LocalModelCatalog.model(named: LocalModelCatalog.defaultModelName).map(models.isInstalled) ?? false,
            "\(LocalModelCatalog.defaultModelName) is not installed: quarry models pull \(LocalModelCatalog.defaultModelName)"
        ))
    func `our own questions find their passages, quotes and refusals`() async throws {
        let folder = try TemporaryFolder()
        var configuration = Corpus.Configuration()
        configuration.modelFolder = models.directory.path
        let corpus = try await Corpus.open(at: folder.path("corpora.quarry"), configuration: configuration)
        let report = try await corpus.index([Self.corpora.path])
        #expect(report.documents >= 40)
        #expect(report.quarantined.isEmpty)
        #expect(try corpus.file.problems().isEmpty)

        var (found, quoted, refused, wronglyRefused) = (0, 0, 0, 0)
        let questions = try questions()
        let answerable = questions.filter { $0.answer != nil }
        for question in questions {
            let answer = try await corpus.answer(question.text)
            guard let quote = question.quote else {
                refused += answer.isRefused ? 1 : 0
                continue
            }
            found += answer.hits.contains { $0.chunk.text.contains(quote) } ? 1 : 0
            wronglyRefused += answer.isRefused ? 1 : 0
            quoted +=
                answer.citations.contains { $0.quote.contains(question.answer ?? quote) || $0.quote.contains(quote) }
                ? 1 : 0
            for citation in answer.citations { try check(citation) }
        }
        let unanswerable = questions.count - answerable.count
        let summary =
            "\(found)/\(answerable.count) found, \(quoted) quoted, \(wronglyRefused) wrongly refused, \(refused)/\(unanswerable) rightly refused"
        #expect(Double(found) >= 0.95 * Double(answerable.count), "\(summary)")
        #expect(Double(quoted) >= 0.75 * Double(answerable.count), "\(summary)")
        #expect(Double(wronglyRefused) <= 0.15 * Double(answerable.count), "\(summary)")
        #expect(Double(refused) >= 0.5 * Double(unanswerable), "\(summary)")
    }

    /// Checks that the cited bytes equal the quote.
    private func check(_ citation: Citation) throws {
        let name = citation.location.source.dropFirst("corpora/".count)
        let bytes = Array(try Data(contentsOf: Self.corpora.appendingPathComponent(String(name))))
        #expect(String(decoding: bytes[citation.location.bytes], as: UTF8.self) == citation.quote)
        #expect(citation.quoteDigest == ContentHash(of: citation.quote))
        #expect(citation.sourceDigest == ContentHash(of: bytes))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[citation.location.lines.lowerBound - 1].contains(citation.quote.split(separator: "\n")[0]))
    }
}
