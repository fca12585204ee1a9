import Foundation

/// What the body of an error response says, in any of the shapes JSON APIs use for it.
///
/// Read are `{"error": {"message", "type", "code"}}`, `{"error": "…"}`, `{"message": "…"}` and `{"detail": "…"}`.
package struct ProviderFailure: Sendable, Hashable {
    /// The provider's sentence; the start of the body where it is not JSON; nil where it is empty.
    package var message: String?
    package var code: String?
    package var type: String?

    package init(message: String?, code: String? = nil, type: String? = nil) {
        self.message = message
        self.code = code
        self.type = type
    }

    package init(body: [UInt8]) {
        if let document = try? JSONDecoder().decode(Document.self, from: Data(body)), let failure = document.failure {
            self = failure
        } else {
            let text = String(decoding: body.prefix(400), as: UTF8.self)
            let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            self.init(message: line.isEmpty ? nil : String(line.prefix(300)))
        }
    }

    /// The failure that a JSON text announces with a key `error`, as streams do after a status of 200.
    package init?(announcedIn json: some Sequence<UInt8>) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json)), document.error != nil,
            let failure = document.failure
        else { return nil }
        self = failure
    }

    /// Whether the request was refused for the length of its input.
    package var saysInputTooLong: Bool {
        let known = [
            "context_length_exceeded", "exceed_context_size_error", "string_above_max_length", "array_above_max_length",
            "request_too_large",
        ]
        if [code, type].contains(where: { $0.map(known.contains) ?? false }) { return true }
        let text = (message ?? "").lowercased()
        return [
            "batch-size must be", "text cannot exceed", "exceeding max", "exceeds maximum length", "max allowed tokens",
            "maximum number of tokens", "must have less than", "payload size exceeds",
            "too long", "too large", "too many tokens", "too many inputs", "maximum context", "context length",
            "context size", "maximum batch size", "batch size", "max_tokens_per_request", "token limit",
        ].contains { text.contains($0) }
    }

    private struct Document: Decodable {
        var error: ErrorValue?
        var message: String?
        var detail: String?

        var failure: ProviderFailure? {
            switch error {
            case .text(let text): ProviderFailure(message: text)
            case .object(let failure): failure
            case nil: (message ?? detail).map { ProviderFailure(message: $0) }
            }
        }

        private enum CodingKeys: String, CodingKey { case error, message, detail }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            error = try container.decodeIfPresent(ErrorValue.self, forKey: .error)
            message = try? container.decodeIfPresent(String.self, forKey: .message)
            detail = try? container.decodeIfPresent(String.self, forKey: .detail)
        }
    }

    private enum ErrorValue: Decodable {
        case text(String)
        case object(ProviderFailure)

        private enum CodingKeys: String, CodingKey { case message, code, type }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .text(text)
                return
            }
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // A code is a word with some providers and a number with others.
            let number = try? container.decodeIfPresent(Int.self, forKey: .code)
            self = .object(
                ProviderFailure(
                    message: try? container.decodeIfPresent(String.self, forKey: .message),
                    code: (try? container.decodeIfPresent(String.self, forKey: .code)) ?? number.map { String($0) },
                    type: try? container.decodeIfPresent(String.self, forKey: .type)))
        }
    }
}

extension RetryPolicy {
    /// For model providers: an exhausted quota and an input that is too long stay so, whatever the status.
    package static func providers(maximumAttempts: Int) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = max(1, maximumAttempts)
        policy.hint = { response in
            let failure = ProviderFailure(body: response.body)
            if failure.code == "insufficient_quota" { return .never }
            return failure.saysInputTooLong && response.status != 429 ? .never : .none
        }
        return policy
    }
}
