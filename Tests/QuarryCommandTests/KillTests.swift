import Foundation
import Quarry
import QuarryTestSupport
import Testing

/// Kills the indexer with SIGKILL repeatedly and checks the index.
@Suite(.serialized)
struct KillTests {
    @Test func `committed work survives fifty kills, and doctor finds no problems`() async throws {
        let scratch = try TemporaryFolder()
        var generator = SeededGenerator(seed: 20_261_122)
        let documents = 1_500
        for number in 1...documents {
            let words = (1...120).map { _ in "word\(generator.next() % 900)" }.joined(separator: " ")
            try scratch.write("# Note \(number)\n\n\(words).", to: "docs/\(number % 40)/note-\(number).md")
        }
        var kills = 0
        var seen = 0
        var round = 0
        while kills < 50 {
            let path = scratch.path("round-\(round).quarry")
            let process = try Command.start([
                "index", scratch.path("docs"), "--index", path, "--model", "none", "--quiet",
            ])
            let delay = Duration.milliseconds(Int64(generator.next() % 350) + 5)
            let deadline = ContinuousClock.now + delay
            while ContinuousClock.now < deadline, process.isRunning {
                if let count = try? CorpusIndex.open(at: path, readOnly: true).summary().documents {
                    seen = max(seen, count)
                }
                try await Task.sleep(for: .milliseconds(3))
            }
            let wasRunning = process.isRunning
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            guard FileManager.default.fileExists(atPath: path) else {
                kills += wasRunning ? 1 : 0
                continue
            }
            if wasRunning { kills += 1 }
            do {
                let index = try CorpusIndex.open(at: path)
                #expect(try index.problems().isEmpty)
                let count = try index.summary().documents
                #expect(count >= seen, "\(seen) documents were committed, \(count) are left")
                seen = count
            } catch let error as CorpusError where error.code == .empty && seen == 0 {
                // Killed before the first transaction: the next run creates the index.
            }
            if !wasRunning {
                #expect(seen == documents)
                round += 1
                seen = 0
            }
        }
        let last = scratch.path("round-\(round).quarry")
        let finished = try Command.run("index", scratch.path("docs"), "--index", last, "--model", "none", "--quiet")
        #expect(finished.status == 0)
        let index = try CorpusIndex.open(at: last)
        #expect(try index.summary().documents == documents)
        #expect(try index.problems().isEmpty)
    }

    /// The documents of an index that is whole.
    private func documents(_ path: String) throws -> Int {
        let index = try CorpusIndex.open(at: path)
        #expect(try index.problems().isEmpty)
        return try index.summary().documents
    }

    /// Starts a command and kills it after a random time.
    private func killing(_ arguments: [String], within milliseconds: UInt64, _ generator: inout SeededGenerator) throws
    {
        let process = try Command.start(arguments)
        usleep(UInt32(5 + generator.next() % milliseconds) * 1000)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @Test func `killed repairs, compactions and copies lose nothing`() async throws {
        let scratch = try TemporaryFolder()
        var generator = SeededGenerator(seed: 20_261_130)
        let count = 400
        for number in 1...count {
            let words = (1...80).map { _ in "word\(generator.next() % 700)" }.joined(separator: " ")
            try scratch.write("# Note \(number)\n\n\(words).", to: "docs/note-\(number).md")
        }
        let whole = scratch.path("whole.quarry")
        let made = try Command.run("index", scratch.path("docs"), "--index", whole, "--model", "none", "--quiet")
        #expect(made.status == 0)
        let damaged = scratch.path("damaged.quarry")
        try FileManager.default.copyItem(atPath: whole, toPath: damaged)
        try await editIndex(damaged, "UPDATE bm25_postings SET data = x'3F01'; DELETE FROM bm25_lengths")
        for _ in 0..<10 {
            try killing(["doctor", "--repair", "--index", damaged], within: 900, &generator)
            #expect(try CorpusIndex.open(at: damaged, readOnly: true).summary().documents == count)
        }
        #expect(try Command.run("doctor", "--repair", "--index", damaged, "--quiet").status == 0)
        #expect(try documents(damaged) == count)
        for round in 0..<10 {
            try killing(["compact", "--index", whole], within: 300, &generator)
            #expect(try documents(whole) == count)
            let copy = scratch.path("copy-\(round).quarry")
            try killing(["backup", copy, "--index", whole], within: 300, &generator)
            #expect(try documents(whole) == count)
            // A copy appears at its path when it is whole.
            if FileManager.default.fileExists(atPath: copy) { #expect(try documents(copy) == count) }
        }
    }
}
