/// A word of a text, with the properties of its letters.
struct ScannedWord {
    /// UTF-8 offsets.
    var range: Range<Int>
    /// The script of its first letter; nil for a number.
    var script: Script?
    var hasDigit = false
    /// The number of letters, without marks.
    var letterCount = 0
    /// Whether a capital follows a small letter, or a small letter follows two capitals: `fooBar`, `HTTPServer`.
    var hasHump = false
    /// Whether all letters are capitals.
    var isCapitals = true

    init(at offset: Int) { range = offset..<offset }

    var isNumber: Bool { hasDigit && letterCount == 0 }
}

/// The characters between two words of a compound.
enum Connector: UInt8 {
    case underscore = 0x5F
    case hyphen = 0x2D
    case dot = 0x2E
    case comma = 0x2C
    case apostrophe = 0x27
    /// Between groups of three digits.
    case space = 0x20
    /// A raised dot or the Arabic separator, between digits.
    case thousands = 0xB7
    /// A hyphen at the end of a line.
    case lineEnd = 0x0A
    /// Invisible markup between two parts of a word.
    case markup = 0x2A

    /// Whether words that it joins are also one word without it.
    var joinsWords: Bool { self == .hyphen || self == .lineEnd || self == .markup }

    /// - Parameter scalar: One of the scalars of class ``ScalarClass/connector``.
    init(_ scalar: UInt32) {
        switch scalar {
        case 0x5F, 0xFF3F: self = .underscore
        case 0x2E, 0xFF0E, 0x66B: self = .dot
        case 0x2C: self = .comma
        case 0x27, 0x2019, 0xFF07: self = .apostrophe
        case 0xB7, 0x66C: self = .thousands
        default: self = .hyphen
        }
    }
}

/// Words joined by single connectors (a run of underscores counts as one): `foo_bar`, `1,234.5`, `well-known`, `main.rs`,
/// `12 500`, and words that are divided at the end of a line or by markup.
struct Compound {
    /// At least one word.
    var words: [ScannedWord] = []
    /// One fewer than words.
    var connectors: [Connector] = []

    var range: Range<Int> { (words.first?.range.lowerBound ?? 0)..<(words.last?.range.upperBound ?? 0) }
}

/// Splits text into compounds of words and runs of characters without spaces.
struct WordScanner {
    enum Piece {
        /// A word without a connector after it.
        case word(ScannedWord)
        /// Several words; the scanner's ``WordScanner/compound`` was filled.
        case compound
        /// A run of Han, kana, Hangul, Thai, Lao, Khmer or Myanmar characters.
        case unspaced(Range<Int>)
    }

    /// Compounds of more words are cut: they are not names.
    private static let maximumWordCount = 32

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0
    /// The last compound found; its arrays are reused for the next.
    private(set) var compound = Compound()

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Scans a part of a text. Offsets are those of the whole text.
    init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) {
        self.bytes = UnsafeBufferPointer(rebasing: bytes[..<range.upperBound])
        offset = range.lowerBound
    }

    mutating func next() -> Piece? {
        while offset < bytes.count {
            let (scalar, width) = bytes.scalar(at: offset)
            let scalarClass = ScalarClass(of: scalar)
            if scalarClass.startsWord {
                let word = scanWord()
                guard let (connector, next) = connectorBeforeWord(after: word) else { return .word(word) }
                scanCompound(after: word, connector, next)
                return .compound
            }
            if scalarClass == .unspaced { return .unspaced(scanUnspaced()) }
            offset += width
        }
        return nil
    }

    private mutating func scanUnspaced() -> Range<Int> {
        let start = offset
        while offset < bytes.count {
            let (scalar, width) = bytes.scalar(at: offset)
            let scalarClass = ScalarClass(of: scalar)
            guard scalarClass == .unspaced || scalarClass == .mark || scalarClass == .transparent else { break }
            offset += width
        }
        return start..<offset
    }

    private mutating func scanCompound(after first: ScannedWord, _ connector: Connector, _ next: Int) {
        compound.words.removeAll(keepingCapacity: true)
        compound.connectors.removeAll(keepingCapacity: true)
        compound.words.append(first)
        compound.connectors.append(connector)
        offset = next
        // The number ends with its fraction.
        let isSpaced = connector == .space
        while true {
            let word = scanWord()
            compound.words.append(word)
            let isFraction = isSpaced && compound.connectors.last != .space
            guard compound.words.count < Self.maximumWordCount, !isFraction,
                let (connector, next) = connectorBeforeWord(after: word, isSpaced: isSpaced)
            else { return }
            compound.connectors.append(connector)
            offset = next
        }
    }

    private mutating func scanWord() -> ScannedWord {
        var word = ScannedWord(at: offset)
        let start = offset
        var previous = ScalarClass.separator
        var capitals = 0
        while offset < bytes.count {
            let small = endOfSmallLetters(from: offset)
            if small > offset {
                if capitals >= 2 { word.hasHump = true }
                if word.script == nil { word.script = .latin }
                word.letterCount += small - offset
                word.isCapitals = false
                capitals = 0
                previous = .lower
                offset = small
                guard offset < bytes.count else { break }
            }
            let (scalar, width) = bytes.scalar(at: offset)
            let scalarClass = ScalarClass(of: scalar)
            guard scalarClass.continuesWord else { break }
            offset += width
            if scalarClass.isLetter {
                word.letterCount += 1
                if word.script == nil { word.script = Script(ofLetter: scalar) }
                if scalarClass == .upper {
                    if previous == .lower { word.hasHump = true }
                    capitals += 1
                } else {
                    if capitals >= 2 { word.hasHump = true }
                    capitals = 0
                    word.isCapitals = false
                }
                previous = scalarClass
            } else if scalarClass == .digit {
                word.hasDigit = true
                previous = .digit
                capitals = 0
            }
        }
        word.range = start..<offset
        return word
    }

    /// The end of a run of ASCII small letters, the most common of all.
    @inline(__always)
    private func endOfSmallLetters(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] &- 0x61 < 26 { end += 1 }
        return end
    }

    @inline(__always)
    private static func startsMarkup(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2A, 0x3C, 0x5B, 0x5D, 0x60, 0x7E, 0x200B: true
        default: false
        }
    }

    /// The connector at the scanner's position and the start of the next word; nil if there is none.
    private func connectorBeforeWord(after word: ScannedWord, isSpaced: Bool? = nil) -> (Connector, next: Int)? {
        guard offset < bytes.count else { return nil }
        // Most words end here.
        if bytes[offset] == 0x20, !word.isNumber { return nil }
        if word.isNumber, isSpaced ?? true, let next = groupAfterSpace(following: word, isFirst: isSpaced == nil) {
            return (.space, next)
        }
        let (scalar, width) = bytes.scalar(at: offset)
        if Self.startsMarkup(scalar) { return wordAfterMarkup(after: word).map { (.markup, $0) } }
        guard ScalarClass(of: scalar) == .connector else { return nil }
        var connector = Connector(scalar)
        var next = offset + width
        if connector == .underscore {
            while next < bytes.count, bytes[next] == Connector.underscore.rawValue { next += 1 }
        }
        if connector == .hyphen, let continuation = wordAfterLineEnd(at: next), word.letterCount > 0 {
            (connector, next) = (.lineEnd, continuation)
        }
        guard next < bytes.count else { return nil }
        let following = ScalarClass(of: bytes.scalar(at: next).value)
        guard following.startsWord else { return nil }
        if connector == .comma || connector == .thousands || isSpaced == true {
            guard word.isNumber, following == .digit, isSpaced != true || connector == .comma || connector == .dot
            else { return nil }
        }
        return (connector, next)
    }
}
