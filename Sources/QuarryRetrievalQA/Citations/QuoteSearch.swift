import Foundation
import QuarryCore

/// A text in which quotes are found as a person compares them: white space, upper case, the shapes of quotation marks and
/// dashes, and marks of emphasis make no difference. Letters, digits and other punctuation do.
package struct QuotableText: Sendable {
    fileprivate let folded: [UInt8]
    /// Leads from ``folded`` to the text.
    private let map: SourceMap

    /// - Complexity: O(length of the text).
    package init(_ text: String) {
        var folding = QuoteFolding()
        folding.fold(text)
        folded = folding.bytes
        map = folding.builder.build(lineStarts: [0])
    }

    /// The UTF-8 range of a quote, between whole words and numbers. Of several, the one that starts nearest to `offset`, or
    /// the first.
    ///
    /// - Complexity: O(length of the text), by the algorithm of Knuth, Morris and Pratt (1977).
    package func range(of quote: Quote, near offset: Int? = nil) -> Range<Int>? {
        let (needle, borders) = (quote.folded, quote.borders)
        var best: Range<Int>?
        var matched = 0
        for (index, byte) in folded.enumerated() {
            while matched > 0, needle[matched] != byte { matched = borders[matched - 1] }
            if needle[matched] == byte { matched += 1 }
            guard matched == needle.count else { continue }
            matched = borders[matched - 1]
            let found = (index + 1 - needle.count)..<(index + 1)
            guard isWhole(found) else { continue }
            let range = map.sourceRange(of: found)
            guard let offset else { return range }
            if let best, abs(best.lowerBound - offset) <= abs(range.lowerBound - offset) { break }
            best = range
        }
        return best
    }

    /// Whether the range ends at the ends of words and numbers.
    private func isWhole(_ range: Range<Int>) -> Bool {
        let before = folded[..<range.lowerBound].lastScalars(2)
        let after = folded[range.upperBound...].firstScalars(2)
        let quote = folded[range]
        if let first = quote.firstScalars(1).first, let previous = before.last {
            if first.joinsWords, previous.joinsWords { return false }
            if first.isDigit, before.count == 2 {
                if previous == "." || previous == ",", before[0].isDigit { return false }
                if previous == "-", !before[0].joinsWords { return false }
            }
        }
        if let last = quote.lastScalars(1).last, let next = after.first {
            if last.joinsWords, next.joinsWords { return false }
            if last.isDigit, next == "." || next == ",", after.count == 2, after[1].isDigit { return false }
        }
        return true
    }

    /// A quote to look for.
    package struct Quote: Sendable, Hashable {
        fileprivate let folded: [UInt8]
        /// The length of the longest proper prefix of each prefix that is also its suffix.
        fileprivate let borders: [Int]

        /// Nil for a quote without a letter or digit. An ellipsis at either end is left out.
        package init?(_ text: String) {
            var folding = QuoteFolding()
            folding.fold(text.precomposedStringWithCanonicalMapping)
            var bytes = folding.bytes[...]
            while let first = bytes.first, first == UInt8(ascii: ".") || first == 0x20 { bytes.removeFirst() }
            if bytes.suffix(3).elementsEqual("...".utf8) { bytes.removeLast(3) }
            while bytes.last == 0x20 { bytes.removeLast() }
            folded = Array(bytes)
            guard String(decoding: folded, as: UTF8.self).unicodeScalars.contains(where: \.isWordPart) else {
                return nil
            }
            var borders = [Int](repeating: 0, count: folded.count)
            var length = 0
            for index in folded.indices.dropFirst() {
                while length > 0, folded[index] != folded[length] { length = borders[length - 1] }
                if folded[index] == folded[length] { length += 1 }
                borders[index] = length
            }
            self.borders = borders
        }
    }
}

/// Quotes to look for in many texts. A text is read once, whatever the number of quotes; only those whose beginning occurs
/// in it are searched for.
package struct QuoteSet: Sendable {
    private static let anchorLength = 8

    /// The quotes by their first bytes.
    private var anchors: [UInt64: [Int]] = [:]
    /// Quotes that are too short for an anchor.
    private var short: [Int] = []

    package init(_ quotes: [QuotableText.Quote]) {
        for (number, quote) in quotes.enumerated() {
            guard quote.folded.count >= Self.anchorLength else {
                short.append(number)
                continue
            }
            let anchor = quote.folded.prefix(Self.anchorLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            anchors[anchor, default: []].append(number)
        }
    }

    /// The positions of the quotes that may be in a text, ascending.
    ///
    /// - Complexity: O(length of the text).
    package func candidates(in text: QuotableText) -> [Int] {
        var found = Set(short)
        var window = UInt64(0)
        for (index, byte) in text.folded.enumerated() {
            window = window << 8 | UInt64(byte)
            guard index + 1 >= Self.anchorLength, let quotes = anchors[window] else { continue }
            found.formUnion(quotes)
        }
        return found.sorted()
    }
}

/// Folds a text, and keeps where each byte came from.
private struct QuoteFolding {
    var bytes: [UInt8] = []
    var builder = SourceMapBuilder()
    /// The white space before the next scalar.
    private var space: Range<Int>?

    mutating func fold(_ text: String) {
        let scalars = text.unicodeScalars
        var offset = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let length = UTF8.width(scalar)
            let next = scalars.index(after: index)
            if scalar.properties.isWhitespace {
                space = (space?.lowerBound ?? offset)..<(offset + length)
            } else if scalar.isEmphasis {
                var end = next
                while end < scalars.endIndex, scalars[end].isEmphasis { end = scalars.index(after: end) }
                let count = scalars.distance(from: index, to: end)
                let before = index == scalars.startIndex ? nil : scalars[scalars.index(before: index)]
                let after = end == scalars.endIndex ? nil : scalars[end]
                // Marks of emphasis are at the edge of a word or phrase. Others, as in a*b and 5 * 3, are text.
                if Edge(before) == Edge(after) {
                    for _ in 0..<count {
                        append(Array(String(scalar).utf8), from: offset, length: length)
                        offset += length
                    }
                } else {
                    offset += count * length
                }
                index = end
                continue
            } else if !scalar.isIgnored {
                append(scalar.folded, from: offset, length: length)
            }
            offset += length
            index = next
        }
    }

    private mutating func append(_ folded: [UInt8], from offset: Int, length: Int) {
        if let space, !bytes.isEmpty {
            bytes.append(0x20)
            builder.append(source: space.lowerBound, sourceUnit: space.count)
        }
        space = nil
        bytes += folded
        if folded.count == length {
            builder.append(source: offset, count: length)
        } else {
            builder.append(source: offset, cleanUnit: folded.count, sourceUnit: length)
        }
    }
}

/// The neighbour of a mark that may be emphasis.
private enum Edge {
    case space, word, punctuation

    /// - Parameter scalar: Nil at an end of the text.
    init(_ scalar: Unicode.Scalar?) {
        guard let scalar, !scalar.properties.isWhitespace else {
            self = .space
            return
        }
        self = scalar.isWordPart ? .word : .punctuation
    }
}

extension Unicode.Scalar {
    fileprivate var isEmphasis: Bool { self == "*" || self == "_" || self == "`" }

    /// Soft hyphens and invisible joiners.
    fileprivate var isIgnored: Bool { [0xAD, 0x200B, 0x2060, 0xFEFF].contains(value) }

    fileprivate var folded: [UInt8] {
        if value < 0x80 {
            let byte = UInt8(value)
            return [(0x41...0x5A).contains(byte) ? byte | 0x20 : byte]
        }
        switch value {
        case 0x201C...0x201F, 0xAB, 0xBB, 0x2033: return [UInt8(ascii: "\"")]
        case 0x2018...0x201B, 0x2032: return [UInt8(ascii: "'")]
        case 0x2010...0x2015, 0x2212: return [UInt8(ascii: "-")]
        case 0x2026: return Array("...".utf8)
        default: return Array(properties.lowercaseMapping.utf8)
        }
    }

    fileprivate var isDigit: Bool { (0x30...0x39).contains(value) }

    fileprivate var isWordPart: Bool { properties.isAlphabetic || properties.numericType != nil }

    /// Whether the scalar continues a word: a letter or digit of a script that writes blanks between words.
    fileprivate var joinsWords: Bool { value < 0xE00 && isWordPart }
}

extension ArraySlice<UInt8> {
    /// Up to `count` scalars from the end, in text order.
    fileprivate func lastScalars(_ count: Int) -> [Unicode.Scalar] {
        Array(String(decoding: suffix(4 * count), as: UTF8.self).unicodeScalars.suffix(count))
    }

    fileprivate func firstScalars(_ count: Int) -> [Unicode.Scalar] {
        Array(String(decoding: prefix(4 * count), as: UTF8.self).unicodeScalars.prefix(count))
    }
}
