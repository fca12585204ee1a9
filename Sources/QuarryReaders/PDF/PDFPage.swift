/// A page as `pdftotext -tsv` or `tesseract` gives it: lines of words with their boxes, in reading order.
struct PDFPage {
    /// In points from the top left corner of the page.
    struct Box {
        var left: Double
        var top: Double
        var width: Double
        var height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
        var middle: Double { top + height / 2 }
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
        /// The words with spaces between them.
        private(set) var text = ""
        /// The number of letters and digits.
        private(set) var letters = 0
        /// The height of the words with most letters: one tall sign does not count.
        private(set) var textHeight = 0.0
        /// Whether the heights are those of the letters, as of recognised text.
        var isRecognized = false

        init(words: [Word], box: Box, block: Int) {
            (self.words, self.box, self.block) = (words, box, block)
        }

        mutating func measure() {
            text = PDFPage.text(of: words)
            let weights = words.map { (height: $0.box.height, letters: PDFPage.letters(of: $0.text)) }
            letters = weights.reduce(0) { $0 + $1.letters }
            textHeight = words.first?.box.height ?? 0
            var seen = 0
            for (height, count) in weights.sorted(by: { $0.height < $1.height }) where count > 0 {
                seen += count
                textHeight = height
                if 2 * seen >= letters { return }
            }
        }
    }

    var number: Int
    var width: Double
    var height: Double
    var lines: [Line] = []

    /// The number of letters and digits of a word.
    static func letters(of text: String) -> Int {
        var count = 0
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let lower = scalar.value | 0x20
                if (0x61...0x7A).contains(lower) || (0x30...0x39).contains(scalar.value) { count += 1 }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                count += 1
            }
        }
        return count
    }

    // MARK: Words

    /// Words of one line with spaces between them.
    ///
    /// Pieces of a word in different types touch each other and get no space, as pdftotext's own text has none. A number
    /// raised above another is a power: `2^7`. One above a letter is the mark of a note, and is kept apart.
    static func text(of words: [Word]) -> String {
        guard var last = words.first else { return "" }
        var text = last.text
        for word in words.dropFirst() {
            text += separator(last, word)
            text += word.text
            last = word
        }
        return text
    }

    private static func separator(_ last: Word, _ word: Word) -> String {
        let gap = word.box.left - last.box.right
        let height = min(last.box.height, word.box.height)
        guard gap < 0.1 * height, gap > -0.5 * height, height > 0 else { return " " }
        let isRaised =
            word.box.height < 0.85 * last.box.height && word.box.bottom < last.box.bottom - 0.15 * last.box.height
        guard isRaised else { return "" }
        guard word.text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return " " }
        return last.text.utf8.last.map { $0 &- 0x30 < 10 } ?? false ? "^" : " "
    }
}
