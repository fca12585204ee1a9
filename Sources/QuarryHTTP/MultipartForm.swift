/// A `multipart/form-data` body (RFC 7578), for file uploads.
package struct MultipartForm: Sendable, Hashable {
    private struct Part: Sendable, Hashable {
        var name: String
        var fileName: String?
        var contentType: String?
        var content: [UInt8]
    }

    private var parts: [Part] = []

    package init() {}

    /// Adds a plain value.
    package mutating func add(_ name: String, _ value: String) {
        parts.append(Part(name: name, content: Array(value.utf8)))
    }

    /// Adds a file.
    /// - `fileName`: The file's name for the server. Only the last component of a path is sent.
    /// - `contentType`: Such as `audio/mpeg`.
    /// - Throws: ``HTTPError`` with code `invalidRequest` for a content type that would start a new line.
    package mutating func add(
        _ name: String, file content: [UInt8], named fileName: String,
        contentType: String = "application/octet-stream"
    ) throws {
        guard !contentType.isEmpty, contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw HTTPError(.invalidRequest, "The content type of the form's field “\(name)” is not printable ASCII.")
        }
        let last = fileName.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? "file"
        parts.append(Part(name: name, fileName: last, contentType: contentType, content: content))
    }

    /// The body and its `Content-Type`.
    ///
    /// The boundary is random and does not occur in any part, so content cannot end its part early.
    /// - Complexity: O(bytes).
    package func encoded() -> (body: [UInt8], contentType: String) {
        var generator = SystemRandomNumberGenerator()
        return encoded(using: &generator)
    }

    /// - Parameter generator: The source of the boundary.
    package func encoded(using generator: inout some RandomNumberGenerator) -> (body: [UInt8], contentType: String) {
        var boundary = Self.boundary(&generator)
        while parts.contains(where: { Self.contains(Array(boundary.utf8), in: $0.content) }) {
            boundary = Self.boundary(&generator)
        }
        var body: [UInt8] = []
        body.reserveCapacity(parts.reduce(64) { $0 + $1.content.count + 256 })
        for part in parts {
            var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.escaped(part.name))\""
            if let fileName = part.fileName { head += "; filename=\"\(Self.escaped(fileName))\"" }
            if let contentType = part.contentType { head += "\r\nContent-Type: \(contentType)" }
            body.append(contentsOf: (head + "\r\n\r\n").utf8)
            body.append(contentsOf: part.content)
            body.append(contentsOf: "\r\n".utf8)
        }
        body.append(contentsOf: "--\(boundary)--\r\n".utf8)
        return (body, "multipart/form-data; boundary=\(boundary)")
    }

    private static func boundary(_ generator: inout some RandomNumberGenerator) -> String {
        let words = (0..<2).map { _ -> String in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "form-" + words.joined()
    }

    /// Escapes names like browsers (WHATWG HTML, "Multipart form data"), and also other control characters.
    private static func escaped(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\"": result += "%22"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case let control where control.value < 0x20 || control.value == 0x7F: result += "_"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func contains(_ pattern: [UInt8], in content: [UInt8]) -> Bool {
        guard let first = pattern.first, content.count >= pattern.count else { return false }
        return content.withUnsafeBufferPointer { bytes in
            (0...bytes.count - pattern.count).contains { start in
                bytes[start] == first && pattern.indices.allSatisfy { bytes[start + $0] == pattern[$0] }
            }
        }
    }
}

extension HTTPRequest {
    /// A request that posts a form.
    package static func post(
        _ form: MultipartForm, to url: HTTPURL, headers: HTTPHeaders = [:], limits: HTTPLimits? = nil
    ) -> HTTPRequest {
        let (body, contentType) = form.encoded()
        var headers = headers
        headers.set("Content-Type", contentType)
        return HTTPRequest(.post, url, headers: headers, body: body, limits: limits)
    }
}
