import Foundation

/// BERT's text cleaning: removes controls, converts white space to spaces, separates Chinese characters, strips
/// accents, converts to lower case.
struct BertNormalizer: Sendable {
    private let cleansText: Bool
    private let separatesIdeographs: Bool
    private let stripsAccents: Bool
    private let lowercases: Bool
    /// The output for each ASCII byte, or ``dropped``.
    private let ascii: [UInt8]
    /// The outputs for the scalars of ``tabulated``, in sequence.
    private let tableBytes: [UInt8]
    /// The offset of each scalar's output in `tableBytes`.
    private let tableOffsets: [UInt16]

    private static let dropped: UInt8 = 0xFF
    /// Latin, Greek, Cyrillic and Armenian, precomputed. Scalars that depend on their neighbours are not in the table.
    private static let tabulated: Range<UInt32> = 0x80..<0x590

    init(cleansText: Bool, separatesIdeographs: Bool, stripsAccents: Bool, lowercases: Bool) {
        self.cleansText = cleansText
        self.separatesIdeographs = separatesIdeographs
        self.stripsAccents = stripsAccents
        self.lowercases = lowercases
        ascii = (0..<128).map { byte in
            switch UInt8(byte) {
            case 0x09, 0x0A, 0x0D, 0x20: cleansText ? 0x20 : UInt8(byte)
            case 0x00..<0x20, 0x7F: cleansText ? BertNormalizer.dropped : UInt8(byte)
            case 0x41...0x5A: lowercases ? UInt8(byte) + 0x20 : UInt8(byte)
            default: UInt8(byte)
            }
        }
        var output = Output(stripsAccents: stripsAccents, lowercases: lowercases)
        var offsets: [UInt16] = [0]
        for value in BertNormalizer.tabulated {
            if let scalar = Unicode.Scalar(value) {
                BertNormalizer.append(
                    scalar, to: &output, cleansText: cleansText, separatesIdeographs: separatesIdeographs)
                output.flush()
            }
            offsets.append(UInt16(output.bytes.count))
        }
        tableBytes = output.bytes
        tableOffsets = offsets
    }

    /// Appends the normalised text.
    ///
    /// - Complexity: O(n).
    func normalize(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        var output = Output(stripsAccents: stripsAccents, lowercases: lowercases)
        swap(&output.bytes, &bytes)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                let mapped = ascii[Int(byte)]
                if mapped != BertNormalizer.dropped {
                    output.flush()
                    output.bytes.append(mapped)
                }
                index += 1
                continue
            }
            let (value, length) = decodeScalar(text, at: index)
            index += length
            if BertNormalizer.tabulated.contains(value) {
                let entry = Int(value - BertNormalizer.tabulated.lowerBound)
                let (start, end) = (Int(tableOffsets[entry]), Int(tableOffsets[entry + 1]))
                if start < end { output.flush() }
                for position in start..<end { output.bytes.append(tableBytes[position]) }
            } else if let scalar = Unicode.Scalar(value) {
                BertNormalizer.append(
                    scalar, to: &output, cleansText: cleansText, separatesIdeographs: separatesIdeographs)
            }
        }
        output.flush()
        swap(&output.bytes, &bytes)
    }

    private static func append(
        _ scalar: Unicode.Scalar, to output: inout Output, cleansText: Bool, separatesIdeographs: Bool
    ) {
        if cleansText {
            if isWhiteSpace(scalar.value) && scalar.properties.generalCategory != .control {
                output.append(starter: " ")
                return
            }
            if ReferenceUnicode.isDropped(scalar) { return }
        }
        if separatesIdeographs && ReferenceUnicode.isIdeograph(scalar.value) {
            output.append(starter: " ")
            output.append(scalar)
            output.append(starter: " ")
        } else {
            output.append(scalar)
        }
    }

    /// Decomposes, strips marks and converts to lower case, scalar by scalar.
    private struct Output {
        let stripsAccents: Bool
        let lowercases: Bool
        var bytes: [UInt8] = []
        /// Marks to keep, not yet in canonical order.
        private var pending: [(scalar: Unicode.Scalar, order: UInt8)] = []

        init(stripsAccents: Bool, lowercases: Bool) {
            self.stripsAccents = stripsAccents
            self.lowercases = lowercases
        }

        @inline(__always)
        mutating func append(starter scalar: Unicode.Scalar) {
            flush()
            bytes.append(utf8Of: scalar)
        }

        mutating func append(_ scalar: Unicode.Scalar) {
            guard stripsAccents else { return emit(scalar) }
            if CanonicalDecomposition.mayChange(scalar.value) {
                for part in CanonicalDecomposition.of(scalar) { appendDecomposed(part) }
            } else {
                appendDecomposed(scalar)
            }
        }

        private mutating func appendDecomposed(_ scalar: Unicode.Scalar) {
            let order = scalar.properties.canonicalCombiningClass.rawValue
            let isStripped = ReferenceUnicode.isNonspacingMark(scalar)
            if order == 0 {
                flush()
                if !isStripped { emit(scalar) }
            } else if !isStripped {
                let place = pending.firstIndex { $0.order > order } ?? pending.count
                pending.insert((scalar, order), at: place)
            }
        }

        @inline(__always)
        mutating func flush() {
            if pending.isEmpty { return }
            for mark in pending { emit(mark.scalar) }
            pending.removeAll()
        }

        private mutating func emit(_ scalar: Unicode.Scalar) {
            if lowercases && scalar.properties.changesWhenLowercased {
                bytes += scalar.properties.lowercaseMapping.utf8
            } else {
                bytes.append(utf8Of: scalar)
            }
        }
    }
}

/// Canonical decomposition of single scalars.
enum CanonicalDecomposition {
    /// False for the large ranges of Unicode without decompositions.
    static func mayChange(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xC0...0x233, 0x340...0x4FF, 0x622...0x6D3, 0x929...0xDDE, 0xF43...0x1026, 0x1B06...0x1B43,
            0x1E00...0x22ED, 0x2329...0x232A, 0x2ADC, 0x304C...0x30FE, 0xAC00...0xD7A3, 0xF900...0xFB4E,
            0x105C9...0x105E4, 0x1109A...0x11938, 0x16121...0x16D6A, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D:
            true
        default: false
        }
    }

    /// The scalar's full canonical decomposition; the scalar itself without one.
    static func of(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if 0xAC00...0xD7A3 ~= scalar.value { return jamo(of: scalar.value - 0xAC00) }
        return Array(String(Character(scalar)).decomposedStringWithCanonicalMapping.unicodeScalars)
    }

    /// The Unicode Standard, section 3.12, "Hangul Syllable Decomposition".
    private static func jamo(of syllable: UInt32) -> [Unicode.Scalar] {
        let parts = [0x1100 + syllable / 588, 0x1161 + syllable % 588 / 28, 0x11A7 + syllable % 28]
        return parts.prefix(syllable % 28 == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
    }
}
