import QuarryHTTP
import QuarryTestSupport
import Synchronization
import Testing

private func isPossible() async -> Bool {
    canOpenFiles(4096) && residentMemory() != nil ? await PythonScript.canImport("asyncio") : false
}

@Suite(
    .enabled("needs 4,096 open files, /proc and a python3") { await isPossible() },
    .timeLimit(.minutes(30)), .serialized)
struct HTTPLoadTests {
    private static let streams = 1000

    private static func client(
        _ configure: (inout HTTPClient.Configuration) -> Void = { _ in }
    ) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.maximumConnections = streams + 10
        configuration.maximumConnectionsPerHost = streams + 10
        configuration.limits.connectTimeout = .seconds(60)
        configure(&configuration)
        return try HTTPClient(configuration)
    }

    private static func open(_ peer: PeerProcess, _ client: HTTPClient) async throws -> Int {
        let response = try await client.send(HTTPRequest(.get, try HTTPURL("http://127.0.0.1:\(peer.port)/open")))
        return Int(String(decoding: response.body, as: UTF8.self)) ?? -1
    }

    /// Retries, because a system may reset some of a thousand connections that are opened at once.
    private static func stream(_ url: HTTPURL, _ client: HTTPClient) async throws -> HTTPStream {
        try await client.stream(HTTPRequest(.get, url), retrying: .providers(maximumAttempts: 5))
    }

    /// Reads concurrent streams to their ends. Returns the peak memory after all were open, and the number of events.
    private static func read(
        _ peer: PeerProcess, _ client: HTTPClient, events: Int
    ) async throws -> (memory: Int, count: Int) {
        let url = try HTTPURL("http://127.0.0.1:\(peer.port)/drip/\(events)/50")
        let started = Counter()
        let memory = Largest()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<streams {
                group.addTask {
                    var count = 0
                    for try await _ in try await stream(url, client).serverSentEvents {
                        if count == 0, started.next() == streams - 1 { memory.take(residentMemory() ?? 0) }
                        count += 1
                        if count == events - 1 { memory.take(residentMemory() ?? 0) }
                    }
                    return count
                }
            }
            var total = 0
            for try await count in group { total += count }
            return (memory.value, total)
        }
    }

    private final class Largest: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func take(_ value: Int) { number.withLock { $0 = max($0, value) } }
    }

    @Test func `a thousand streams take little memory, however long they are`() async throws {
        // In a separate process, because the memory of other tests would count too.
        await #expect(processExitsWith: .success) {
            await #expect(throws: Never.self) { try await HTTPLoadTests.measure() }
        }
    }

    private static func measure() async throws {
        try #require(canOpenFiles(4096))
        let peer = try await PeerProcess("drip_server.py")
        let client = try client()
        #expect(try await open(peer, client) == 0)
        let before = try #require(residentMemory())
        let short = try await read(peer, client, events: 10)
        let long = try await read(peer, client, events: 100)
        let again = try await read(peer, client, events: 100)
        #expect(short.count == 10 * streams)
        #expect(long.count == 100 * streams)
        let figures = "before \(before), short \(short.memory), long \(long.memory), again \(again.memory)"
        #expect(short.memory - before < 128 << 20, "\(figures)")
        #expect(long.memory - short.memory < 32 << 20, "\(figures)")
        #expect(again.memory - long.memory < 16 << 20, "\(figures)")
        if let path = ProcessEnvironment.value("QUARRY_FIGURES") { try ProcessEnvironment.write(figures, to: path) }
    }

    @Test func `cancelling a thousand streams closes every socket`() async throws {
        let peer = try await PeerProcess("drip_server.py")
        let client = try Self.client()
        let url = try HTTPURL("http://127.0.0.1:\(peer.port)/drip/100000/100")
        let tasks = (0..<Self.streams).map { _ in
            Task {
                for try await _ in try await Self.stream(url, client).serverSentEvents {}
            }
        }
        while try await Self.open(peer, client) < Self.streams { try await Task.sleep(for: .milliseconds(50)) }
        let start = ContinuousClock.now
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        while try await Self.open(peer, client) > 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `streams beyond the maximum number of connections wait`() async throws {
        let peer = try await PeerProcess("drip_server.py")
        let client = try Self.client { $0.maximumConnectionsPerHost = 10 }
        let url = try HTTPURL("http://127.0.0.1:\(peer.port)/drip/2/20")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await client.stream(HTTPRequest(.get, url)).serverSentEvents.reduce(into: 0) { count, _ in
                        count += 1
                    }
                }
            }
            for try await count in group { #expect(count == 2) }
        }
    }
}
