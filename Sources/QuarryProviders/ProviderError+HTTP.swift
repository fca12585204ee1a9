import Foundation
package import QuarryHTTP

extension ProviderError {
    /// - `task`: The task of the request.
    package init(_ error: HTTPError, task: ModelTask) {
        let code: Code =
            switch error.code {
            case .invalidURL, .invalidRequest: .invalidConfiguration
            case .insecureConnection: .insecureConnection
            case .cannotConnect where error.isProxyAuthenticationFailure: .proxyUnauthorized
            case .refusedHost: .refusedHost
            case .rateLimited: .rateLimited
            case .circuitOpen: .unavailable
            case .timedOut: .timedOut
            case .connectionLost: .interruptedReply
            case .responseTooLarge, .malformedResponse: .malformedReply
            case .refusedRedirect, .tooManyRedirects: .requestRefused
            default: .unreachable
            }
        let advice =
            code == .unreachable ? " Check that the server runs and that the address is right." : ""
        self.init(code, error.message + advice, underlyingError: error)
    }

    /// - `place`: The requested URL without its query.
    /// - `maximumWait`: The longest wait allowed. If the response asks for more, the error says when the wait ends.
    package init(
        _ head: HTTPResponseHead, _ failure: ProviderFailure, from place: String, task: ModelTask, maximumWait: Duration
    ) {
        var failure = failure
        // A proxy may repeat its credentials.
        failure.message = failure.message.map(head.redactor.redact)
        let now = Date().timeIntervalSince1970
        let requested = failure.retryDelay ?? RetryPolicy.serverDelay(in: head.headers, now: now)
        let isPause = [429, 503, 529].contains(head.status) && !failure.saysQuotaExhausted
        let pause = isPause ? requested.flatMap { $0 > maximumWait ? $0 : nil } : nil
        self.init(status: head.status, failure, from: place, task: task, pause: pause)
    }

    /// - `place`: The requested URL without its query.
    /// - `pause`: The requested wait if it is longer than allowed.
    package init(
        status: Int, _ failure: ProviderFailure, from place: String, task: ModelTask, pause: Duration? = nil
    ) {
        var failure = failure
        failure.status = status
        let code: Code =
            switch status {
            case _ where failure.saysQuotaExhausted: .quotaExhausted
            case _ where failure.saysContentFiltered: .contentFiltered
            case _ where failure.saysInputTooLong: .inputTooLong
            case _ where pause != nil: .rateLimited
            case 401, 403: .unauthorized
            case 402: .quotaExhausted
            case 407: .proxyUnauthorized
            case 404: .notFound
            case 413: .inputTooLong
            case 408, 504: .timedOut
            case 429: .rateLimited
            // Text Embeddings Inference says 424 where its model failed.
            case 424, 500...: .serverFailure
            default: .requestRefused
            }
        let advice: String =
            switch code {
            case .proxyUnauthorized: " \(HTTPError.proxyCredentials)"
            case .unauthorized: " Check the API key."
            case .quotaExhausted: " Check the account's credit."
            case .notFound: " Check the base address (it often ends in /v1) and the model's name."
            case .inputTooLong where task == .generation:
                " Retrieve fewer or shorter passages, or use a model with a longer context."
            case .inputTooLong where task == .transcription:
                " Cut the recording into parts, or lower its bit rate: 32 kbit/s is enough for speech."
            case .inputTooLong where task == .reranking: " Rerank fewer or shorter passages."
            case .inputTooLong: " Cut the documents into shorter chunks."
            case .contentFiltered: " Rephrase the question, or leave out the rejected passages."
            case .rateLimited where pause != nil: pause.map(Self.waitSentence) ?? ""
            case .rateLimited: " Wait, or send fewer requests."
            default: ""
            }
        let reason = failure.message.map { ": \($0.onOneLine)" } ?? ""
        let end = reason.isEmpty || ![".", "!", "?"].contains(reason.suffix(1)) ? "." : ""
        self.init(code, "\(place) answered with status \(status)\(reason)\(end)\(advice)")
        isUnexplained = [400, 422].contains(status) && failure.message?.contains(where: \.isLetter) != true
    }
}

extension ProviderError {
    /// The requested wait and its end.
    private static func waitSentence(_ pause: Duration) -> String {
        let seconds = pause.components.seconds
        let date = UTCTime.text(secondsSince1970: Date().timeIntervalSince1970 + Double(seconds))
        return " It asks to wait \(seconds) s, until \(date), which is longer than allowed."
    }
}

extension String {
    /// The text of a server on one line, so that it cannot forge a line of output.
    package var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

extension ProviderFailure {
    /// Whether a content filter withheld the reply, for example Azure's.
    package var saysContentFiltered: Bool {
        let known = ["content_filter", "content_policy_violation", "responsibleaipolicyviolation"]
        return [code, type, innerCode].contains { $0.map { known.contains($0.lowercased()) } ?? false }
    }
}
