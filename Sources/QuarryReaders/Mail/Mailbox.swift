/// Divides a mailbox file into its messages.
struct Mailbox {
    struct Entry {
        /// Without the line `From …` before it.
        var range: Range<Int>
        /// The 1-based line at which the range begins.
        var firstLine: Int
    }

    /// The messages, separated by lines `From …` after an empty line.
    ///
    /// - Complexity: O(bytes).
    static func entries(_ bytes: [UInt8]) -> [Entry] {
        bytes.withUnsafeBufferPointer { bytes in
            var entries: [Entry] = []
            var start = 0
            var number = 1
            var isAfterEmpty = true
            var open: Entry?
            while start < bytes.count {
                let end = bytes.lineEnd(from: start)
                let next = min(bytes.count, end + 1)
                if isAfterEmpty, isSeparator(bytes, start..<end) {
                    if var entry = open {
                        entry.range = entry.range.lowerBound..<start
                        entries.append(entry)
                    }
                    open = Entry(range: next..<next, firstLine: number + 1)
                } else if open == nil {
                    open = Entry(range: start..<start, firstLine: number)
                }
                isAfterEmpty = end == start || end == start + 1 && bytes[start] == 0x0D
                start = next
                number += 1
            }
            if var entry = open {
                entry.range = entry.range.lowerBound..<bytes.count
                entries.append(entry)
            }
            return entries.filter { entry in bytes[entry.range].contains { $0 > 0x20 } }
        }
    }

    /// Whether a line begins a message: `From ` with a time, or before a line that is a header field.
    private static func isSeparator(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        guard bytes[line].starts(with: "From ".utf8) else { return false }
        for index in line.dropFirst(6).dropLast(1) where bytes[index] == UInt8(ascii: ":") {
            if bytes[index - 1].isASCIIDigit, bytes[index + 1].isASCIIDigit { return true }
        }
        var index = min(bytes.count, line.upperBound + 1)
        let start = index
        while index < bytes.count, bytes[index].isASCIILetterOrDigit || bytes[index] == UInt8(ascii: "-") { index += 1 }
        return index > start && index < bytes.count && bytes[index] == UInt8(ascii: ":")
    }

    /// Whether a line is `>From …` with one or more signs.
    static func isEscaped(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        guard !line.isEmpty, bytes[line.lowerBound] == UInt8(ascii: ">") else { return false }
        return bytes[line].drop { $0 == UInt8(ascii: ">") }.starts(with: "From ".utf8)
    }
}
