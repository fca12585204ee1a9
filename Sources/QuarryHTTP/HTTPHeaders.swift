/// Header fields in their original order. Names are case-insensitive.
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    package struct Field: Sendable, Hashable {
        package var name: String
        var value: FieldValue

        /// Whether the value is a secret, or a field of this name usually carries secrets.
        var isCredential: Bool {
            if case .secret = value { return true }
            return HTTPHeaders.credentialNames.contains(name.lowercased())
        }
    }

    private static let credentialNames: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "api-key", "x-api-key", "x-goog-api-key",
        "x-auth-token", "x-chroma-token",
    ]

    enum FieldValue: Sendable, Hashable {
        case plain(String)
        case secret(Secret)

        /// The value as it is sent.
        var wire: String {
            switch self {
            case .plain(let text): text
            case .secret(let secret): secret.reveal()
            }
        }
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: .plain($0.1)) }
    }

    /// The first value of a name; `<redacted>` for a secret.
    package subscript(name: String) -> String? {
        fields.first { Self.same($0.name, name) }.map { field in
            switch field.value {
            case .plain(let text): text
            case .secret(let secret): secret.description
            }
        }
    }

    /// The values of all fields of a name; `<redacted>` for a secret.
    package func values(of name: String) -> [String] {
        fields.filter { Self.same($0.name, name) }.map { field in
            switch field.value {
            case .plain(let text): text
            case .secret(let secret): secret.description
            }
        }
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: .plain(value)))
    }

    /// Adds a credential. It is sent but never shown.
    package mutating func add(_ name: String, secret: Secret) {
        fields.append(Field(name: name, value: .secret(secret)))
    }

    package mutating func remove(_ name: String) { fields.removeAll { Self.same($0.name, name) } }

    /// Replaces every field of the name.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// The values of all fields with credentials.
    var credentials: [Secret] {
        fields.filter(\.isCredential).map { field in
            switch field.value {
            case .plain(let text): Secret(text)
            case .secret(let secret): secret
            }
        }
    }

    /// The first received value of a name, even if it must not be shown.
    func wire(_ name: String) -> String? { fields.first { Self.same($0.name, name) }?.value.wire }

    /// The same fields. Values that contain a credential become secrets.
    func hidingValues(that redactor: Redactor) -> HTTPHeaders {
        var rest = self
        rest.fields = fields.map { field in
            let text = field.value.wire
            guard redactor.redact(text) != text else { return field }
            return Field(name: field.name, value: .secret(Secret(text)))
        }
        return rest
    }

    /// - Throws: ``HTTPError`` with code `invalidRequest` for a name or value that would start a new line.
    func validate() throws {
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenByte) else {
                throw HTTPError(.invalidRequest, "“\(field.name)” is not a header name.")
            }
            guard !field.value.wire.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
                throw HTTPError(
                    .invalidRequest, "The value of the header \(field.name) contains a line break or a NUL.")
            }
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func same(_ a: String, _ b: String) -> Bool { a.lowercased() == b.lowercased() }

    package var description: String {
        fields.map { field in
            switch field.value {
            case .plain(let text) where !field.isCredential: "\(field.name): \(text)"
            case .plain, .secret: "\(field.name): <redacted>"
            }
        }.joined(separator: "\n")
    }
}
