import QuarryCore
import QuarryText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Decodes text in the charset that a document names, such as `iso-8859-1` in a message or code page 1251 in RTF.
///
/// Bytes that are invalid in the charset become U+FFFD. Text without a known charset is read as UTF-8, or in the
/// encoding that its letters suggest.
struct NamedCharsets {
    /// Tables of charsets that are not a ``TextEncoding``, by name.
    private var tables: [String: CharsetTable?] = [:]
    /// Of further charsets the names are ignored: a table takes time, and their number is a stranger's.
    private static let maximumTables = 32

    /// The decoded text. Its map is empty if characters cannot be traced to bytes.
    mutating func decode(_ bytes: [UInt8], charset: String?) -> DecodedText {
        let name = NamedCharsets.normalized(charset ?? "")
        switch name {
        case "", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "x-unknown", "default", "8bit", "7bit":
            return NamedCharsets.undeclared(bytes)
        case "utf-7", "unicode-1-1-utf-7": return NamedCharsets.unmapped(bytes, "UTF-7")
        case "hz-gb-2312", "hz": return NamedCharsets.unmapped(bytes, "HZ")
        case "utf-16", "ucs-2", "unicode":
            return NamedCharsets.decode(bytes, as: EncodingDetector.byteOrderMark(of: bytes) ?? .utf16BigEndian)
        default: break
        }
        if let encoding = TextEncoding(label: name) { return NamedCharsets.decode(bytes, as: encoding) }
        guard let table = table(named: name) else { return NamedCharsets.undeclared(bytes) }
        return NamedCharsets.decode(bytes, by: table)
    }

    private mutating func table(named name: String) -> CharsetTable? {
        if let known = tables[name] { return known }
        guard tables.count < NamedCharsets.maximumTables, !name.hasPrefix("utf-"), !name.hasPrefix("iso-2022") else {
            return nil
        }
        let table = CharsetTable(charset: name.uppercased())
        tables[name] = .some(table)
        return table
    }

    /// The name in lower case; empty if it has characters that no charset's name has.
    private static func normalized(_ name: String) -> String {
        let trimmed = name.utf8.filter { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        let isName = trimmed.count <= 40 && trimmed.allSatisfy { $0.isASCIILetterOrDigit || "-_.:+".utf8.contains($0) }
        return isName ? String(decoding: trimmed, as: UTF8.self).lowercased() : ""
    }

    private static func undeclared(_ bytes: [UInt8]) -> DecodedText {
        if bytes.contains(0x1B), let encoding = ISO2022.encoding(of: bytes) { return decode(bytes, as: encoding) }
        if String(validating: bytes, as: UTF8.self) != nil { return identity(bytes) }
        switch EncodingDetector.detect(bytes) {
        case .text(let encoding): return decode(bytes, as: encoding)
        case .damagedUTF8: return repaired(bytes)
        case .binary, .unknown: return decode(bytes, as: .windows1252)
        }
    }

    private static func decode(_ bytes: [UInt8], as encoding: TextEncoding) -> DecodedText {
        switch encoding {
        case .utf8: return String(validating: bytes, as: UTF8.self) == nil ? repaired(bytes) : identity(bytes)
        case .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian, .iso2022JP, .iso2022KR,
            .iso2022CN:
            guard let decoded = try? TextDecoder.decode(bytes, as: encoding) else {
                return unmapped(bytes, encoding.rawValue)
            }
            return decoded
        default:
            guard let table = CharsetTable.available[encoding] else { return repaired(bytes) }
            return decode(bytes, by: table)
        }
    }

    private static func decode(_ bytes: [UInt8], by table: CharsetTable) -> DecodedText {
        var builder = DecodedText.Builder(capacity: bytes.count * 2)
        bytes.withUnsafeBufferPointer { bytes in
            var reader = CharsetTable.Reader(table)
            var offset = 0
            while offset < bytes.count {
                let (scalar, length) = reader.character(in: bytes, at: offset) ?? ("\u{FFFD}", 1)
                builder.append(scalar, source: offset, length: length)
                offset += length
            }
        }
        return builder.finish(lineStarts: [0])
    }

    private static func identity(_ bytes: [UInt8]) -> DecodedText {
        DecodedText(
            utf8: bytes,
            segments: bytes.isEmpty
                ? [] : [.init(clean: 0, source: 0, cleanUnit: 1, sourceUnit: 1, count: bytes.count)], lineStarts: [0])
    }

    private static func repaired(_ bytes: [UInt8]) -> DecodedText {
        DecodedText(utf8: Array(String(decoding: bytes, as: UTF8.self).utf8), segments: [], lineStarts: [0])
    }

    private static func unmapped(_ bytes: [UInt8], _ charset: String) -> DecodedText {
        guard let converted = converted(bytes, from: charset) else { return repaired(bytes) }
        return DecodedText(
            utf8: Array(String(decoding: converted, as: UTF8.self).utf8), segments: [], lineStarts: [0])
    }

    /// Converts with iconv. U+FFFD replaces each invalid byte. Nil without a table.
    private static func converted(_ bytes: [UInt8], from charset: String) -> [UInt8]? {
        guard let descriptor = iconv_open("UTF-8", charset), descriptor != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(descriptor) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output: [UInt8] = []
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        var offset = 0
        while offset < input.count {
            var left = input.count - offset
            var free = buffer.count
            var code: Int32 = 0
            input.withUnsafeMutableBufferPointer { input in
                buffer.withUnsafeMutableBufferPointer { buffer in
                    var source = input.baseAddress.map { $0 + offset }
                    var target = buffer.baseAddress
                    if iconv(descriptor, &source, &left, &target, &free) == -1 { code = errno }
                }
            }
            output += buffer[..<(buffer.count - free)].map { UInt8(bitPattern: $0) }
            let next = input.count - left
            if code != 0, code != E2BIG || next == offset && free == buffer.count {
                output += [0xEF, 0xBF, 0xBD]
                offset = next + 1
            } else {
                offset = next
            }
        }
        return output
    }
}

extension UInt8 {
    var isASCIILetterOrDigit: Bool { (lowerASCII >= 0x61 && lowerASCII <= 0x7A) || isASCIIDigit }
    var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    /// The byte with the letters A to Z in lower case.
    var lowerASCII: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexadecimal: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}

extension CleanSource {
    /// Bytes of a source that a reader decodes piece by piece. Offsets in the text are offsets in these bytes.
    ///
    /// - `range`: The bytes of one document. Lines count from the source's first.
    init(undecoded bytes: [UInt8], in range: Range<Int>) {
        text = String(decoding: bytes[range], as: UTF8.self)
        if text.utf8.count != range.count {
            text = String(decoding: bytes[range].map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
        sourceMap = SourceMap(
            segments: range.isEmpty
                ? []
                : [.init(clean: 0, source: range.lowerBound, cleanUnit: 1, sourceUnit: 1, count: range.count)],
            lineStarts: SourceMap.lineStarts(in: bytes[range]).map { $0 + range.lowerBound })
        removed = RemovedCharacters()
    }
}

/// Keeps the ranges that ascend. A document whose pieces are not in the order of the source loses its map.
struct AscendingRanges {
    /// Where the document begins in the source; admitted ranges count from it.
    private let start: Int
    private var end: Int

    init(from start: Int = 0) {
        self.start = start
        end = start
    }

    /// The range within the document; nil if a later one was admitted before.
    mutating func admit(_ range: Range<Int>?) -> Range<Int>? {
        guard let range, !range.isEmpty, range.lowerBound >= end else { return nil }
        end = range.upperBound
        return range.lowerBound - start..<range.upperBound - start
    }
}
