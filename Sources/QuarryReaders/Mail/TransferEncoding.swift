import QuarryCore

/// How the bytes of a body are written (RFC 2045).
enum TransferEncoding {
    case identity
    case quotedPrintable
    case base64

    init(_ name: String) {
        switch name.lowercased().filter({ !$0.isWhitespace }) {
        case "quoted-printable": self = .quotedPrintable
        case "base64": self = .base64
        default: self = .identity
        }
    }
}

/// Bytes that hold a message: those of a file, or those of a body that was decoded.
struct MailBuffer {
    var bytes: [UInt8]
    /// Whether offsets are offsets of the file.
    var isSource = true
    /// Whether lines `From …` of the content are written as `>From …`.
    var isMailbox = false
}

/// The content of a body, with its map to the buffer that holds the body.
struct DecodedBody {
    var bytes: [UInt8] = []
    /// Empty if the bytes cannot be traced, as in base64.
    var segments: [SourceMap.Segment] = []

    init(_ buffer: MailBuffer, in range: Range<Int>, encoding: TransferEncoding) {
        switch encoding {
        case .base64: bytes = Base64.decode(buffer.bytes[range])
        case .identity where !buffer.isMailbox:
            bytes = Array(buffer.bytes[range])
            guard !bytes.isEmpty else { return }
            segments = [
                .init(clean: 0, source: range.lowerBound, cleanUnit: 1, sourceUnit: 1, count: bytes.count)
            ]
        case .identity, .quotedPrintable:
            decodeLines(buffer, range, isQuotedPrintable: encoding == .quotedPrintable)
        }
        if !buffer.isSource { segments = [] }
    }

    private mutating func decodeLines(_ buffer: MailBuffer, _ range: Range<Int>, isQuotedPrintable: Bool) {
        var map = SourceMapBuilder()
        bytes.reserveCapacity(range.count)
        buffer.bytes.withUnsafeBufferPointer { source in
            var start = range.lowerBound
            while start < range.upperBound {
                var end = start
                while end < range.upperBound, source[end] != 0x0A { end += 1 }
                let next = min(range.upperBound, end + 1)
                if buffer.isMailbox, Mailbox.isEscaped(source, start..<end) { start += 1 }
                if isQuotedPrintable {
                    decodeLine(source, start..<next, &map)
                } else {
                    bytes.append(contentsOf: source[start..<next])
                    map.append(source: start, count: next - start)
                }
                start = next
            }
        }
        segments = map.segments
    }

    private mutating func decodeLine(
        _ source: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ map: inout SourceMapBuilder
    ) {
        var end = line.upperBound
        while end > line.lowerBound, source[end - 1] <= 0x20 { end -= 1 }
        let isSoft = end > line.lowerBound && source[end - 1] == UInt8(ascii: "=")
        if isSoft { end -= 1 }
        var index = line.lowerBound
        while index < end {
            var byte = source[index]
            var length = 1
            if byte == UInt8(ascii: "="), index + 2 < end, let high = source[index + 1].hexadecimal,
                let low = source[index + 2].hexadecimal
            {
                byte = high << 4 | low
                length = 3
            }
            bytes.append(byte)
            map.append(source: index, sourceUnit: length)
            index += length
        }
        guard !isSoft, line.upperBound > end, source[line.upperBound - 1] == 0x0A else { return }
        bytes.append(0x0A)
        map.append(source: line.upperBound - 1)
    }
}

enum Base64 {
    /// The decoded bytes. Other characters are ignored; padding may occur between parts.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            if byte == UInt8(ascii: "=") {
                (bits, count) = (0, 0)
                continue
            }
            guard let value = value(of: byte) else { continue }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
