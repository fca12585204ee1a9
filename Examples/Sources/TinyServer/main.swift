// Answers over HTTP, one request at a time.
//
//     swift run TinyServer ../corpora 8808
//     curl --get --data-urlencode "q=What does service code H-207 mean?" http://127.0.0.1:8808/

import Foundation
import Quarry

struct Reply: Encodable {
    struct Quote: Encodable {
        var source: String
        var line: Int
        var text: String
    }

    var answer: String
    var refused: Bool
    var quotes: [Quote]

    init(_ answer: Answer) {
        self.answer = answer.text
        refused = answer.isRefused
        quotes = answer.citations.map {
            Quote(source: $0.location.source, line: $0.location.lines.lowerBound, text: $0.quote)
        }
    }
}

/// The value of `q` in the first line of a request, `GET /?q=… HTTP/1.1`; nil for any other request.
func question(in request: String) -> String? {
    let words = request.prefix { !$0.isNewline }.split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    // A plus in a form means a space.
    let address = String(words[1]).replacing("+", with: "%20")
    return URLComponents(string: address)?.queryItems?.first { $0.name == "q" }?.value
}

func response(to request: String, from corpus: Corpus) async -> (status: String, body: Data) {
    guard let question = question(in: request) else { return ("400 Bad Request", Data("Ask with ?q=…\n".utf8)) }
    do {
        return ("200 OK", try JSONEncoder().encode(Reply(try await corpus.answer(question))))
    } catch {
        return ("500 Internal Server Error", Data("\(error)\n".utf8))
    }
}

/// The head of a request: at most 16 KiB, within 5 seconds without a byte.
func readHead(from connection: Int32) -> String {
    var timeout = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while head.count < 16 << 10, !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        let count = read(connection, &buffer, buffer.count)
        guard count > 0 else { break }
        head += buffer[..<count]
    }
    return String(decoding: head, as: UTF8.self)
}

func write(_ bytes: Data, to connection: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

let corpus = try await Corpus.open(at: "server.quarry")
try await corpus.index([CommandLine.arguments.dropFirst().first ?? "."])

// A client that goes away must not end the server.
signal(SIGPIPE, SIG_IGN)
// 1 is SOCK_STREAM, whose type is not the same on all systems.
let listener = socket(AF_INET, 1, 0)
var yes: Int32 = 1
setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
var address = sockaddr_in()
address.sin_family = sa_family_t(AF_INET)
let port = CommandLine.arguments.dropFirst(2).first.flatMap { in_port_t($0) } ?? 8808
address.sin_port = port.bigEndian
address.sin_addr.s_addr = inet_addr("127.0.0.1")
let isBound = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(listener, 16) == 0
    }
}
guard isBound else { fatalError("Port \(port) is taken: \(String(cString: strerror(errno)))") }
print("http://127.0.0.1:\(port)/?q=…")

while true {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { continue }
    let (status, body) = await response(to: readHead(from: connection), from: corpus)
    let head = "HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    write(Data(head.utf8) + body, to: connection)
    close(connection)
}
