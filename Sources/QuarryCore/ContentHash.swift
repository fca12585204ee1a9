internal import Foundation

#if canImport(CryptoKit)
    internal import CryptoKit
#else
    internal import CQuarryDigest
#endif

/// A SHA-256 digest: of a file, of a document's content, of a quote.
public struct ContentHash: Sendable, Hashable, Codable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// - Returns: nil unless there are exactly 32 bytes.
    public init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 32 else { return nil }
    }

    public init(of bytes: [UInt8]) {
        let hasher = Hasher()
        bytes.withUnsafeBytes { hasher.update($0) }
        self.bytes = hasher.finish()
    }

    public init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// The digest of a file, read in pieces of 1 MiB.
    public init(ofFileAt path: String) throws {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        let hasher = Hasher()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            piece.withUnsafeBytes { hasher.update($0) }
        }
        bytes = hasher.finish()
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let hash = ContentHash(hexadecimal: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is not a SHA-256 in hexadecimal."))
        }
        self = hash
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// - Returns: nil unless `text` is 64 hexadecimal digits.
    public init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for pair in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[pair..<pair + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }
}

#if canImport(CryptoKit)
    private final class Hasher {
        private var state = SHA256()

        func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }
        func finish() -> [UInt8] { Array(state.finalize()) }
    }
#else
    /// OpenSSL's digest context, freed with its owner.
    private final class Hasher {
        private let context = EVP_MD_CTX_new()

        init() {
            let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
            precondition(started == 1, "libcrypto has no SHA-256.")
        }

        deinit { EVP_MD_CTX_free(context) }

        func update(_ bytes: UnsafeRawBufferPointer) { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }

        func finish() -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: 32)
            EVP_DigestFinal_ex(context, &digest, nil)
            return digest
        }
    }
#endif
