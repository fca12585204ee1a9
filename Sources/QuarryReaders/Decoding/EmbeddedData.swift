/// Files inside of a text, such as pictures in Markdown and HTML: `data:image/png;base64,iVBORw0…`.
enum EmbeddedData {
    /// Shorter ones stay.
    private static let minimumBytes = 256

    /// The ranges of base64 after `;base64,`, in text order. Line breaks between its lines belong to it.
    /// - Complexity: O(bytes).
    static func ranges(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        let mark = Array(";base64,".utf8)
        var ranges: [Range<Int>] = []
        var index = 0
        while let start = bytes[index...].firstIndex(of: mark[0]) {
            index = start + 1
            guard bytes[start...].starts(with: mark) else { continue }
            let first = start + mark.count
            let end = end(ofBase64From: first, in: bytes)
            index = end
            if end - first >= minimumBytes { ranges.append(first..<end) }
        }
        return ranges
    }

    private static func end(ofBase64From start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = start
        while end < bytes.count, isBase64(bytes[end]) { end += 1 }
        // The next line continues a wrapped one, if that was long.
        while end < bytes.count, bytes[end] == 0x0A, end - start >= 60 {
            var next = end + 1
            while next < bytes.count, isBase64(bytes[next]) { next += 1 }
            guard next - end > 60 || next < bytes.count && [0x29, 0x22, 0x27].contains(bytes[next]) else { break }
            end = next
        }
        return end
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "+/=-_%".utf8.contains(byte)
    }
}
