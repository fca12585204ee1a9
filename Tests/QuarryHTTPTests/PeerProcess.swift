import Foundation
import QuarryHTTP
import QuarryTestSupport

/// A server process for a test, and a folder for its files. Both are removed with the last reference.
final class PeerProcess: Sendable {
    let folder: URL
    let port: Int
    private let server: ModelServer

    /// - Parameter script: The name of a launcher in `Tests/Support`.
    init(_ script: String, _ arguments: (URL) -> [String] = { _ in [] }) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "quarry-peer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        server = try await ModelServer.start(
            interpreter: "/usr/bin/env", ["python3", supportPath(script)] + arguments(folder))
        port = try HTTPURL(server.url).port
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A client that trusts this peer's certificate.
    func trustingConfiguration() -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.certificateAuthorities = .file(folder.appending(path: "authority.pem").path)
        // On a busy machine the peer may be slow in the handshake.
        configuration.limits.connectTimeout = .seconds(60)
        return configuration
    }

    static var canServeTLS: Bool {
        get async {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else { return false }
            return await PythonScript.canImport("ssl")
        }
    }
    static var canServeHTTP2: Bool { get async { hasHTTP2Proxy ? await canServeTLS : false } }
    private static let hasHTTP2Proxy =
        ["/usr/sbin/nghttpx", "/usr/bin/nghttpx", "/opt/homebrew/bin/nghttpx", "/usr/local/bin/nghttpx"].contains {
            FileManager.default.isExecutableFile(atPath: $0)
        }
}
