import QuarryHTTP
import QuarryTestSupport
import Testing

/// Streams that are truncated at every byte.
@Suite(.timeLimit(.minutes(30))) struct CutStreamTests {
    /// How the server ends a truncated body.
    enum Framing: CaseIterable, Sendable {
        case closing, length, chunked
    }

    private static let events = "data: {\"a\":1}\n\ndata: {\"b\":\ndata: 2}\n\nevent: end\ndata: {\"c\":34}\n\n"
    private static let lines = "{\"a\":1}\n{\"b\":2}\n{\"c\":345}\n"

    /// A server that sends the number of bytes in a path such as `/events/17` and closes the connection.
    private func server(_ framing: Framing) throws -> FakeHTTPServer {
        try FakeHTTPServer { request in
            let parts = request.path.split(separator: "/")
            let whole = Array((parts[0] == "events" ? Self.events : Self.lines).utf8)
            let count = Int(parts[1]) ?? 0
            let part = Array(whole.prefix(count))
            switch framing {
            case .closing: return .raw([.bytes(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + part)])
            case .length:
                return .init(
                    headers: [("Content-Length", "\(whole.count)")],
                    steps: [.bytes(part)] + (count < whole.count ? [.hangUp] : []))
            case .chunked: return .init(steps: [.bytes(part)] + (count < whole.count ? [.hangUp] : []))
            }
        }
    }

    /// The elements before the end, and whether the end was an error.
    private func read<S: AsyncSequence>(_ sequence: S) async -> (elements: [S.Element], isError: Bool)
    where S.Element: Sendable {
        var elements: [S.Element] = []
        do {
            for try await element in sequence { elements.append(element) }
            return (elements, false)
        } catch {
            #expect((error as? HTTPError)?.code == .connectionLost, "\(error)")
            return (elements, true)
        }
    }

    @Test(arguments: Framing.allCases)
    func `events that are cut at any byte end in an error or are complete`(framing: Framing) async throws {
        let server = try server(framing)
        let client = try HTTPClient()
        let whole: [ServerSentEvent] = [
            .init(data: "{\"a\":1}"), .init(data: "{\"b\":\n2}"), .init(type: "end", data: "{\"c\":34}"),
        ]
        for count in 0...Self.events.utf8.count {
            let request = HTTPRequest(.get, try HTTPURL("\(server.url)/events/\(count)"))
            let (events, isError) = await read(try await client.stream(request).serverSentEvents)
            #expect(Array(whole.prefix(events.count)) == events, "cut at \(count)")
            // Only an end between events can look complete, and only if the length is unknown.
            if count < Self.events.utf8.count && framing != .closing { #expect(isError, "cut at \(count)") }
            let complete = Array(Self.events.utf8.prefix(count))
            if framing == .closing && !complete.isEmpty && !complete.suffix(2).elementsEqual([10, 10]) {
                #expect(isError || complete.last == 10, "cut at \(count)")
            }
            if count == Self.events.utf8.count { #expect(!isError && events == whole) }
        }
    }

    @Test(arguments: Framing.allCases)
    func `lines that are cut at any byte end in an error or are complete`(framing: Framing) async throws {
        let server = try server(framing)
        let client = try HTTPClient()
        let whole = ["{\"a\":1}", "{\"b\":2}", "{\"c\":345}"]
        for count in 0...Self.lines.utf8.count {
            let request = HTTPRequest(.get, try HTTPURL("\(server.url)/lines/\(count)"))
            let (lines, isError) = await read(try await client.stream(request).lines)
            #expect(Array(whole.prefix(lines.count)) == lines.map { String(decoding: $0, as: UTF8.self) })
            let isBetween = count == 0 || Array(Self.lines.utf8)[count - 1] == 10
            if framing == .closing {
                #expect(isError == !isBetween, "cut at \(count)")
            } else {
                #expect(isError == (count < Self.lines.utf8.count), "cut at \(count)")
            }
        }
    }

    @Test func `an incomplete last event or line of a complete body is returned`() async throws {
        let server = try FakeHTTPServer { .text($0.path == "/events" ? "data: 1\n\ndata: 2" : "1\n2") }
        let client = try HTTPClient()
        let events = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/events"))).serverSentEvents
        #expect(await read(events).elements.map(\.data) == ["1", "2"])
        let lines = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/lines"))).lines
        #expect(await read(lines).elements == [[0x31], [0x32]])
    }

    private struct Piece: Decodable, Sendable, Equatable {
        var text: String
    }

    @Test func `objects are decoded, and a malformed one is reported by its line number alone`() async throws {
        let server = try FakeHTTPServer { request in
            .text(
                "{\"text\":\"два\"}\n\n{\"text\":\"x\",\"more\":1}\n"
                    + (request.path == "/bad" ? "{\"secret\":3}\n" : ""))
        }
        let client = try HTTPClient()
        let good = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/good"))).objects(Piece.self)
        #expect(await read(good).elements == [Piece(text: "два"), Piece(text: "x")])
        let bad = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/bad"))).objects(Piece.self)
        let error = await #expect(throws: HTTPError.self) { for try await _ in bad {} }
        #expect(error?.code == .malformedResponse)
        #expect(error?.message.contains("line 3") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test func `bytes that are not UTF-8 do not stop a stream`() async throws {
        let server = try FakeHTTPServer { request in
            let bad: [UInt8] = [0xFF, 0xFE, 0xC3]
            return .init(
                steps: request.path == "/events"
                    ? [.bytes(Array("data: a".utf8) + bad + Array("\n\ndata: b\n\n".utf8))]
                    : [.bytes(Array("{\"text\":\"a".utf8) + bad + Array("\"}\n{\"text\":\"b\"}\n".utf8))])
        }
        let client = try HTTPClient()
        let events = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/events"))).serverSentEvents
        #expect(await read(events).elements.map(\.data) == ["a\u{FFFD}\u{FFFD}\u{FFFD}", "b"])
        let lines = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/lines"))).lines
        #expect(await read(lines).elements.count == 2)
        let objects = try await client.stream(HTTPRequest(.get, try HTTPURL(server.url + "/lines"))).objects(Piece.self)
        let error = await #expect(throws: HTTPError.self) { for try await _ in objects {} }
        #expect(error?.code == .malformedResponse)
    }
}
