import Foundation

/// A credential. Every textual form of it is `<redacted>`.
package struct Secret: Sendable, Hashable {
    private let value: String

    package init(_ value: String) { self.value = value }

    package var isEmpty: Bool { value.isEmpty }

    /// The credential itself, for sending it.
    func reveal() -> String { value }

    /// The value of an `Authorization` field with this bearer token.
    package var bearer: Secret { Secret("Bearer " + value) }

    /// All forms of a proxy's `user:password` that a response may contain: percent-decoded, the password alone, and as
    /// basic authorization encodes it.
    var proxyForms: [Secret] {
        let plain = value.removingPercentEncoding ?? value
        let password = plain.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init)
        let basic = Data(plain.utf8).base64EncodedString()
        return [self, Secret(plain), Secret(basic)] + (password.map { [Secret($0)] } ?? [])
    }

    /// The text without the credential, for example a server's message that repeats it.
    package func redacting(_ text: String) -> String { Redactor([self]).redact(text) }

    /// All forms of the credential that a text may contain: unchanged, without its scheme, percent-encoded, with the
    /// escaped slashes of some JSON encoders, and in lower case as in a host name.
    ///
    /// Forms under eight bytes are ignored. Local servers get keys such as `ollama` or `EMPTY`, which are also words of
    /// their messages.
    var forms: [String] {
        let words = value.split(separator: " ", maxSplits: 1)
        let bare = words.count == 2 ? String(words[1]) : value
        return Set([value, bare]).filter { $0.utf8.count >= 8 }.flatMap { form in
            let slashed = form.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
            return [form, Self.percentEncoded(form), slashed, form.lowercased()]
        }
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Removes the credentials of one exchange from traces, errors and responses.
package struct Redactor: Sendable, Hashable {
    /// Longest first, because one credential may contain another.
    private let forms: [Secret]

    package init(_ secrets: some Sequence<Secret>) {
        let unique = Set(secrets.flatMap(\.forms))
        forms = unique.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.map { Secret($0) }
    }

    package init() { forms = [] }

    /// Removes the secrets of a request and the plain values of credential fields.
    init(_ headers: HTTPHeaders, and others: [Secret] = []) {
        self.init(headers.credentials + others)
    }

    package func redact(_ text: String) -> String {
        forms.reduce(text) { text, form in
            guard text.contains(form.reveal()) else { return text }
            return text.split(separator: form.reveal(), omittingEmptySubsequences: false).joined(
                separator: "<redacted>")
        }
    }

    func redact(_ error: any Error) -> any Error {
        guard var error = error as? HTTPError else { return error }
        error.message = redact(error.message)
        return error
    }

    /// The length of the longest form, in bytes.
    var longestForm: Int { forms.first?.reveal().utf8.count ?? 0 }
}
