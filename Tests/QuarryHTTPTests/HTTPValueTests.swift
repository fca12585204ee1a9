import QuarryHTTP
import Testing

@Suite struct HTTPValueTests {
    @Test func `a URL is parsed and shown without its query`() throws {
        let url = try HTTPURL("HTTP://Example.COM:8080/v1/?key=abc#part")
        #expect(url.scheme == "http")
        #expect(url.host == "example.com")
        #expect(url.port == 8080)
        #expect(url.query == "key=abc")
        #expect("\(url)" == "http://example.com:8080/v1/")
        #expect(url.origin == "http://example.com:8080")
        #expect(try HTTPURL("https://example.com").origin == "https://example.com")
        #expect(try HTTPURL("http://[::1]:9/").host == "[::1]")
    }

    @Test func `paths are appended to the base`() throws {
        #expect(try HTTPURL("http://h/v1").appending(path: "models").string == "http://h/v1/models")
        #expect(try HTTPURL("http://h/v1/").appending(path: "models").string == "http://h/v1/models")
        #expect(try HTTPURL("http://h").appending(path: "models").string == "http://h/models")
        #expect(try HTTPURL("http://h/a?v=1").appending(path: "b").string == "http://h/a/b?v=1")
    }

    @Test(arguments: [
        "", "example.com/v1 ", "ftp://example.com", "file:///etc/passwd", "http://", "http://a b/", "http://h/\nx",
        "http://user:pw@h/", "http://user@h/", "/v1", "http://h:99999/", "gopher://h/", "javascript:alert(1)",
    ])
    func `a text that is not a plain http URL is rejected`(text: String) throws {
        let error = #expect(throws: HTTPError.self) { try HTTPURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("pw") == false)
    }

    @Test func `a secret is never shown`() {
        let secret = Secret("sk-very-secret")
        var headers: HTTPHeaders = ["Accept": "text/plain"]
        headers.add("Authorization", secret: secret.bearer)
        let shown = ["\(secret)", String(reflecting: secret), "\(headers)", headers["authorization"] ?? ""]
        for text in shown { #expect(!text.contains("sk-very")) }
        var dumped = ""
        dump(headers, to: &dumped)
        dump(secret, to: &dumped)
        #expect(!dumped.contains("sk-very"))
        #expect(secret.redacting("wrong key sk-very-secret, sorry") == "wrong key <redacted>, sorry")
        #expect(secret.bearer.redacting("sk-very-secret") == "<redacted>")
        #expect(Secret("EMPTY").bearer.redacting("The prompt is EMPTY.") == "The prompt is EMPTY.")
    }

    @Test func `header names are case-insensitive`() {
        var headers: HTTPHeaders = ["Content-Type": "a", "X": "b"]
        headers.set("content-type", "c")
        #expect(headers["CONTENT-TYPE"] == "c")
        #expect(headers.fields.count == 2)
    }

    @Test func `error bodies are parsed in every known shape`() {
        func failure(_ text: String) -> ProviderFailure { ProviderFailure(body: Array(text.utf8)) }
        #expect(
            failure(#"{"error":{"message":"No.","type":"t","param":null,"code":"c"}}"#)
                == .init(message: "No.", code: "c", type: "t"))
        #expect(
            failure(#"{"error":{"code":503,"message":"Loading model"}}"#)
                == .init(message: "Loading model", code: "503"))
        #expect(failure(#"{"error":"model not found"}"#).message == "model not found")
        #expect(failure(#"{"message":"m"}"#).message == "m")
        #expect(failure(#"{"detail":"d"}"#).message == "d")
        #expect(failure("<html>\n bad  gateway</html>").message == "<html> bad gateway</html>")
        #expect(failure("").message == nil)
        #expect(failure(#"{"error":{"message":"m","code":"context_length_exceeded"}}"#).saysInputTooLong)
        #expect(failure(#"{"error":{"message":"input is too large to process"}}"#).saysInputTooLong)
        #expect(!failure(#"{"error":{"message":"no such model"}}"#).saysInputTooLong)
        #expect(ProviderFailure(announcedIn: #"{"choices":[],"error":null}"#.utf8) == nil)
        #expect(ProviderFailure(announcedIn: #"{"error":{"message":"m"}}"#.utf8)?.message == "m")
    }

    @Test func `error bodies of each provider are parsed`() {
        func failure(_ text: String) -> ProviderFailure { ProviderFailure(body: Array(text.utf8)) }
        let fastAPI = failure(
            #"{"detail":[{"loc":["body","texts",0],"msg":"field required","type":"value_error.missing"},{"msg":"x"}]}"#)
        #expect(fastAPI.message == "body.texts.0: field required; x")
        let gemini = failure(
            #"""
            [{"error":{"code":429,"message":"Quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"a"},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]
            """#)
        #expect(gemini.message == "Quota." && gemini.code == "429" && gemini.type == "RESOURCE_EXHAUSTED")
        #expect(gemini.retryDelay == .seconds(34.5))
        let tei = failure(#"{"error":"`inputs` must have less than 512 tokens","error_type":"Validation"}"#)
        #expect(tei.type == "Validation" && tei.saysInputTooLong)
        #expect(failure(#"{"message":"m","code":413,"error_type":"Validation"}"#).code == "413")
        let azure = failure(
            #"{"error":{"code":"content_filter","message":"m","status":400,"innererror":{"code":"Policy"}}}"#)
        #expect(azure.code == "content_filter" && azure.innerCode == "Policy" && azure.type == nil)
        #expect(failure(#"{"error":{"code":"c","message":"m","inner_error":{"code":"P"}}}"#).innerCode == "P")
        #expect(failure(#"{"statusCode":429,"message":"slow"}"#) == .init(message: "slow", code: "429"))
        #expect(
            failure(#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}"#)
                == .init(message: "Overloaded", type: "overloaded_error"))
        let mistral = failure(
            #"{"object":"error","message":{"detail":[{"loc":["body"],"msg":"bad"}]},"type":"invalid_request_error"}"#)
        #expect(mistral.message == "body: bad" && mistral.type == "invalid_request_error")
        #expect(failure(#"{"error":["a","b"]}"#).message == "a; b")
        let nested = String(repeating: "[", count: 100_000)
        #expect(failure(nested).message == String(nested.prefix(300)))
        for text in ["null", "[]", "{}", "1", #"{"error":null}"#, #"{"error":true}"#] {
            #expect(failure(text).message == text)
        }
    }

    @Test func `status 413 means too long, whatever the body says`() throws {
        let head = HTTPResponseHead(status: 413, headers: [:], url: try HTTPURL("http://h/"))
        #expect(ProviderFailure(HTTPResponse(head: head, body: [])).saysInputTooLong)
    }
}
