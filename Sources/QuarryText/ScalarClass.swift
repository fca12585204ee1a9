/// The role of a scalar in splitting text into words, based on the word-break classes of Unicode (UAX #29).
package struct ScalarClass: Equatable {
    let rawValue: UInt8

    /// Ends a word.
    static let separator = ScalarClass(rawValue: 0)
    /// Invisible: soft hyphens, joiners, direction marks. They neither end a word nor occur in its term.
    package static let transparent = ScalarClass(rawValue: 1)
    /// Joins two words into a compound if it is alone between them: `_ - . , '` and their variants.
    static let connector = ScalarClass(rawValue: 2)
    /// A combining mark.
    package static let mark = ScalarClass(rawValue: 3)
    /// A decimal digit or another number of one character.
    static let digit = ScalarClass(rawValue: 4)
    static let lower = ScalarClass(rawValue: 5)
    package static let upper = ScalarClass(rawValue: 6)
    /// A letter without case.
    static let letter = ScalarClass(rawValue: 7)
    /// A letter of a script without spaces (Han, kana, Thai …) or, like Hangul, better searched by pairs.
    package static let unspaced = ScalarClass(rawValue: 8)

    var isLetter: Bool { rawValue >= 5 }
    /// Whether a word can start with it.
    package var startsWord: Bool { rawValue >= 4 && rawValue <= 7 }
    /// Whether it continues a word.
    var continuesWord: Bool { (rawValue >= 3 && rawValue <= 7) || rawValue == 1 }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Uses a table below U+3000, and Unicode properties above.
    @inline(__always)
    package init(of scalar: UInt32) {
        if scalar < UInt32(classTable.count) {
            self.init(rawValue: classTable[Int(scalar)])
        } else {
            self.init(derivedFor: scalar)
        }
    }

    fileprivate init(derivedFor value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else {
            self = .separator
            return
        }
        switch value {
        case 0x27, 0x2C, 0x2D, 0x2E, 0x5F, 0xB7, 0x66B, 0x66C, 0x2010, 0x2011, 0x2019, 0x2212, 0xFE63, 0xFF07, 0xFF0D,
            0xFF0E, 0xFF3F:
            self = .connector
        case 0x200B: self = .separator
        default:
            switch scalar.properties.generalCategory {
            case .lowercaseLetter: self = .lower
            case .uppercaseLetter, .titlecaseLetter: self = .upper
            case .otherLetter, .modifierLetter, .letterNumber:
                self = ScalarClass.isUnspaced(value) ? .unspaced : .letter
            case .decimalNumber, .otherNumber: self = .digit
            case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
            case .format: self = .transparent
            default: self = .separator
            }
        }
    }

    private static func isUnspaced(_ value: UInt32) -> Bool {
        switch Script(ofLetter: value) {
        case .han, .kana, .hangul, .thai: true
        case .other:
            // Lao, Myanmar, Khmer
            (0xE80..<0xF00).contains(value) || (0x1000..<0x10A0).contains(value) || (0x1780..<0x1800).contains(value)
        default: false
        }
    }
}

/// The class of every scalar below U+3000.
private let classTable: [UInt8] = (0..<0x3000).map { ScalarClass(derivedFor: $0).rawValue }

extension UnsafeBufferPointer<UInt8> {
    /// The scalar at an offset of well-formed UTF-8, and its length in bytes.
    @inline(__always)
    func scalar(at offset: Int) -> (value: UInt32, width: Int) {
        let first = UInt32(self[offset])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | tail(offset + 1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | tail(offset + 1) << 6 | tail(offset + 2), 3) }
        return ((first & 0x07) << 18 | tail(offset + 1) << 12 | tail(offset + 2) << 6 | tail(offset + 3), 4)
    }

    @inline(__always)
    private func tail(_ offset: Int) -> UInt32 { UInt32(self[offset]) & 0x3F }
}
