import QuarryHTTP
import Testing

@Suite struct ProviderFailureTests {
    private func failure(_ status: Int, _ message: String, code: String = "null") throws -> ProviderFailure {
        let head = HTTPResponseHead(status: status, headers: [:], url: try HTTPURL("http://127.0.0.1/"))
        let body = #"{"error":{"message":"\#(message)","code":\#(code)}}"#
        return ProviderFailure(HTTPResponse(head: head, body: Array(body.utf8)))
    }

    @Test(arguments: [400, 413, 422, 424, 500])
    func `a sentence about length counts if the status is about the request`(status: Int) throws {
        #expect(try failure(status, "The input is too long.").saysInputTooLong)
        #expect(try failure(status, "This model's maximum context length is 8192 tokens.").saysInputTooLong)
    }

    @Test(arguments: [401, 403, 404, 408, 409, 429, 502, 503, 529])
    func `with another status only an error code counts`(status: Int) throws {
        #expect(try !failure(status, "The queue is too long: batch size 64 is too large now.").saysInputTooLong)
        #expect(try failure(status, "m", code: #""context_length_exceeded""#).saysInputTooLong)
    }

    @Test(arguments: [
        "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
        "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 8192 tokens.",
        "`max_output_tokens` is too large.",
    ])
    func `a reply that is too long is not an input that is too long`(message: String) throws {
        #expect(try !failure(400, message).saysInputTooLong)
    }

    @Test func `an account without credit is recognised by code and type`() {
        #expect(ProviderFailure(message: "m", code: "insufficient_quota").saysQuotaExhausted)
        #expect(ProviderFailure(message: "m", type: "insufficient_quota").saysQuotaExhausted)
        #expect(ProviderFailure(message: "m", type: "billing_error").saysQuotaExhausted)
        #expect(!ProviderFailure(message: "insufficient_quota", code: "rate_limit_exceeded").saysQuotaExhausted)
    }
}
