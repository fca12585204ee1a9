/// The header fields of a message or part (RFC 5322).
struct MailFields {
    struct Field {
        /// In lower case.
        var name: String
        /// The value in its buffer, folded as it is.
        var value: Range<Int>
    }

    private(set) var fields: [Field] = []
    /// Where the body begins.
    private(set) var end: Int
    /// Of more fields the rest are ignored.
    private static let maximumCount = 2_000

    /// Reads up to the first empty line, or to a line that is not a field.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        var start = range.lowerBound
        end = start
        while start < range.upperBound {
            let (line, next) = MailFields.line(bytes, from: start, to: range.upperBound)
            end = next
            if line.isEmpty { return }
            let isFirst = start == range.lowerBound
            if bytes[start] == 0x20 || bytes[start] == 0x09 {
                // A line of blanks ends the header in mail that was forwarded by hand.
                if let last = fields.indices.last {
                    fields[last].value = fields[last].value.lowerBound..<line.upperBound
                }
            } else if let colon = MailFields.nameEnd(bytes, line) {
                if fields.count < MailFields.maximumCount {
                    let name = String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
                    fields.append(
                        Field(name: String(name.prefix { $0 != " " && $0 != "\t" }), value: colon + 1..<line.upperBound)
                    )
                }
            } else if !(isFirst && bytes[line].starts(with: "From ".utf8)),
                !(isFirst && bytes[line].starts(with: ">From ".utf8))
            {
                end = start
                return
            }
            start = next
        }
    }

    /// The line without its end, and where the next begins.
    static func line(_ bytes: [UInt8], from start: Int, to limit: Int) -> (line: Range<Int>, next: Int) {
        var end = start
        while end < limit, bytes[end] != 0x0A { end += 1 }
        let next = min(limit, end + 1)
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return (start..<end, next)
    }

    /// The offset of the colon after a field's name; nil if the line is not the beginning of a field.
    static func nameEnd(_ bytes: [UInt8], _ line: Range<Int>) -> Int? {
        var index = line.lowerBound
        while index < line.upperBound, bytes[index] > 0x20, bytes[index] < 0x7F, bytes[index] != UInt8(ascii: ":") {
            index += 1
        }
        let end = index
        while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard end > line.lowerBound, index < line.upperBound, bytes[index] == UInt8(ascii: ":") else { return nil }
        return index
    }

    /// The first field of a name.
    func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// The first value of a name on one line, with encoded words as they are; nil without the field.
    func raw(_ name: String, in buffer: MailBuffer) -> [UInt8]? {
        field(name).map { MailFields.unfolded(buffer.bytes[$0.value]) }
    }

    static func unfolded(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = value.filter { $0 != 0x0A && $0 != 0x0D }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return Array(bytes.drop { $0 <= 0x20 })
    }
}

extension NamedCharsets {
    /// The text of a header value with encoded words (RFC 2047).
    mutating func text(ofHeader raw: [UInt8]) -> String {
        var text = ""
        var literal: [UInt8] = []
        var encoded: (charset: String, bytes: [UInt8])?
        var index = 0
        while index < raw.count {
            if let word = EncodedWord(raw, at: index) {
                if encoded != nil, literal.allSatisfy({ $0 <= 0x20 }) { literal = [] }
                if let open = encoded, literal.isEmpty, open.charset == word.charset {
                    // A character may be divided between two words.
                    encoded?.bytes += word.bytes
                } else {
                    flush(&encoded, &literal, to: &text)
                    encoded = (word.charset, word.bytes)
                }
                index = word.end
            } else {
                literal.append(raw[index])
                index += 1
            }
        }
        flush(&encoded, &literal, to: &text)
        return text.joiningWords()
    }

    /// Writes an encoded word and the bytes that follow it.
    private mutating func flush(
        _ encoded: inout (charset: String, bytes: [UInt8])?, _ literal: inout [UInt8], to text: inout String
    ) {
        if let word = encoded {
            text += String(decoding: decode(word.bytes, charset: word.charset).utf8, as: UTF8.self)
        }
        if !literal.isEmpty { text += String(decoding: decode(literal, charset: nil).utf8, as: UTF8.self) }
        (encoded, literal) = (nil, [])
    }
}

/// `=?charset?Q?text?=` in a header value.
private struct EncodedWord {
    var charset: String
    var bytes: [UInt8]
    var end: Int
    /// Longer than RFC 2047 allows, as some programs write.
    private static let maximumLength = 4_096

    init?(_ raw: [UInt8], at start: Int) {
        let mark = UInt8(ascii: "?")
        guard start + 7 < raw.count, raw[start] == UInt8(ascii: "="), raw[start + 1] == mark else { return nil }
        let limit = min(raw.count, start + EncodedWord.maximumLength)
        guard let charsetEnd = raw[start + 2..<min(limit, start + 64)].firstIndex(of: mark), charsetEnd + 2 < limit,
            raw[charsetEnd + 2] == mark
        else { return nil }
        let text = charsetEnd + 3
        var stop = text
        while stop + 1 < limit, raw[stop] != mark || raw[stop + 1] != UInt8(ascii: "=") { stop += 1 }
        guard stop + 1 < limit, raw[stop] == mark else { return nil }
        switch raw[charsetEnd + 1].lowerASCII {
        case UInt8(ascii: "b"): bytes = Base64.decode(raw[text..<stop])
        case UInt8(ascii: "q"):
            bytes = unescaped(raw[text..<stop].map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }, sign: UInt8(ascii: "="))
        default: return nil
        }
        // A language may follow the charset (RFC 2231).
        let name = raw[start + 2..<charsetEnd].prefix { $0 != UInt8(ascii: "*") }
        charset = String(decoding: name, as: UTF8.self).lowercased()
        end = stop + 2
    }
}

/// The bytes of a text with escapes of two hexadecimal digits, such as `%C3` or `=C3`. Other bytes stay.
func unescaped(_ text: some RandomAccessCollection<UInt8>, sign: UInt8) -> [UInt8] {
    let text = Array(text)
    var bytes: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
        if text[index] == sign, index + 2 < text.endIndex, let high = text[index + 1].hexadecimal,
            let low = text[index + 2].hexadecimal
        {
            bytes.append(high << 4 | low)
            index += 3
        } else {
            bytes.append(text[index])
            index += 1
        }
    }
    return bytes
}
