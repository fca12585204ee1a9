import Foundation

/// One step of a tokenizer's normalisation.
enum TextNormalizer: Sendable {
    enum Form: Sendable {
        case nfc, nfd, nfkc, nfkd
    }

    case bert(BertNormalizer)
    case precompiled(CharacterMapNormalizer<PrecompiledCharacterMap>)
    case codePoints(CharacterMapNormalizer<CodePointMap>)
    /// Replaces every run of at least `minimum` spaces.
    case replaceSpaces(minimum: Int, with: [UInt8])
    /// Replaces every occurrence of a non-empty string.
    case replace([UInt8], with: [UInt8])
    case unicode(Form)
    case lowercase
    /// Removes marks (general category M).
    case stripAccents
    /// Removes white space at the ends.
    case strip(left: Bool, right: Bool)
    /// Prepends a string to a non-empty text.
    case prepend([UInt8])

    /// Appends the normalised text.
    ///
    /// - Complexity: O(n).
    func normalize(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        switch self {
        case .bert(let normalizer): normalizer.normalize(text, into: &bytes)
        case .precompiled(let normalizer): normalizer.normalize(text, into: &bytes)
        case .codePoints(let normalizer): normalizer.normalize(text, into: &bytes)
        case .replaceSpaces(let minimum, let replacement):
            TextNormalizer.replaceSpaces(in: text, minimum: minimum, with: replacement, into: &bytes)
        case .replace(let pattern, let replacement):
            TextNormalizer.replace(pattern, in: text, with: replacement, into: &bytes)
        case .unicode(let form):
            TextNormalizer.mapUnlessASCII(text, into: &bytes) { form.of($0) }
        case .lowercase: TextNormalizer.lowercase(text, into: &bytes)
        case .stripAccents:
            TextNormalizer.mapUnlessASCII(text, into: &bytes) { text in
                String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isMark }))
            }
        case .strip(let left, let right):
            let stripped = TextNormalizer.stripped(text, left: left, right: right)
            bytes += UnsafeBufferPointer(rebasing: text[stripped])
        case .prepend(let prefix):
            if !text.isEmpty { bytes += prefix }
            bytes += text
        }
    }

    private static func mapUnlessASCII(
        _ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8], _ transform: (String) -> String
    ) {
        if text.allSatisfy({ $0 < 0x80 }) {
            bytes += text
        } else {
            bytes += transform(String(decoding: text, as: UTF8.self)).utf8
        }
    }

    private static func replaceSpaces(
        in text: UnsafeBufferPointer<UInt8>, minimum: Int, with replacement: [UInt8], into bytes: inout [UInt8]
    ) {
        var index = 0
        while index < text.count {
            let start = index
            while index < text.count, text[index] != 0x20 { index += 1 }
            bytes.append(copying: text, start..<index)
            let spaces = index
            while index < text.count, text[index] == 0x20 { index += 1 }
            if index - spaces >= minimum { bytes += replacement } else { bytes.append(copying: text, spaces..<index) }
        }
    }

    private static func replace(
        _ pattern: [UInt8], in text: UnsafeBufferPointer<UInt8>, with replacement: [UInt8], into bytes: inout [UInt8]
    ) {
        var index = 0
        while index < text.count {
            if text[index] == pattern[0], text[index...].starts(with: pattern) {
                bytes += replacement
                index += pattern.count
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
    }

    private static func lowercase(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let (value, length) = decodeScalar(text, at: index)
            if value < 0x80 {
                bytes.append(0x41...0x5A ~= value ? UInt8(value) + 0x20 : UInt8(value))
            } else if let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased {
                bytes += scalar.properties.lowercaseMapping.utf8
            } else {
                bytes.append(copying: text, index..<index + length)
            }
            index += length
        }
    }

    private static func stripped(_ text: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool) -> Range<Int> {
        var start = 0
        var end = text.count
        if left { start = WhiteSpace.end(ofRunIn: text, from: 0) }
        if right { end = WhiteSpace.start(ofRunIn: text, endingAt: end, from: start) }
        return start..<end
    }
}

/// Runs of white space in UTF-8.
enum WhiteSpace {
    static func end(ofRunIn text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count {
            let (value, length) = decodeScalar(text, at: end)
            guard isWhiteSpace(value) else { break }
            end += length
        }
        return end
    }

    /// The start of the white space before `end`, but not before `limit`.
    static func start(ofRunIn text: UnsafeBufferPointer<UInt8>, endingAt end: Int, from limit: Int) -> Int {
        var start = end
        while start > limit {
            var lead = start - 1
            while lead > limit, text[lead] & 0xC0 == 0x80 { lead -= 1 }
            guard isWhiteSpace(decodeScalar(text, at: lead).value) else { break }
            start = lead
        }
        return start
    }
}

extension TextNormalizer.Form {
    fileprivate func of(_ text: String) -> String {
        switch self {
        case .nfc: text.precomposedStringWithCanonicalMapping
        case .nfd: text.decomposedStringWithCanonicalMapping
        case .nfkc: text.precomposedStringWithCompatibilityMapping
        case .nfkd: text.decomposedStringWithCompatibilityMapping
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
