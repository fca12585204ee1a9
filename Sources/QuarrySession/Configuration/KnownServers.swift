import Foundation
package import QuarryProviders

/// The model servers that the user of this machine named or agreed to, in a file of their own.
///
/// An index may come from a stranger, and so may the address in it. So an index alone is not a reason to send anything
/// to a server: the server must be known.
package struct KnownServers: Sendable {
    /// Each line has `key` or `keyless`, a space, and the address of a server with `#` and a model.
    package let path: String

    package init(path: String) { self.path = path }

    /// - Throws: ``ConfigurationError`` if the file exists and cannot be read.
    package func contains(_ server: ModelReference) throws -> Bool {
        guard let text = server.known else { return false }
        return try lines().contains { $0.text == text }
    }

    /// Whether an index was made on this machine with a model of this server, by scheme, host and port, and with a key.
    func hasKey(for provider: Provider) throws -> Bool {
        guard let origin = provider.origin else { return false }
        return try lines().contains { line in
            line.hasKey && Provider.openAICompatible(at: String(line.text)).origin == origin
        }
    }

    /// Remembers a server.
    /// - `hasKey`: Whether the key of servers given by address is for this one.
    /// - Throws: ``ConfigurationError`` if the file cannot be read or written.
    package func add(_ server: ModelReference, hasKey: Bool) throws {
        guard let text = server.known, try !lines().contains(where: { $0.text == text && ($0.hasKey || !hasKey) })
        else { return }
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // One write at the end of the file, so that several processes can add servers.
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data("\(hasKey ? "key" : "keyless") \(text)\n".utf8))
        } catch {
            throw ConfigurationError(path, "The server \(server) cannot be remembered: \(error.localizedDescription)")
        }
    }

    private func lines() throws -> [(hasKey: Bool, text: Substring)] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(path, "The file of known servers cannot be read.")
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return parts.count == 2 ? (parts[0] == "key", parts[1]) : nil
        }
    }
}

extension ModelReference {
    /// The server in one spelling, and the model; nil without an address, or with a line break in the name.
    fileprivate var known: String? {
        guard let address = provider.address, let model, !model.contains(where: \.isNewline) else { return nil }
        return "\(address)#\(model)"
    }
}
