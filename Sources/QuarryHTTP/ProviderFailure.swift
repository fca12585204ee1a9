import Foundation
import QuarryJSON

/// The error in the body of a response, in any of the shapes that JSON APIs use.
///
/// The shapes are `{"error": {"message", "type", "code", "status", "innererror", "details"}}` (OpenAI, Anthropic,
/// Gemini, Azure), `{"error": "…", "error_type"}` (TEI, TGI), `{"message": "…"}`, `{"detail": "…"}` and FastAPI's
/// `{"detail": [{"loc", "msg", "type"}]}`, each also inside an array.
package struct ProviderFailure: Sendable, Hashable {
    /// The provider's message; the start of a body that is not JSON; nil for an empty body.
    package var message: String?
    package var code: String?
    /// `type`, Gemini's `status`, or TEI's `error_type`.
    package var type: String?
    /// The code of Azure's `innererror`.
    package var innerCode: String?
    /// The delay in Gemini's `RetryInfo`.
    package var retryDelay: Duration?
    /// The status of the response; nil if unknown.
    package var status: Int?

    package init(message: String?, code: String? = nil, type: String? = nil) {
        self.message = message
        self.code = code
        self.type = type
    }

    package init(body: [UInt8]) {
        if body.count <= 1 << 20, let json = try? JSONValue(parsing: body),
            let failure = Self.read(json)
        {
            self = failure
        } else {
            let text = String(decoding: body.prefix(400), as: UTF8.self)
            let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            self.init(message: line.isEmpty ? nil : String(line.prefix(300)))
        }
    }

    /// The failure in a response, without the credentials of the request, which some servers repeat.
    package init(_ response: HTTPResponse) {
        self.init(body: response.body)
        status = response.status
        let redactor = response.head.redactor
        message = message.map(redactor.redact)
        code = code.map(redactor.redact)
        type = type.map(redactor.redact)
    }

    /// The failure in a JSON text with a key `error`, as streams send it after a status of 200.
    package init?(announcedIn json: some Sequence<UInt8>) {
        let bytes = Array(json)
        // Called for every event of a stream; nearly all of them are not failures.
        guard Self.mentionsError(bytes), let value = try? JSONValue(parsing: bytes),
            let error = value["error"], error != .null, let failure = Self.read(value)
        else { return nil }
        self = failure
    }

    /// Whether the account has no credit left. Waiting does not help.
    package var saysQuotaExhausted: Bool {
        [code, type].contains { ["insufficient_quota", "billing_error"].contains($0?.lowercased()) }
    }

    /// Whether the input was too long. Smaller parts may be accepted; the same request will not.
    ///
    /// Error codes count with any status. Sentences count only if the status does not mean something else.
    package var saysInputTooLong: Bool {
        if status == 413 { return true }
        let known = [
            "context_length_exceeded", "exceed_context_size_error", "string_above_max_length", "array_above_max_length",
            "request_too_large",
        ]
        if [code, type, innerCode].contains(where: { $0.map(known.contains) ?? false }) { return true }
        guard status.map([400, 413, 422, 424, 500].contains) ?? true else { return false }
        let text = (message ?? "").lowercased()
        if Self.isAboutOutput(text) { return false }
        return [
            "batch-size must be", "text cannot exceed", "exceeding max", "exceeds maximum length", "max allowed tokens",
            "maximum number of tokens", "must have less than", "payload size exceeds", "too long", "too large",
            "too many tokens", "too many inputs", "maximum context", "context length", "context size", "batch size",
            "max_tokens_per_request", "token limit",
        ].contains { text.contains($0) }
    }

    /// Whether the server lacks something that the request uses. The same request will not be accepted.
    package var saysUnsupported: Bool {
        let text = (message ?? "").lowercased()
        return ["not supported", "unsupported", "does not support"].contains { text.contains($0) }
    }

    /// Whether a sentence is about the requested output length: “'max_tokens' is too large: 9000 …”.
    private static func isAboutOutput(_ text: String) -> Bool {
        let plain = text.filter { !"'\"`“”‘’".contains($0) }
        return ["max_tokens", "max_completion_tokens", "max_output_tokens", "maxoutputtokens"].contains {
            plain.contains($0 + " is too large")
        }
    }

    private static func mentionsError(_ bytes: [UInt8]) -> Bool {
        let word = Array(#""error""#.utf8)
        guard bytes.count >= word.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...bytes.count - word.count).contains { start in
                bytes[start] == word[0] && word.indices.allSatisfy { bytes[start + $0] == word[$0] }
            }
        }
    }

    private static func read(_ json: JSONValue) -> ProviderFailure? {
        if case .array(let elements) = json { return elements.first.flatMap(read) }
        guard case .object = json else { return nil }
        switch json["error"] {
        case .object?:
            guard let error = json["error"] else { return nil }
            var failure = ProviderFailure(
                message: sentence(error), code: word(error["code"]),
                type: error["type"]?.string ?? error["status"]?.string)
            failure.innerCode = word((error["innererror"] ?? error["inner_error"])?["code"])
            failure.retryDelay = retryDelay(error["details"])
            return failure
        case let error? where error != .null:
            return sentence(error).map { ProviderFailure(message: $0, type: json["error_type"]?.string) }
        default:
            guard let message = sentence(json) else { return nil }
            let code = word(json["code"]) ?? word(json["statusCode"])
            let type = json["error_type"] ?? (json["object"]?.string == "error" ? json["type"] : nil)
            return ProviderFailure(message: message, code: code, type: type?.string)
        }
    }

    /// The message in a value.
    private static func sentence(_ json: JSONValue?, depth: Int = 0) -> String? {
        guard let json, depth < 8 else { return nil }
        switch json {
        case .string(let text): return text
        case .array(let elements):
            let parts = elements.prefix(5).compactMap { sentence($0, depth: depth + 1) }
            return parts.isEmpty ? nil : parts.joined(separator: "; ")
        case .object:
            let said = ["message", "msg", "detail", "errors"].lazy.compactMap { sentence(json[$0], depth: depth + 1) }
            guard let text = said.first else { return nil }
            guard case .array(let place)? = json["loc"] else { return text }
            let path = place.compactMap(word).joined(separator: ".")
            return path.isEmpty ? text : "\(path): \(text)"
        default: return nil
        }
    }

    /// Some providers use words as codes, others use numbers.
    private static func word(_ json: JSONValue?) -> String? {
        switch json {
        case .string(let text): text
        case .int(let number): String(number)
        case .number(let number): Int(exactly: number).map { String($0) } ?? "\(number)"
        default: nil
        }
    }

    private static func retryDelay(_ details: JSONValue?) -> Duration? {
        guard case .array(let elements)? = details else { return nil }
        return elements.lazy.compactMap { $0["retryDelay"]?.string.flatMap(RateLimitReading.goDuration) }.first
    }
}

extension RetryPolicy {
    /// The policy for model providers.
    ///
    /// An exhausted quota, an input that is too long and a lack of support are final, whatever the status. A delay in
    /// the body is honoured.
    /// - `maximumWait`: The longest delay that a provider may ask for. The default is nil: that of the policy.
    package static func providers(maximumAttempts: Int, maximumWait: Duration? = nil) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = max(1, maximumAttempts)
        if let maximumWait {
            policy.maximumServerDelay = maximumWait
            policy.maximumTotalDelay = max(policy.maximumTotalDelay, maximumWait)
        }
        policy.waitsOutRateLimits = true
        policy.hint = { response in
            let failure = ProviderFailure(response)
            if failure.saysQuotaExhausted || failure.saysInputTooLong || failure.saysUnsupported { return .never }
            return failure.retryDelay.map { .after($0) } ?? .none
        }
        return policy
    }
}
