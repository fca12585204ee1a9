extension PDFPage {
    /// More pages are left out.
    private static let maximumPages = 100_000

    /// Reads the table of words that `pdftotext -tsv` and `tesseract … tsv` print. Rows of another form are skipped.
    ///
    /// - `scale`: Points in a unit of the table.
    /// - Complexity: O(bytes).
    static func pages(of bytes: [UInt8], scale: Double = 1) -> [PDFPage] {
        var pages: [PDFPage] = []
        var page: PDFPage?
        var line: Line?
        var block = 0
        func endLine() {
            guard var last = line else { return }
            line = nil
            guard !last.words.isEmpty else { return }
            last.measure()
            page?.lines.append(last)
        }
        bytes.withUnsafeBufferPointer { bytes in
            var fields = Fields(bytes)
            while fields.nextRow() {
                switch fields.level {
                case UInt8(ascii: "1"):
                    guard let box = fields.box(scale) else { continue }
                    endLine()
                    if let page { pages.append(page) }
                    page = nil
                    guard pages.count < maximumPages else { return }
                    page = PDFPage(number: pages.count + 1, width: box.width, height: box.height)
                case UInt8(ascii: "3"): block += 1
                case UInt8(ascii: "4"):
                    guard let box = fields.box(scale) else { continue }
                    endLine()
                    line = Line(words: [], box: box, block: block)
                case UInt8(ascii: "5"):
                    guard line != nil, let box = fields.box(scale), let text = fields.text else { continue }
                    line?.words.append(Word(text: text, box: box))
                default: continue
                }
            }
        }
        endLine()
        if let page { pages.append(page) }
        return pages
    }

    /// The fields of one row after another.
    private struct Fields {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var end = -1
        private(set) var level: UInt8 = 0
        /// The beginnings of the fields from `left` to `text`, and the end of the row.
        private var starts = [Int](repeating: 0, count: 13)

        private static let left = 6
        private static let last = 11

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        /// Moves to the next row with all fields.
        mutating func nextRow() -> Bool {
            while end < bytes.count {
                let start = end + 1
                guard start < bytes.count else { return false }
                var field = 0
                starts[0] = start
                var index = start
                while index < bytes.count, bytes[index] != 0x0A {
                    // The text is the last field, with all tabs in it.
                    if bytes[index] == 0x09, field < Self.last {
                        field += 1
                        starts[field] = index + 1
                    }
                    index += 1
                }
                end = index
                starts[Self.last + 1] = end + 1
                guard field == Self.last, starts[1] > start + 1 else { continue }
                level = bytes[start]
                return true
            }
            return false
        }

        func box(_ scale: Double) -> Box? {
            guard let left = number(Self.left), let top = number(Self.left + 1), let width = number(Self.left + 2),
                let height = number(Self.left + 3)
            else { return nil }
            return Box(left: left * scale, top: top * scale, width: width * scale, height: height * scale)
        }

        /// The word; nil if it has no letters and signs.
        var text: String? {
            var range = starts[Self.last]..<end
            while let last = range.last, bytes[last] == 0x20 || bytes[last] == 0x0D { range.removeLast() }
            return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
        }

        /// A decimal number with a point.
        private func number(_ field: Int) -> Double? {
            let range = starts[field]..<(starts[field + 1] - 1)
            guard !range.isEmpty else { return nil }
            var (value, scale, isNegative) = (0.0, 0.0, false)
            for index in range {
                let byte = bytes[index]
                if index == range.lowerBound, byte == UInt8(ascii: "-") {
                    isNegative = true
                } else if byte == UInt8(ascii: "."), scale == 0 {
                    scale = 1
                } else if byte &- 0x30 < 10 {
                    value = value * 10 + Double(byte &- 0x30)
                    scale *= 10
                } else {
                    return nil
                }
            }
            guard value.isFinite, scale.isFinite else { return nil }
            return (isNegative ? -value : value) / max(1, scale)
        }
    }
}

extension Range where Bound == Int {
    fileprivate mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}
