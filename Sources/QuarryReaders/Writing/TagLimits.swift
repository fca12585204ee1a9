/// Limits on tags, checked before a document is parsed: parsers compare each attribute with those before it.
enum TagLimits {
    /// The most attributes of a tag.
    static let attributes = 2_000

    /// Where the first tag with too many attributes begins; nil if there is none. White space and `=` outside of quoted
    /// values are counted, of which an attribute may have several.
    /// - Complexity: O(bytes).
    static func firstExcess(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var start = 0
        var count: Int?
        var quote: UInt8?
        for (index, byte) in bytes.enumerated() {
            guard let attributes = count else {
                if byte == UInt8(ascii: "<"), index + 1 < bytes.count, (bytes[index + 1] | 0x20) &- 0x61 < 26 {
                    (start, count, quote) = (index, 0, nil)
                }
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                count = nil
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "=") || byte == 0x20 || byte == 0x0A || byte == 0x09 {
                // White space too: an attribute needs no value.
                guard attributes < 8 * Self.attributes else { return start }
                count = attributes + 1
            }
        }
        return nil
    }
}
