import Foundation
import QuarryHTTP
import QuarryTestSupport
import Testing

@Suite struct MultipartFormTests {
    /// Generates known numbers first, so that the first boundaries are known.
    private struct Numbers: RandomNumberGenerator {
        var rest: [UInt64]
        mutating func next() -> UInt64 { rest.isEmpty ? 7 : rest.removeFirst() }
    }

    @Test func `a form is encoded like the example of the standard`() throws {
        var form = MultipartForm()
        form.add("model", "whisper-1")
        try form.add("file", file: [0, 13, 10, 255], named: "/home/me/talk.mp3", contentType: "audio/mpeg")
        var numbers = Numbers(rest: [1, 2])
        let (body, contentType) = form.encoded(using: &numbers)
        let boundary = "form-00000000000000010000000000000002"
        #expect(contentType == "multipart/form-data; boundary=\(boundary)")
        let expected =
            Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--\(boundary)\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"talk.mp3\"\r\n"
                    + "Content-Type: audio/mpeg\r\n\r\n").utf8) + [0, 13, 10, 255]
            + Array("\r\n--\(boundary)--\r\n".utf8)
        #expect(body == expected)
    }

    @Test func `a boundary that occurs in a part is not used`() throws {
        var form = MultipartForm()
        form.add("text", "x\r\n--form-00000000000000010000000000000002--\r\n")
        var numbers = Numbers(rest: [1, 2, 3, 4])
        let (body, contentType) = form.encoded(using: &numbers)
        #expect(contentType.hasSuffix("form-00000000000000030000000000000004"))
        #expect(String(decoding: body, as: UTF8.self).hasSuffix("--form-00000000000000030000000000000004--\r\n"))
    }

    @Test func `a content type cannot start a new line`() {
        var form = MultipartForm()
        for type in ["a/b\r\nX: y", "", "a/b\u{0}", "тип"] {
            let error = #expect(throws: HTTPError.self) {
                try form.add("f", file: [], named: "f", contentType: type)
            }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test(.enabled("needs a python3") { await PythonScript.canImport("email") })
    func `another program parses the form with any names`() async throws {
        var form = MultipartForm()
        form.add("a\"; filename=\"evil", "value")
        form.add("line\r\nX-Evil: yes", "")
        let bytes = (0...255).map { UInt8($0) }
        try form.add("file", file: bytes, named: "..\\..\\a\"b\r\nc.bin")
        try form.add("file", file: [], named: "")
        let (body, contentType) = form.encoded()
        let result = try await PythonScript(path: supportPath("parse_form.py")).run([contentType], input: body)
        let expected = """
            [["a%22; filename=%22evil", null, null, 5, 541], ["line%0D%0AX-Evil: yes", null, null, 0, 0], \
            ["file", "a%22b%0D%0Ac.bin", "application/octet-stream", 256, 32640], \
            ["file", "file", "application/octet-stream", 0, 0]]

            """
        #expect(result.output == expected)
    }

    @Test func `a form arrives unchanged`() async throws {
        let server = try FakeHTTPServer { _ in .text("heard") }
        var form = MultipartForm()
        form.add("language", "ru")
        let request = HTTPRequest.post(form, to: try HTTPURL(server.url))
        #expect(try await HTTPClient().send(request).status == 200)
        let arrived = try #require(server.requests.first)
        #expect(arrived.headers["content-type"] == request.headers["content-type"])
        #expect(arrived.body == request.body)
    }
}
