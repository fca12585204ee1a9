import Foundation
import QuarryTestSupport
import Synchronization

/// An embedding server that counts letters, so that equal texts have equal vectors.
final class EmbeddingServer: Sendable {
    let server: FakeHTTPServer
    private let shared: SharedTexts

    /// - Parameters:
    ///   - answered: Requests that are answered; later ones are refused with this status.
    ///   - delay: Waited before each answer.
    ///   - model: Its name.
    ///   - dimension: The length of its vectors.
    init(
        answered: Int = .max, thenStatus status: Int = 401, delay: Duration = .zero, model: String = "letters",
        dimension: Int = 16
    ) throws {
        let seen = SharedTexts()
        server = try FakeHTTPServer { request in
            if request.path.hasSuffix("/models") { return .json(#"{"data":[{"id":"\#(model)"}]}"#) }
            guard let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any],
                let input = body["input"] as? [String]
            else { return .json(#"{"error":{"message":"no input"}}"#, status: 400) }
            guard seen.add(input, whileFewerThan: answered) else {
                return .json(
                    #"{"error":{"message":"no more of \#(request.headers["authorization"] ?? "")"}}"#,
                    status: status)
            }
            let rows = input.enumerated().map { index, text in
                #"{"object":"embedding","index":\#(index),"embedding":[\#(Self.vector(of: text, dimension))]}"#
            }
            var response = FakeHTTPServer.Response.json(
                #"{"object":"list","model":"\#(model)","data":[\#(rows.joined(separator: ","))],"usage":{"prompt_tokens":\#(input.count * 5),"total_tokens":\#(input.count * 5)}}"#
            )
            response.delay = delay
            return response
        }
        shared = seen
    }

    var url: String { "\(server.url)/v1" }
    /// Every text of every request that was answered, in the order they came. Requests that are sent at the same
    /// time may come in any order.
    var answeredTexts: [String] { shared.texts }

    private static func vector(of text: String, _ dimension: Int) -> String {
        var counts = [Int](repeating: 1, count: dimension)
        for byte in text.utf8 { counts[Int(byte) % dimension] += 1 }
        return counts.map { String($0) }.joined(separator: ",")
    }
}

private final class SharedTexts: Sendable {
    private let state = Mutex((requests: 0, texts: [String]()))
    var texts: [String] { state.withLock { $0.texts } }

    /// Keeps the texts of a request that is answered.
    ///
    /// - Returns: Whether it is: fewer than `limit` were before it.
    func add(_ input: [String], whileFewerThan limit: Int) -> Bool {
        state.withLock { state in
            guard state.requests < limit else { return false }
            state.requests += 1
            state.texts += input
            return true
        }
    }
}
