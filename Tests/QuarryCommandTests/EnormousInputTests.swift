import Foundation
import QuarryTestSupport
import Testing

/// Very large files and lines. Serialized, because each test needs much memory.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct EnormousInputTests {
    private static let lineBytes = 50_000_000

    /// A text of words without a line break.
    private static func line() -> Data {
        var generator = SeededGenerator(seed: 50)
        let words = (0..<64).map { _ in
            (0..<1_000).map { _ in "word\(generator.next() % 4_000)" }.joined(separator: " ")
        }
        var text = Data(capacity: lineBytes + 10_000)
        while text.count < lineBytes { text += Data("\(words[Int(generator.next() % 64)]) ".utf8) }
        return text.prefix(lineBytes)
    }

    /// The peak memory of a process; 0 if unknown.
    private static func peakKilobytes(of process: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
    }

    @Test func `a file of a gigabyte is rejected without reading it, and the rest is indexed`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("A note on lighthouses.", to: "docs/a.md")
        try scratch.write("", to: "docs/huge.txt")
        // The file has a length but no blocks on the disk.
        let file = try FileHandle(forWritingTo: scratch.url.appendingPathComponent("docs/huge.txt"))
        try file.truncate(atOffset: 1 << 30)
        try file.close()
        let process = try Command.start(
            ["index", "docs", "--model", "none", "--index", "other.quarry"], in: scratch.url)
        var peak = 0
        while process.isRunning {
            peak = max(peak, Self.peakKilobytes(of: process.processIdentifier))
            usleep(2_000)
        }
        #expect(process.terminationStatus == 2)
        #expect(peak < 400_000, "It took \(peak) KB of memory.")
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 2)
        #expect(
            outcome.errors.contains(
                "not indexed: docs/huge.txt: The file has 1073741824 bytes; the limit is 268435456."))
        #expect(outcome.output.contains("documents: 1 written"))
        let query = try Command.run("query", "--retrieve", "lighthouses", in: scratch.url)
        #expect(query.output.contains("docs/a.md"))
    }

    @Test(arguments: ["line.txt", "line.md", "lines.jsonl"])
    func `a line of fifty megabytes is indexed`(name: String) throws {
        let scratch = try TemporaryFolder()
        let isRecord = name.hasSuffix("jsonl")
        var text = Self.line()
        if isRecord {
            text = Data(#"{"_id": "a", "text": "A note on lighthouses."}"#.utf8) + Data("\n{\"text\": \"".utf8) + text
            text += Data(" zeppelin\"}\n".utf8)
        } else {
            text += Data(" zeppelin".utf8)
        }
        try scratch.write("", to: "docs/\(name)")
        try text.write(to: scratch.url.appendingPathComponent("docs/\(name)"))
        // Measured: 17 s of one core. A quadratic step would take hours, which the suite's limit ends.
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let query = try Command.run("query", "--retrieve", "zeppelin", "-k", "1", "--json", in: scratch.url)
        let reply = try #require(try JSONSerialization.jsonObject(with: Data(query.output.utf8)) as? [String: Any])
        let hit = try #require((reply["hits"] as? [[String: Any]])?.first)
        let location = try #require(hit["location"] as? [String: Any])
        #expect(location["source"] as? String == "docs/\(name)")
        #expect(location["lines"] as? [Int] == (isRecord ? [2, 2] : [1, 1]))
        #expect((try #require(hit["text"] as? String)).utf8.count < 10_000)
        #expect(try #require(location["bytes"] as? [Int])[1] > Self.lineBytes)
    }

    @Test func `a broken record of fifty megabytes is reported with file and line`() throws {
        let scratch = try TemporaryFolder()
        try scratch.write("", to: "docs/lines.jsonl")
        try
            (Data(#"{"_id": "a", "text": "A note on lighthouses."}"#.utf8) + Data("\n{\"text\": \"".utf8) + Self.line()
            + Data("\n".utf8)).write(to: scratch.url.appendingPathComponent("docs/lines.jsonl"))
        let outcome = try Command.run("index", "docs", "--model", "none", in: scratch.url)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("not indexed: docs/lines.jsonl:2: "))
        #expect(outcome.errors.utf8.count < 1_000)
        #expect(outcome.output.contains("documents: 1 written"))
    }
}
