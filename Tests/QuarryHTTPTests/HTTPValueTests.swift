import QuarryHTTP
import Testing

@Suite struct HTTPValueTests {
    @Test func `a URL is taken apart and shown without its query`() throws {
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

    @Test func `paths are added below the base`() throws {
        #expect(try HTTPURL("http://h/v1").appending(path: "models").string == "http://h/v1/models")
        #expect(try HTTPURL("http://h/v1/").appending(path: "models").string == "http://h/v1/models")
        #expect(try HTTPURL("http://h").appending(path: "models").string == "http://h/models")
        #expect(try HTTPURL("http://h/a?v=1").appending(path: "b").string == "http://h/a/b?v=1")
    }

    @Test(arguments: [
        "", "example.com/v1 ", "ftp://example.com", "file:///etc/passwd", "http://", "http://a b/", "http://h/\nx",
        "http://user:pw@h/", "http://user@h/", "/v1", "http://h:99999/", "gopher://h/", "javascript:alert(1)",
    ])
    func `what is not a plain http URL is refused`(text: String) throws {
        let error = #expect(throws: HTTPError.self) { try HTTPURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("pw") == false)
    }

    @Test func `a secret never shows itself`() {
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
    }

    @Test func `header names are compared without regard to case`() {
        var headers: HTTPHeaders = ["Content-Type": "a", "X": "b"]
        headers.set("content-type", "c")
        #expect(headers["CONTENT-TYPE"] == "c")
        #expect(headers.fields.count == 2)
    }

    @Test func `error bodies are read in every shape in use`() {
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
}
