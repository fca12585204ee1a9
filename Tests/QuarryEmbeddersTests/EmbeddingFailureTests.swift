import Foundation
import QuarryCore
import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import Synchronization
import Testing

private let openAI = EmbeddingProvider.of(.openAI)

/// Requests in flight after a failure or a cancellation.
@Suite(.timeLimit(.minutes(30))) struct EmbeddingFailureTests {
    @Test(arguments: [1, 3])
    func `parts reported before a failure are not billed again`(concurrency: Int) async throws {
        let texts = (0..<36).map { "text \($0)" }
        let box = RefusalBox()
        let server = try openAI.server { texts, _ in
            // The fifth of nine requests.
            box.isRefusing && texts.contains("text 16") ? .json(#"{"error":{"message":"no"}}"#, status: 401) : nil
        }
        let told = ToldParts()
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 4
            $0.limits.concurrency = concurrency
        }
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed(texts, as: .passage) { told.tell($0) }
        }
        #expect(error?.code == .unauthorized)
        if concurrency == 1 { #expect(told.positions == Set(0..<16)) }
        let first = server.requests.count
        box.isRefusing = false
        let missing = texts.indices.filter { !told.positions.contains($0) }
        let rest = try await embedder.embed(missing.map { texts[$0] }, as: .passage)
        #expect(server.requests.count - first == 9 - told.all.count)
        var rows = [Int: [Float]]()
        for part in told.all { for (row, at) in part.positions.enumerated() { rows[at] = Array(part.vectors[row]) } }
        for (row, at) in missing.enumerated() { rows[at] = Array(rest[row]) }
        #expect(isClose(texts.indices.flatMap { rows[$0] ?? [] }, expected(texts)))
    }

    private final class RefusalBox: Sendable {
        private let state = Mutex(true)
        var isRefusing: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    @Test(arguments: ["disallowed content", "content_filter"])
    func `the one text that a provider rejects is found and named, and the others are embedded`(reason: String)
        async throws
    {
        let texts = (0..<64).map { "text \($0)" }
        let server = try openAI.server { texts, _ in
            texts.contains("text 37")
                ? .json(#"{"error":{"message":"\#(reason)","code":"\#(reason)"}}"#, status: 400) : nil
        }
        let told = ToldParts()
        let embedder = try await openAI.embedder(to: server) { $0.limits.concurrency = 1 }
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed(texts, as: .passage) { told.tell($0) }
        }
        #expect(error?.position == 37)
        #expect(error?.message.contains(reason) == true)
        #expect(told.positions.isSuperset(of: 0..<36) && !told.positions.contains(37))
        #expect(server.requests.count < 16)
    }

    @Test func `requests that hold too many texts are made smaller`() async throws {
        let texts = (0..<100).map { "text \($0)" }
        let server = try openAI.server { texts, _ in
            texts.count > 16 ? .json(#"{"error":{"message":"too many"}}"#, status: 400) : nil
        }
        let embedder = try await openAI.embedder(to: server)
        #expect(isClose(try await embedder.embed(texts, as: .passage).values, expected(texts)))
    }

    @Test func `what fails in the teller ends the work`() async throws {
        struct Full: Error {}
        let server = try openAI.server()
        let texts = (0..<20).map { "t\($0)" }
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 1; $0.limits.concurrency = 1
        }
        await #expect(throws: Full.self) { try await embedder.embed(texts, as: .passage) { _ in throw Full() } }
        // Requests go out while others' replies are read.
        #expect(server.requests.count <= 5)
    }

    @Test func `a budget stops the next request and keeps those in flight`() async throws {
        let server = try openAI.server()
        // A text counts as three tokens, and each reply bills seven.
        let ledger = SpendingLedger(budget: Budget(maximumTokens: 30))
        let embedder = try await openAI.embedder(
            to: server,
            {
                $0.limits.inputsPerRequest = 1
                $0.limits.concurrency = 2
            }, ledger: ledger)
        let told = ToldParts()
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed((0..<20).map { "t\($0)" }, as: .passage) { told.tell($0) }
        }
        #expect(error?.code == .budgetExceeded)
        #expect(told.all.count == server.requests.count)
        #expect(ledger.spending.tokens <= 30 + 7)
        #expect((3...5).contains(server.requests.count))
    }

    @Test func `a busy server is asked again`() async throws {
        let counter = Counter()
        let server = try openAI.server { _, _ in
            counter.next() == 0 ? .text("busy", status: 503, headers: [("retry-after-ms", "1")]) : nil
        }
        let batch = try await openAI.embedder(to: server, attempts: 2).embed(["a"], as: .passage)
        #expect(isClose(batch.values, expected(["a"])))
    }

    @Test func `an outage that ends in time fails no request`() async throws {
        let met = Mutex<[String: Int]>([:])
        let server = try openAI.server { texts, _ in
            let attempt = met.withLock { met in
                met[texts[0], default: 0] += 1
                return met[texts[0], default: 0]
            }
            return attempt < 3 ? .text("down", status: 503, headers: [("retry-after-ms", "1")]) : nil
        }
        let texts = (0..<8).map { "t\($0)" }
        // Sixteen failures in a row, while a single client would have given up on the server after five.
        let embedder = try await openAI.embedder(
            to: server,
            {
                $0.limits.inputsPerRequest = 1
                $0.limits.concurrency = 8
            }, attempts: 3)
        let batch = try await embedder.embed(texts, as: .passage)
        #expect(isClose(batch.values, expected(texts)))
        #expect(server.requests.count == 24)
    }

    @Test func `cancelling closes every connection`() async throws {
        let server = try FakeHTTPServer { _ in .init(delay: .seconds(600)) }
        let embedder = try await openAI.embedder(to: server) { $0.limits.inputsPerRequest = 1 }
        let task = Task { try await embedder.embed(["a", "b", "c"], as: .passage) }
        while server.requests.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for _ in 0..<1500 where server.abandonedCount < 3 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(server.abandonedCount == 3)
    }

    @Test func `a failure cancels the other requests in flight`() async throws {
        let server = try openAI.server { texts, _ in
            texts == ["a"] ? .json(#"{"error":"no"}"#, status: 400) : .init(delay: .seconds(600))
        }
        let embedder = try await openAI.embedder(to: server) { $0.limits.inputsPerRequest = 1 }
        let start = ContinuousClock.now
        await #expect(throws: ProviderError.self) { try await embedder.embed(["b", "c", "a"], as: .passage) }
        #expect(ContinuousClock.now - start < .seconds(240))
    }

    @Test func `after a failure, replies in flight are awaited and reported, and nothing more is sent`()
        async throws
    {
        let counter = Counter()
        let server = try openAI.server { _, reply in
            let isThird = counter.next() == 2
            var response: FakeHTTPServer.Response =
                isThird ? .json(#"{"error":"no"}"#, status: 400) : .json(reply)
            response.delay = isThird ? .milliseconds(100) : .seconds(17)
            return response
        }
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 1
            $0.limits.concurrency = 3
        }
        let told = ToldParts()
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed(["a", "b", "c", "d", "e", "f"], as: .passage) { told.tell($0) }
        }
        #expect(error?.code == .requestRefused)
        #expect(server.requests.count == 3)
        #expect(told.positions.count == 2)
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let server = try openAI.server()
        let embedder = try await openAI.embedder(to: server)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await embedder.embed(["a"], as: .passage)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.requests.isEmpty)
    }

    @Test func `after a failure, a request between two attempts is dropped`() async throws {
        let counter = Counter()
        let server = try openAI.server { _, _ in
            guard counter.next() == 2 else {
                // Wait until all three have arrived: nothing more is sent once the server asks for a pause.
                while counter.count < 3 { usleep(1_000) }
                return .text("busy", status: 503, headers: [("retry-after", "120")])
            }
            var refusal = FakeHTTPServer.Response.json(#"{"error":"no"}"#, status: 400)
            refusal.delay = .seconds(1)
            return refusal
        }
        let embedder = try await openAI.embedder(
            to: server,
            {
                $0.limits.inputsPerRequest = 1
                $0.limits.concurrency = 3
            }, attempts: 3)
        let start = ContinuousClock.now
        let error = await #expect(throws: ProviderError.self) {
            try await embedder.embed(["a", "b", "c", "d"], as: .passage) { _ in }
        }
        #expect(error?.code == .requestRefused)
        #expect(ContinuousClock.now - start < .seconds(100))
        #expect(server.requests.count == 3)
    }

    @Test func `after an outage one request tries the server, and the next are sent when it is answered`() async throws
    {
        let counter = Counter()
        let server = try openAI.server { _, reply in
            counter.next() < 5 ? .text("down", status: 500) : .json(reply)
        }
        let embedder = try await openAI.embedder(to: server) {
            $0.limits.inputsPerRequest = 1
            $0.limits.concurrency = 1
        }
        for _ in 0..<5 {
            let error = await #expect(throws: ProviderError.self) { try await embedder.embed(["a"], as: .passage) }
            #expect(error?.code == .serverFailure)
        }
        let refused = await #expect(throws: ProviderError.self) { try await embedder.embed(["a"], as: .passage) }
        #expect(refused?.message.contains("failed 5 times in a row") == true, "\(String(describing: refused))")
        #expect(server.requests.count == 5)
        // The circuit is open for ten seconds.
        try await Task.sleep(for: .milliseconds(10_100))
        let texts = ["a", "bb", "ccc"]
        #expect(isClose(try await embedder.embed(texts, as: .passage).values, expected(texts)))
        #expect(server.requests.count == 8)
    }

    @Test func `after a failure, the wait for an interrupted reply is limited`() async throws {
        let (held, refused) = (Counter(), Counter())
        let server = try openAI.server { texts, _ in
            guard texts == ["b"] else {
                _ = held.next()
                return .init(delay: .seconds(600))
            }
            // Wait until the other one has arrived: nothing is sent after a failure.
            let round = refused.next()
            while held.count <= round { usleep(1_000) }
            return .json(#"{"error":"no"}"#, status: 400)
        }
        let embedder = try await openAI.embedder(to: server) { $0.limits.inputsPerRequest = 1 }
        let start = ContinuousClock.now
        let task = Task { try await embedder.embed(["a", "b"], as: .passage) { _ in } }
        await #expect(throws: ProviderError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(240))

        // A cancellation ends that wait.
        let impatient = Task { try await embedder.embed(["a", "b"], as: .passage) { _ in } }
        while server.requests.count < 4 { try await Task.sleep(for: .milliseconds(5)) }
        impatient.cancel()
        let cancelled = ContinuousClock.now
        _ = await impatient.result
        // Without a cancellation the wait takes twenty seconds.
        #expect(ContinuousClock.now - cancelled < .seconds(19))
    }
}
