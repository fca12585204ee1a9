/// The lines of a text, by their numbers from 0.
struct TextLines {
    let bytes: UnsafeBufferPointer<UInt8>
    private let starts: [Int]

    /// - Complexity: O(bytes).
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var starts = [0]
        starts.reserveCapacity(1 + bytes.count { $0 == 0x0A })
        for (offset, byte) in bytes.enumerated() where byte == 0x0A && offset + 1 < bytes.count {
            starts.append(offset + 1)
        }
        self.starts = bytes.isEmpty ? [] : starts
    }

    var count: Int { starts.count }

    func start(of line: Int) -> Int { line < starts.count ? starts[line] : bytes.count }

    /// A line without its `\n`; empty after the last.
    subscript(line: Int) -> Range<Int> {
        guard line < starts.count else { return bytes.count..<bytes.count }
        let end = line + 1 < starts.count ? starts[line + 1] - 1 : bytes.count
        return starts[line]..<(end > starts[line] && bytes[end - 1] == 0x0A && line + 1 == starts.count ? end - 1 : end)
    }

    /// A line without the white space at its ends.
    func trimmed(_ line: Int) -> Range<Int> { bytes.trimmed(self[line]) }

    func isBlank(_ line: Int) -> Bool { trimmed(line).isEmpty }

    /// The number of columns before the first letter of a line. Tabs lead to multiples of 8.
    func indentation(of line: Int) -> Int { bytes.columns(self[line].lowerBound..<trimmed(line).lowerBound) }

    /// The smallest indentation of lines that are not blank; `Int.max` if all are.
    func margin(of lines: Range<Int>) -> Int {
        lines.lazy.filter { !isBlank($0) }.map { indentation(of: $0) }.min() ?? .max
    }

    func starts(_ line: Int, with text: StaticString) -> Bool { bytes.hasText(text, at: self[line].lowerBound) }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether a text is at an offset.
    func hasText(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, offset + text.utf8CodeUnitCount <= count else { return false }
        for index in 0..<text.utf8CodeUnitCount where self[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The width of white space.
    func columns(_ range: Range<Int>) -> Int {
        self[range].reduce(0) { $1 == 0x09 ? ($0 / 8 + 1) * 8 : $0 + 1 }
    }

    func string(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    /// Whether a range has a letter or digit of any script.
    func hasWords(_ range: Range<Int>) -> Bool { self[range].contains { $0 >= 0x80 || $0.isASCIILetterOrDigit } }

    /// The values of a line that commas divide. Those in quotes may have commas.
    func csvCells(_ line: Range<Int>) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        var isQuoted = false
        for offset in line.lowerBound...line.upperBound {
            if offset < line.upperBound, self[offset] == 0x22 { isQuoted.toggle() }
            guard offset == line.upperBound || self[offset] == 0x2C && !isQuoted else { continue }
            var cell = trimmed(start..<offset)
            if cell.count > 1, self[cell.lowerBound] == 0x22, self[cell.upperBound - 1] == 0x22 {
                cell = cell.lowerBound + 1..<cell.upperBound - 1
            }
            cells.append(cell)
            start = offset + 1
        }
        return cells
    }

    /// The byte at an offset; 0 outside the text.
    func byte(_ offset: Int) -> UInt8 { offset >= 0 && offset < count ? self[offset] : 0 }
}

extension DocumentWriter {
    /// Appends a stretch of the parsed text.
    mutating func append(_ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) {
        guard !range.isEmpty else { return }
        append(UnsafeBufferPointer(rebasing: bytes[range]), source: range)
    }

    /// Appends a stretch that may be before one that was appended already; only those that ascend are in the map.
    mutating func append(_ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, in ranges: inout AscendingRanges) {
        append(UnsafeBufferPointer(rebasing: bytes[range]), source: ranges.admit(range))
    }

    /// Appends whole lines, without a margin of white space.
    mutating func append(_ numbers: Range<Int>, of lines: TextLines, without margin: Int = 0) {
        for number in numbers {
            let line = lines[number]
            let skipped = lines.bytes[line].prefix(margin).prefix { $0 == 0x20 || $0 == 0x09 }.count
            append(line.lowerBound + skipped..<line.upperBound, of: lines.bytes)
            append("\n")
        }
    }
}

/// The next place of a sign in a stretch of text that is read from left to right.
///
/// However often it is asked for, it reads the stretch only once.
struct NextMatch {
    private var position = -1

    /// The first offset from `start` that matches; nil if there is none before `end`.
    mutating func first(from start: Int, before end: Int, where matches: (Int) -> Bool) -> Int? {
        if position < start {
            position = start
            while position < end, !matches(position) { position += 1 }
        }
        return position < end ? position : nil
    }
}
