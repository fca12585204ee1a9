/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
    /// `message` if the stream does not name a type.
    package var type: String
    package var data: String
    /// The last id in the stream; initially empty.
    package var id: String

    package init(type: String = "message", data: String, id: String = "") {
        self.type = type
        self.data = data
        self.id = id
    }
}

/// Parses server-sent events from pieces of any size.
///
/// Follows the WHATWG HTML standard, 9.2.6 "Interpreting an event stream". Lines end with LF, CR or CRLF, a leading
/// byte-order mark is dropped, and comments are skipped. Several `data` lines are joined with LF. An event without data
/// is not dispatched.
package struct ServerSentEventParser: Sendable {
    /// The last reconnection time that the stream set.
    package private(set) var reconnectionTime: Duration?

    private let maximumEventBytes: Int
    private var line: [UInt8] = []
    private var previousWasReturn = false
    private var isFirstLine = true
    private var type = ""
    private var data: [UInt8] = []
    private var lastID = ""

    /// - Parameter maximumEventBytes: A longer event or line is an error. The default is 16 MiB.
    package init(maximumEventBytes: Int = 16 << 20) { self.maximumEventBytes = maximumEventBytes }

    /// Returns the events that these bytes complete.
    /// - Throws: ``HTTPError`` with code `responseTooLarge`.
    /// - Complexity: O(bytes).
    package mutating func push(_ bytes: some Sequence<UInt8>) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let followsReturn = previousWasReturn
            previousWasReturn = byte == 0x0D
            if byte == 0x0A && followsReturn { continue }
            if byte == 0x0A || byte == 0x0D {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                if line.count + data.count > maximumEventBytes {
                    throw HTTPError(
                        .responseTooLarge, "A server-sent event is longer than the limit of \(maximumEventBytes) bytes."
                    )
                }
            }
        }
        return events
    }

    /// Whether an event or a line is incomplete.
    package var isInsideEvent: Bool { !line.isEmpty || !data.isEmpty }

    /// Returns the incomplete event at the end of the stream if it has data.
    ///
    /// The standard discards it. Some servers omit the last blank line, so the caller decides.
    package mutating func finish() -> ServerSentEvent? {
        if !line.isEmpty { _ = endLine() }
        return dispatch()
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer {
            line.removeAll(keepingCapacity: true)
            isFirstLine = false
        }
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        if colon == 0 { return nil }
        let name = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if name.elementsEqual("data".utf8) {
            data.append(contentsOf: value)
            data.append(0x0A)
        } else if name.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { lastID = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("retry".utf8) {
            let isNumber = !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber, let milliseconds = Int32(String(decoding: value, as: UTF8.self)) {
                reconnectionTime = .milliseconds(Int(milliseconds))
            }
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            type = ""
            data.removeAll(keepingCapacity: true)
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data.dropLast(), as: UTF8.self), id: lastID)
    }
}
