import Foundation

/// The canonical form of a word, not stemmed.
///
/// NFKC, lower case by Unicode's default mapping, decimal digits of every script as ASCII, ё as е, no stress marks over
/// Cyrillic vowels, no Hebrew or Arabic vowel points, no invisible characters, `'` and `-` for their typographic variants.
/// - Parameter word: One word in UTF-8, which may contain connectors.
func folded(_ word: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(word.count)
    var offset = 0
    while offset < word.count {
        let first = word[offset]
        if first < 0x80 {
            folded.append(first &- 0x41 < 26 ? first | 0x20 : first)
            offset += 1
            continue
        }
        let (scalar, width) = word.scalar(at: offset)
        offset += width
        switch scalar {
        case 0x410..<0x430: folded.append(scalar: scalar + 0x20)
        case 0x401, 0x451: folded.append(scalar: 0x435)
        case 0x430..<0x450: folded.append(scalar: scalar)
        case 0xAD: break
        default: return foldAnyScript(String(decoding: word, as: UTF8.self))
        }
    }
    return folded
}

/// Letters of Latin words without their diacritics, and ligatures as two letters, for typing without special keys.
func withoutLatinDiacritics(_ word: [UInt8]) -> [UInt8] {
    guard word.contains(where: { $0 >= 0x80 }) else { return word }
    var plain: [UInt8] = []
    plain.reserveCapacity(word.count)
    for scalar in String(decoding: word, as: UTF8.self).decomposedStringWithCanonicalMapping.unicodeScalars {
        switch scalar.value {
        case 0x300..<0x370: break
        case 0xDF: plain += [0x73, 0x73]
        case 0xE6: plain += [0x61, 0x65]
        case 0x153: plain += [0x6F, 0x65]
        case 0xF8: plain.append(0x6F)
        case 0x142: plain.append(0x6C)
        case 0x111, 0xF0: plain.append(0x64)
        case 0x131: plain.append(0x69)
        case 0xFE: plain += [0x74, 0x68]
        default: plain.append(scalar: scalar.value)
        }
    }
    return plain
}

private func foldAnyScript(_ word: String) -> [UInt8] {
    var scalars = String.UnicodeScalarView()
    var previous: UInt32 = 0
    for scalar in word.decomposedStringWithCompatibilityMapping.unicodeScalars {
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            switch lower.value {
            case 0x300, 0x301: if cyrillicVowels.contains(previous) { continue }
            case 0x307: if previous == 0x69 { continue }
            case 0x308: if previous == 0x435 { continue }
            case 0x2019, 0x2BC, 0xFF07:
                scalars.append("'")
                continue
            case 0x2010, 0x2011:
                scalars.append("-")
                continue
            // Hebrew points and accents; Arabic tatweel, vowel signs and Koranic signs.
            case 0x591...0x5C7, 0x640, 0x64B...0x652, 0x656...0x65F, 0x670, 0x6D6...0x6ED: continue
            default: break
            }
            let isMark = (0x300..<0x370).contains(lower.value)
            if !isMark { previous = lower.value }
            append(lower, to: &scalars)
        }
    }
    return Array(String(scalars).precomposedStringWithCanonicalMapping.utf8)
}

private func append(_ scalar: Unicode.Scalar, to scalars: inout String.UnicodeScalarView) {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .format, .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: break
    case .decimalNumber:
        let digit = UInt8(clamping: Int(properties.numericValue ?? 0))
        scalars.append(Unicode.Scalar(0x30 + digit))
    default:
        if !properties.isVariationSelector { scalars.append(scalar) }
    }
}

/// а е и о у ы э ю я і, decomposed: й, ё and ї are one of these with a mark.
private let cyrillicVowels: Set<UInt32> = [
    0x430, 0x435, 0x438, 0x43E, 0x443, 0x44B, 0x44D, 0x44E, 0x44F, 0x456,
]

extension [UInt8] {
    /// Appends a scalar as UTF-8; U+FFFD for an invalid value.
    mutating func append(scalar: UInt32) {
        if scalar < 0x80 {
            append(UInt8(truncatingIfNeeded: scalar))
        } else {
            append(contentsOf: (Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
        }
    }
}
