import Foundation
import Quarry
import QuarryTestSupport
import Testing

/// `quarry generation`, and another `--model` for an index.
struct GenerationCommandTests {
    private func notes(_ count: Int) throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        for number in 1...count {
            try scratch.write("Note \(number) says that item \(number * 37) is stored.\n", to: "docs/\(number).md")
        }
        return scratch
    }

    @Test func `another model builds a generation, answers from it, and one step leads back`() throws {
        let (first, second) = (try EmbeddingServer(), try EmbeddingServer(model: "others", dimension: 12))
        let scratch = try notes(5)
        #expect(try Command.run("index", "docs", "--model", first.url, in: scratch.url).status == 0)
        let plan = try Command.run("update", "--plan", "--model", "\(second.url)#others", in: scratch.url)
        #expect(plan.status == 0 && plan.errors.contains("would build generation 2"), "\(plan)")
        let built = try Command.run("update", "--model", second.url, in: scratch.url)
        #expect(built.status == 0, "\(built)")
        let meanwhile = "beside generation 1; questions are answered from generation 1 until"
        #expect(built.errors.contains(meanwhile), "\(built)")
        #expect(built.errors.contains("generation 2 is complete: questions are answered from it now"), "\(built)")
        let listed = try Command.run("generation", "list", in: scratch.url)
        #expect(listed.output.contains("1: 5 vectors × 16") && listed.output.contains("2 (live): 5 vectors × 12"))
        // The question goes to the model of the generation.
        #expect(try Command.run("query", "--retrieve", "item 37 now", in: scratch.url).status == 0)
        #expect(second.answeredTexts.contains("item 37 now") && !first.answeredTexts.contains("item 37 now"))
        #expect(
            try Command.run("query", "--retrieve", "--generation", "1", "item 37 then", in: scratch.url).status == 0)
        #expect(first.answeredTexts.contains("item 37 then"))
        let unknown = try Command.run("query", "--retrieve", "--generation", "9", "item 37", in: scratch.url)
        #expect(unknown.status == 1 && unknown.errors.contains("It has 1, 2."), "\(unknown)")

        #expect(try Command.run("generation", "drop", "2", in: scratch.url).status == 1)
        let back = try Command.run("generation", "switch", "1", "--json", in: scratch.url)
        #expect(back.status == 0 && back.output.contains("\"before\" : 2"), "\(back)")
        let dropped = try Command.run("generation", "drop", "2", in: scratch.url)
        #expect(dropped.status == 0 && dropped.output.contains("quarry compact"), "\(dropped)")
        #expect(try Command.run("doctor", in: scratch.url).status == 0)
    }

    @Test func `no question fails while generations are switched`() async throws {
        let (first, second) = (try EmbeddingServer(), try EmbeddingServer(model: "others", dimension: 12))
        let scratch = try notes(5)
        #expect(try Command.run("index", "docs", "--model", first.url, in: scratch.url).status == 0)
        #expect(try Command.run("update", "--model", second.url, "--no-switch", in: scratch.url).status == 0)
        let path = scratch.path("index.quarry")
        var switches: Int64 = 0
        for number in 1...8 {
            let process = try Command.start(["query", "--retrieve", "item \(number)"], in: scratch.url)
            let before = switches
            while process.isRunning {
                _ = try await CorpusIndex.open(at: path).switchGeneration(to: 1 + switches % 2)
                switches += 1
                try await Task.sleep(for: .milliseconds(3))
            }
            #expect(process.terminationStatus == 0 && switches > before, "question \(number)")
        }
        #expect(switches > 16)
    }

    @Test func `after a kill the generation is continued, and the earlier one answers meanwhile`() async throws {
        // The second server answers a part of the requests, so that the run still tries when it is killed.
        let (first, busy) = (
            try EmbeddingServer(), try EmbeddingServer(answered: 3, thenStatus: 503, model: "others", dimension: 12)
        )
        let scratch = try notes(400)
        #expect(try Command.run("index", "docs", "--model", first.url, in: scratch.url).status == 0)
        let process = try Command.start(["index", "docs", "--model", busy.url], in: scratch.url)
        func generations() async throws -> [VectorGeneration] {
            try await CorpusIndex.open(at: scratch.path("index.quarry"), readOnly: true).generations()
        }
        while process.isRunning {
            if let building = try await generations().last, !building.isLive, building.vectors > 0 { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try await generations().map(\.isLive) == [true, false])
        #expect(try Command.run("query", "--retrieve", "item 37", in: scratch.url).status == 0)
        let early = try Command.run("generation", "switch", "2", in: scratch.url)
        #expect(early.status == 1 && early.errors.contains("--incomplete"), "\(early)")

        let working = try EmbeddingServer(model: "others", dimension: 12)
        let resumed = try Command.run("index", "docs", "--model", working.url, "--no-switch", in: scratch.url)
        #expect(resumed.status == 0 && resumed.errors.contains("quarry generation switch 2"), "\(resumed)")
        #expect(working.answeredTexts.count(where: { $0.hasPrefix("Note") }) < 400)
        #expect(try await generations().map(\.missing) == [0, 0])
        #expect(try await generations().map(\.isLive) == [true, false])
    }
}
