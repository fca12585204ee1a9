import QuarryHTTP
import Testing

@Suite struct ServerSentEventParserTests {
    private func parse(_ text: String, pieceLength: Int = .max) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        var rest = Array(text.utf8)[...]
        var events: [ServerSentEvent] = []
        while !rest.isEmpty {
            events += try parser.push(rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
        }
        return events
    }

    @Test func `the examples of the standard are parsed as specified`() throws {
        #expect(
            try parse("data: YHOO\ndata: +2\ndata: 10\n\n") == [.init(data: "YHOO\n+2\n10")])
        #expect(
            try parse(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n")
                == [
                    .init(data: "first event", id: "1"), .init(data: "second event"), .init(data: " third event"),
                ])
        #expect(try parse("data\n\ndata\ndata\n\ndata:") == [.init(data: ""), .init(data: "\n")])
        #expect(try parse("data:test\n\ndata: test\n\n") == [.init(data: "test"), .init(data: "test")])
        #expect(
            try parse("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n")
                == [.init(type: "add", data: "73857293"), .init(type: "remove", data: "2153")])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `line endings and cuts between bytes do not matter`(ending: String) throws {
        let text = [
            "\u{FEFF}data: Привет, 東京 🙂", ": keep-alive", "data: zweite Zeile", "unknown: field", "", "event: error",
            "id: 7", "data: {}", "", "event: no data", "", "data: last", "", "",
        ].joined(separator: ending)
        let expected: [ServerSentEvent] = [
            .init(data: "Привет, 東京 🙂\nzweite Zeile"), .init(type: "error", data: "{}", id: "7"),
            .init(data: "last", id: "7"),
        ]
        for length in [1, 2, 3, 5, 7, 1000] { #expect(try parse(text, pieceLength: length) == expected) }
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var parser = ServerSentEventParser()
            let events = try parser.push(bytes[..<cut]) + parser.push(bytes[cut...])
            #expect(events == expected, "cut at byte \(cut)")
        }
    }

    @Test func `a retry field counts only when it is a number`() throws {
        var parser = ServerSentEventParser()
        _ = try parser.push("retry: soon\n".utf8)
        #expect(parser.reconnectionTime == nil)
        _ = try parser.push("retry: 2500\nretry: -1\nretry:\nretry: 99999999999999999999\n".utf8)
        #expect(parser.reconnectionTime == .milliseconds(2500))
    }

    @Test func `an id with a NUL is ignored`() throws {
        #expect(try parse("id: a\u{0}b\ndata: x\n\n") == [.init(data: "x")])
    }

    @Test func `bytes that are not UTF-8 become replacement characters`() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.push(Array("data: ".utf8) + [0xFF, 0x0A, 0x0A]) == [.init(data: "\u{FFFD}")])
    }

    @Test func `an incomplete event is returned only on request`() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.push("data: a\n\ndata: b".utf8) == [.init(data: "a")])
        #expect(parser.finish() == .init(data: "b"))
        #expect(parser.finish() == nil)
    }

    @Test func `an endless event is rejected`() {
        var parser = ServerSentEventParser(maximumEventBytes: 100)
        #expect(throws: HTTPError.self) {
            for _ in 0..<20 { _ = try parser.push("data: 0123456789\n".utf8) }
        }
        var second = ServerSentEventParser(maximumEventBytes: 100)
        #expect(throws: HTTPError.self) { try second.push([UInt8](repeating: 65, count: 101)) }
    }
}

@Suite struct NDJSONParserTests {
    @Test func `lines are complete wherever the bytes are cut`() throws {
        let text = "{\"a\":1}\r\n\n  \n{\"b\":\"東京\"}\n{\"c\":3}"
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var parser = NDJSONParser()
            var lines = try parser.push(bytes[..<cut]) + parser.push(bytes[cut...])
            if let last = parser.finish() { lines.append(last) }
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "{\"b\":\"東京\"}", "{\"c\":3}"])
        }
    }

    @Test func `an endless line is rejected`() {
        var parser = NDJSONParser(maximumLineBytes: 10)
        #expect(throws: HTTPError.self) { try parser.push([UInt8](repeating: 65, count: 11)) }
    }
}
