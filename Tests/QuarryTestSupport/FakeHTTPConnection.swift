import Foundation
import Synchronization

/// What the threads of one server share.
final class FakeHTTPServerState: Sendable {
    private struct Record {
        var requests: [FakeHTTPServer.Request] = []
        var connectionCount = 0
        var abandonedCount = 0
        var isStopped = false
        var sockets: Set<Int32> = []
    }

    private let record = Mutex(Record())

    var requests: [FakeHTTPServer.Request] { record.withLock { $0.requests } }
    var connectionCount: Int { record.withLock { $0.connectionCount } }
    var abandonedCount: Int { record.withLock { $0.abandonedCount } }
    var isStopped: Bool { record.withLock { $0.isStopped } }

    func received(_ request: FakeHTTPServer.Request) { record.withLock { $0.requests.append(request) } }
    func abandoned() { record.withLock { $0.abandonedCount += 1 } }

    func opened(_ socket: Int32) {
        let isLate = record.withLock { record in
            record.connectionCount += 1
            record.sockets.insert(socket)
            return record.isStopped
        }
        if isLate { LoopbackSocket.shutDown(socket) }
    }

    func close(_ socket: Int32) {
        record.withLock { record in
            // Not between these two: the number may be another socket's then.
            record.sockets.remove(socket)
            LoopbackSocket.close(socket)
        }
    }

    /// Wakes every thread that waits for its client.
    func stop() {
        record.withLock { record in
            record.isStopped = true
            for socket in record.sockets { LoopbackSocket.shutDown(socket) }
        }
    }
}

/// Counts up to the last of a number of replies.
final class PositionBox: Sendable {
    private let position = Mutex(0)

    func next(below count: Int) -> Int {
        position.withLock { position in
            defer { position += 1 }
            return min(position, count - 1)
        }
    }
}

/// Reads requests from one connection and answers them until either side closes it.
struct FakeHTTPConnection {
    let socket: Int32
    let state: FakeHTTPServerState
    let respond: @Sendable (FakeHTTPServer.Request) -> FakeHTTPServer.Response

    func serve() {
        defer { state.close(socket) }
        var buffer: [UInt8] = []
        while !state.isStopped {
            guard let request = readRequest(&buffer) else { return }
            state.received(request)
            guard send(respond(request), to: request) else { return }
        }
    }

    private func readRequest(_ buffer: inout [UInt8]) -> FakeHTTPServer.Request? {
        var headEnd = Self.endOfHead(in: buffer)
        while headEnd == nil {
            guard read(into: &buffer) else { return nil }
            headEnd = Self.endOfHead(in: buffer)
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: buffer[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let start = lines[0].split(separator: " ")
        guard start.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let bodyStart = headEnd + 4
        while buffer.count < bodyStart + length {
            guard read(into: &buffer) else { return nil }
        }
        let body = Array(buffer[bodyStart..<bodyStart + length])
        buffer.removeFirst(bodyStart + length)
        return .init(method: String(start[0]), path: String(start[1]), headers: headers, body: body)
    }

    private static func endOfHead(in buffer: [UInt8]) -> Int? {
        guard buffer.count >= 4 else { return nil }
        return (0...buffer.count - 4).first { buffer[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
    }

    private func read(into buffer: inout [UInt8]) -> Bool {
        while !state.isStopped {
            switch LoopbackSocket.receive(socket, milliseconds: 1_000) {
            case .bytes(let bytes):
                buffer.append(contentsOf: bytes)
                return true
            case .nothing: continue
            case .closed: return false
            }
        }
        return false
    }

    /// False when the connection is over.
    private func send(_ response: FakeHTTPServer.Response, to request: FakeHTTPServer.Request) -> Bool {
        guard wait(response.delay) else { return false }
        if response.isRaw {
            _ = send(response.steps, isChunked: false)
            return false
        }
        var head = "HTTP/1.1 \(response.status) Scripted\r\n"
        for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
        let names = Set(response.headers.map { $0.name.lowercased() })
        let hasLength = names.contains("content-length")
        let isEmpty = response.steps.isEmpty || request.method == "HEAD"
        if isEmpty && !hasLength { head += "Content-Length: 0\r\n" }
        let isChunked = !isEmpty && !hasLength
        if isChunked { head += "Transfer-Encoding: chunked\r\n" }
        guard write(Array((head + "\r\n").utf8)) else { return false }
        guard request.method != "HEAD" else { return true }
        return send(response.steps, isChunked: isChunked) && (!isChunked || write(Array("0\r\n\r\n".utf8)))
    }

    /// False when the connection is over.
    private func send(_ steps: [FakeHTTPServer.Response.Step], isChunked: Bool) -> Bool {
        func frame(_ bytes: [UInt8]) -> [UInt8] {
            isChunked ? Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10] : bytes
        }
        for step in steps {
            switch step {
            case .hangUp: return false
            case .reset:
                LoopbackSocket.resetWhenClosed(socket)
                return false
            case .pause(let duration): guard wait(duration) else { return false }
            case .wait(let condition):
                while !condition() { guard wait(.milliseconds(5)) else { return false } }
            case .bytes(let bytes):
                guard !bytes.isEmpty else { continue }
                guard write(frame(bytes)) else { return false }
            case .endless(let bytes):
                let framed = frame(bytes)
                while write(framed) {}
                return false
            }
        }
        return true
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        if LoopbackSocket.send(socket, bytes, while: { !state.isStopped }) { return true }
        if !state.isStopped { state.abandoned() }
        return false
    }

    /// Waits, and notices a client that goes away meanwhile.
    private func wait(_ duration: Duration) -> Bool {
        let deadline = ContinuousClock.now + duration
        while ContinuousClock.now < deadline {
            if state.isStopped { return false }
            let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
            if LoopbackSocket.isClosedByPeer(socket, milliseconds: Int32(min(1_000, max(1, rest.rounded(.up))))) {
                state.abandoned()
                return false
            }
        }
        return true
    }
}
