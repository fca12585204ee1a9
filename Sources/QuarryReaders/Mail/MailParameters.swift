/// A value with parameters, such as that of `Content-Type` (RFC 2045 and 2231).
struct MailParameters {
    /// The value before the parameters, in lower case: `text/plain`.
    var value: String
    private var parameters: [String: String] = [:]
    /// Of more parameters the rest are ignored.
    private static let maximumCount = 200

    init(_ raw: [UInt8], charsets: inout NamedCharsets) {
        var scan = Scan(bytes: raw)
        value = String(decoding: scan.token(until: ";"), as: UTF8.self).lowercased().filter { !$0.isWhitespace }
        var sections: [String: [(number: Int, text: [UInt8], isEncoded: Bool)]] = [:]
        var count = 0
        while scan.skip(";"), count < MailParameters.maximumCount {
            count += 1
            let name = String(decoding: scan.token(until: "=;"), as: UTF8.self).lowercased().filter { !$0.isWhitespace }
            guard scan.skip("=") else { continue }
            let text = scan.value()
            let pieces = name.split(separator: "*", omittingEmptySubsequences: false)
            guard let base = pieces.first, !base.isEmpty else { continue }
            if pieces.count == 1 {
                if parameters[name] == nil { parameters[name] = charsets.text(ofHeader: text) }
            } else {
                sections[String(base), default: []].append((Int(pieces[1]) ?? 0, text, pieces.last == ""))
            }
        }
        for (name, pieces) in sections {
            var charset: String?
            var bytes: [UInt8] = []
            for (index, piece) in pieces.sorted(by: { $0.number < $1.number }).enumerated() {
                var text = piece.text[...]
                if piece.isEncoded {
                    if index == 0 {
                        let marks = text.indices.filter { text[$0] == UInt8(ascii: "'") }.prefix(2)
                        if let first = marks.first, let last = marks.last, first != last {
                            charset = String(decoding: text[..<first], as: UTF8.self)
                            text = text[(last + 1)...]
                        }
                    }
                    bytes += unescaped(text, sign: UInt8(ascii: "%"))
                } else {
                    bytes += text
                }
            }
            parameters[name] = String(decoding: charsets.decode(bytes, charset: charset).utf8, as: UTF8.self)
        }
    }

    subscript(_ name: String) -> String? { parameters[name] }

    private struct Scan {
        let bytes: [UInt8]
        var index = 0

        mutating func skipSpace() {
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "(") {
                    while index + 1 < bytes.count, bytes[index] != UInt8(ascii: ")") { index += 1 }
                } else if bytes[index] > 0x20 {
                    return
                }
                index += 1
            }
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        mutating func token(until stops: String) -> ArraySlice<UInt8> {
            skipSpace()
            let start = index
            while index < bytes.count, !stops.utf8.contains(bytes[index]), bytes[index] != UInt8(ascii: "(") {
                index += 1
            }
            return bytes[start..<index]
        }

        /// A quoted string, or the rest up to a semicolon.
        mutating func value() -> [UInt8] {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
                return MailFields.unfolded(bytes[start..<index])
            }
            index += 1
            var text: [UInt8] = []
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count { index += 1 }
                text.append(bytes[index])
                index += 1
            }
            while index < bytes.count, bytes[index] != UInt8(ascii: ";") { index += 1 }
            return text
        }
    }
}
