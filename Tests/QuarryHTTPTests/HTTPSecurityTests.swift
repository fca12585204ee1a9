import Foundation
import QuarryHTTP
import QuarryTesting
import Testing

private let canServeTLS =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") && PythonScript.canImport("ssl")

@Suite(
    .enabled(if: canServeTLS, "needs /usr/bin/openssl and a python3 with the module ssl"), .timeLimit(.minutes(1)))
struct HTTPSecurityTests {
    @Test func `an unknown certificate is refused, and trusted where its file is given`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "quarry-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Support/tls_server.py").path
        let server = try await ModelServer.start(interpreter: "/usr/bin/env", ["python3", script, folder.path])
        let port = try HTTPURL(server.url).port
        let request = HTTPRequest(.get, try HTTPURL("https://127.0.0.1:\(port)/"))

        let stranger = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) { try await stranger.send(request) }
        #expect(error?.code == .insecureConnection, "\(error?.message ?? "")")

        var configuration = HTTPClient.Configuration()
        configuration.certificateAuthorities = .file(folder.appending(path: "authority.pem").path)
        let friend = try HTTPClient(configuration)
        for _ in 0..<2 { #expect(try await friend.send(request).body == Array("sealed".utf8)) }
        var elsewhere = request
        elsewhere.url = try HTTPURL("https://localhost:\(port)/")
        let second = await #expect(throws: HTTPError.self) { try await friend.send(elsewhere) }
        #expect(second?.code == .insecureConnection, "\(second?.message ?? "")")
    }
}
