import Foundation
import Quarry
import QuarryTestSupport
import Testing

struct ConcurrencyTests {
    @Test func `processes that start at once never see a locked database`() async throws {
        let scratch = try TemporaryFolder()
        for number in 1...60 { try scratch.write("Note \(number) on subject \(number * 13).", to: "docs/\(number).md") }
        let path = scratch.path("shared.quarry")
        let errors = (0..<6).map { scratch.url.appendingPathComponent("errors-\($0)") }
        for file in errors { try Data().write(to: file) }
        let processes = try errors.map {
            try Command.start(
                ["index", scratch.path("docs"), "--index", path, "--model", "none"],
                errors: FileHandle(forWritingTo: $0))
        }
        for (process, file) in zip(processes, errors) {
            process.waitUntilExit()
            #expect(
                process.terminationStatus == 0,
                "\(String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self))")
        }
        let index = try CorpusIndex.open(at: path)
        #expect(try index.summary().documents == 60)
        #expect(try index.problems().isEmpty)
    }

    @Test func `questions are answered while another process indexes`() async throws {
        let scratch = try TemporaryFolder()
        for number in 1...400 {
            try scratch.write(
                "Note \(number) on the subject of lighthouses, number \(number * 13).", to: "docs/\(number).md")
        }
        let path = scratch.path("live.quarry")
        try scratch.write("A first note on lighthouses.", to: "first.md")
        #expect(try Command.run("index", scratch.path("first.md"), "--index", path, "--model", "none").status == 0)
        let indexer = try Command.start(["index", scratch.path("docs"), "--index", path, "--model", "none"])
        var asked = 0
        repeat {
            let outcome = try Command.run("query", "--retrieve", "lighthouses", "--index", path, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            asked += 1
        } while indexer.isRunning
        #expect(asked > 0)
        indexer.waitUntilExit()
        #expect(indexer.terminationStatus == 0)
    }
}
