/// A page as `pdftotext -tsv` gives it: lines of words with their boxes, in reading order.
struct PDFPage {
    /// In points from the top left corner of the page.
    struct Box {
        var left: Double
        var top: Double
        var width: Double
        var height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
    }

    struct Word {
        var text: String
        var box: Box
    }

    struct Line {
        var words: [Word]
        var box: Box
        /// Lines of one block follow each other.
        var block: Int

        var text: String { words.map(\.text).joined(separator: " ") }
        var letters: Int { words.reduce(0) { $0 + $1.text.utf8.count } }
        /// The height of the words with most letters: one tall sign does not count.
        private(set) var textHeight = 0.0

        mutating func measure() {
            let letters = letters
            var seen = 0
            for word in words.sorted(by: { $0.box.height < $1.box.height }) {
                seen += word.text.utf8.count
                textHeight = word.box.height
                if 2 * seen >= letters { return }
            }
        }
    }

    var number: Int
    var width: Double
    var height: Double
    var lines: [Line] = []

    /// More pages are left out.
    private static let maximumPages = 100_000

    /// Reads the table that `pdftotext -tsv` prints. Rows of another form are skipped.
    static func pages(of bytes: [UInt8]) -> [PDFPage] {
        var pages: [PDFPage] = []
        var block = 0
        for row in bytes.split(separator: 0x0A) {
            let fields = row.split(separator: 0x09, maxSplits: 11, omittingEmptySubsequences: false)
            guard fields.count == 12, let level = fields[0].first, let box = box(of: fields) else { continue }
            switch level {
            case UInt8(ascii: "1"):
                guard pages.count < maximumPages else { return pages }
                pages.append(PDFPage(number: pages.count + 1, width: box.width, height: box.height))
            case UInt8(ascii: "3"): block += 1
            case UInt8(ascii: "4"):
                guard let last = pages.indices.last else { continue }
                pages[last].lines.append(Line(words: [], box: box, block: block))
            case UInt8(ascii: "5"):
                guard let page = pages.indices.last, let line = pages[page].lines.indices.last else { continue }
                let text = String(decoding: fields[11], as: UTF8.self)
                if !text.isEmpty { pages[page].lines[line].words.append(Word(text: text, box: box)) }
            default: continue
            }
        }
        for index in pages.indices {
            pages[index].lines.removeAll(where: \.words.isEmpty)
            for line in pages[index].lines.indices { pages[index].lines[line].measure() }
        }
        return pages
    }

    private static func box(of fields: [ArraySlice<UInt8>]) -> Box? {
        guard let left = number(fields[6]), let top = number(fields[7]), let width = number(fields[8]),
            let height = number(fields[9])
        else { return nil }
        return Box(left: left, top: top, width: width, height: height)
    }

    /// A decimal number with a point.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
        var (value, scale, isNegative) = (0.0, 0.0, false)
        for (offset, byte) in bytes.enumerated() {
            if offset == 0, byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte == UInt8(ascii: "."), scale == 0 {
                scale = 1
            } else if byte &- 0x30 < 10 {
                value = value * 10 + Double(byte - 0x30)
                scale *= 10
            } else {
                return nil
            }
        }
        guard !bytes.isEmpty, value.isFinite else { return nil }
        return (isNegative ? -value : value) / max(1, scale)
    }
}
