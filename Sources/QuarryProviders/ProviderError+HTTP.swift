import Foundation
package import QuarryHTTP

extension ProviderError {
    /// - Parameter task: What was asked for, to advise on.
    package init(_ error: HTTPError, task: ModelTask) {
        let code: Code =
            switch error.code {
            case .invalidURL, .invalidRequest: .invalidConfiguration
            case .insecureConnection: .insecureConnection
            case .cannotConnect where error.isProxyRefusal: .unauthorized
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

    /// - Parameters:
    ///   - place: The URL asked, without its query.
    ///   - patience: What is waited for at most. A refusal that asks for more says when to come back.
    package init(
        _ head: HTTPResponseHead, _ failure: ProviderFailure, from place: String, task: ModelTask, patience: Duration
    ) {
        var failure = failure
        // A proxy may repeat the credentials that it was given.
        failure.message = failure.message.map(head.redactor.redact)
        let now = Date().timeIntervalSince1970
        let wish = failure.retryDelay ?? RetryPolicy.serverDelay(in: head.headers, now: now)
        let isPause = [429, 503, 529].contains(head.status) && !failure.saysQuotaExhausted
        let pause = isPause ? wish.flatMap { $0 > patience ? $0 : nil } : nil
        self.init(status: head.status, failure, from: place, task: task, pause: pause)
    }

    /// - Parameters:
    ///   - place: The URL asked, without its query.
    ///   - pause: What it asks to wait, where nobody waits for so long.
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
            case 407: .unauthorized
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
            case .unauthorized where status == 407:
                " That is what a proxy says. \(HTTPError.proxyAdvice)"
            case .unauthorized: " Check the API key."
            case .quotaExhausted: " Check the account's credit."
            case .notFound: " Check the base address (it often ends in /v1) and the model's name."
            case .inputTooLong where task == .generation:
                " Retrieve fewer or shorter passages, or use a model with a longer context."
            case .inputTooLong where task == .transcription:
                " Cut the recording into parts, or encode it with fewer bits: speech needs no more than 32 kbit/s."
            case .inputTooLong where task == .reranking: " Have fewer or shorter passages put in order."
            case .inputTooLong: " Cut the documents into shorter chunks."
            case .contentFiltered: " Ask otherwise, or leave out the passages it objects to."
            case .rateLimited where pause != nil: pause.map(Self.advice) ?? ""
            case .rateLimited: " Wait, or ask less often."
            default: ""
            }
        let reason = failure.message.map { ": \($0)" } ?? ""
        let end = reason.isEmpty || ![".", "!", "?"].contains(reason.suffix(1)) ? "." : ""
        self.init(code, "\(place) answered with status \(status)\(reason)\(end)\(advice)")
    }
}

extension ProviderError {
    /// What to do about a pause that nobody waits for.
    private static func advice(on pause: Duration) -> String {
        let seconds = pause.components.seconds
        let date = UTCTime.text(secondsSince1970: Date().timeIntervalSince1970 + Double(seconds))
        return
            " It asks to wait \(seconds) s, until \(date), which is too long to wait for. Run the same command again "
            + "then, what was done before is kept; or name another model."
    }
}

extension ProviderFailure {
    /// Whether a filter withheld the reply, as Azure's does.
    package var saysContentFiltered: Bool {
        let known = ["content_filter", "content_policy_violation", "responsibleaipolicyviolation"]
        return [code, type, innerCode].contains { $0.map { known.contains($0.lowercased()) } ?? false }
    }
}
