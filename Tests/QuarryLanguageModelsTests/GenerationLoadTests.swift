import Foundation
import QuarryCore
import QuarryLanguageModels
import QuarryProviders
import QuarryTestSupport
import Testing

private func isPossible() async -> Bool {
    canOpenFiles(4096) && residentMemory() != nil ? await PythonScript.canImport("asyncio") : false
}

@Suite(.enabled("needs 4,096 open files, /proc and a python3") { await isPossible() }, .timeLimit(.minutes(30)))
struct GenerationLoadTests {
    private static let replies = 1000

    private static func start() async throws -> ModelServer {
        try await ModelServer.start(interpreter: "/usr/bin/env", ["python3", supportPath("drip_server.py")])
    }

    private static func connection(to server: ModelServer) throws -> ProviderConnection {
        var provider = Provider.openAICompatible(at: server.url.replacing("/v1", with: ""))
        // The model's name contains the number of pieces in its replies.
        provider.paths[.generation] = "drip/{model}/50"
        var options = ConnectionOptions()
        options.concurrency = replies
        options.connectTimeout = .seconds(60)
        // A system may reset some of a thousand connections opened at once.
        options.maximumAttempts = 5
        return try ProviderConnection(provider, options: options)
    }

    /// Reads replies concurrently to their ends; returns the largest memory seen near an end, and the number of pieces
    /// of text.
    private static func read(
        _ pieces: Int, on connection: ProviderConnection
    ) async throws -> (memory: Int, count: Int) {
        let model = try RemoteLanguageModel("\(pieces)", on: connection)
        return try await withThrowingTaskGroup(of: (memory: Int, count: Int).self) { group in
            for _ in 0..<replies {
                group.addTask {
                    var (memory, count, isFinished) = (0, 0, false)
                    for try await event in model.generate(GenerationRequest(messages: [Message(.user, "Go on.")])) {
                        switch event {
                        case .text: count += 1
                        case .finished: isFinished = true
                        case .switched, .cached: Issue.record("There is only one model.")
                        }
                        if count == pieces - 1 { memory = max(memory, residentMemory() ?? 0) }
                    }
                    #expect(isFinished)
                    return (memory, count)
                }
            }
            return try await group.reduce(into: (0, 0)) { sum, part in
                sum = (max(sum.0, part.memory), sum.1 + part.count)
            }
        }
    }

    @Test func `a thousand concurrent replies take little memory, and ten times longer ones no more`() async throws {
        // In a separate process, so that the memory of other tests does not count.
        await #expect(processExitsWith: .success) {
            await #expect(throws: Never.self) { try await GenerationLoadTests.measure() }
        }
    }

    private static func measure() async throws {
        try #require(canOpenFiles(4096))
        let server = try await start()
        let connection = try connection(to: server)
        let before = try #require(residentMemory())
        let short = try await read(10, on: connection)
        let long = try await read(100, on: connection)
        let again = try await read(100, on: connection)
        #expect(short.count == 10 * replies)
        #expect(long.count == 100 * replies)
        let figures = "before \(before), short \(short.memory), long \(long.memory), again \(again.memory)"
        #expect(short.memory - before < 128 << 20, "\(figures)")
        #expect(long.memory - short.memory < 32 << 20, "\(figures)")
        #expect(again.memory - long.memory < 16 << 20, "\(figures)")
        if let path = ProcessInfo.processInfo.environment["QUARRY_FIGURES"] {
            try Data((figures + "\n").utf8).write(to: URL(fileURLWithPath: path))
        }
    }
}
