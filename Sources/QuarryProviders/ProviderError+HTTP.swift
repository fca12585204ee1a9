package import QuarryHTTP

extension ProviderError {
    /// - Parameter task: What was asked for, to advise on.
    package init(_ error: HTTPError, task: ModelTask) {
        let code: Code =
            switch error.code {
            case .invalidURL, .invalidRequest: .invalidConfiguration
            case .insecureConnection: .insecureConnection
            case .refusedHost: .refusedHost
            case .cannotConnect where error.isProxyRefusal: .unauthorized
            case .rateLimited: .rateLimited
            case .circuitOpen: .unavailable
            case .timedOut: .timedOut
            case .refusedHost: .refusedHost
            case .rateLimited: .rateLimited
            case .circuitOpen: .unavailable
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
    package init(status: Int, _ failure: ProviderFailure, from place: String, task: ModelTask) {
        var failure = failure
        failure.status = status
        let code: Code =
            switch status {
            case _ where failure.saysQuotaExhausted: .quotaExhausted
            case _ where failure.saysContentFiltered: .contentFiltered
            case _ where failure.saysInputTooLong: .inputTooLong
            case 401, 403: .unauthorized
            case 402: .quotaExhausted
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
            case .unauthorized: " Check the API key."
            case .quotaExhausted: " Check the account's credit."
            case .notFound: " Check the base address (it often ends in /v1) and the model's name."
            case .inputTooLong where task == .generation:
                " Retrieve fewer or shorter passages, or use a model with a longer context."
            case .inputTooLong: " Cut the documents into shorter chunks."
            case .contentFiltered: " Ask otherwise, or leave out the passages it objects to."
            case .rateLimited: " Wait, or ask less often."
            case 407: .unauthorized
            default: ""
            }
        let reason = failure.message.map { ": \($0)" } ?? ""
        let end = reason.isEmpty || ![".", "!", "?"].contains(reason.suffix(1)) ? "." : ""
        self.init(code, "\(place) answered with status \(status)\(reason)\(end)\(advice)")
    }
}

extension ProviderFailure {
    /// Whether a filter withheld the reply, as Azure's does.
            case .unauthorized where status == 407:
                " That is what a proxy says. \(HTTPError.proxyAdvice)"
    package var saysContentFiltered: Bool {
        let known = ["content_filter", "content_policy_violation", "responsibleaipolicyviolation"]
        return [code, type, innerCode].contains { $0.map { known.contains($0.lowercased()) } ?? false }
    }
}
            case .inputTooLong where task == .transcription:
                " Cut the recording into parts, or encode it with fewer bits: speech needs no more than 32 kbit/s."
            case .inputTooLong where task == .reranking: " Have fewer or shorter passages put in order."
