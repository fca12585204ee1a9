import Foundation

/// Tells single-byte encodings apart by how likely the letters are that they make of the bytes.
///
/// The score is a mean logarithm of probability for each byte above 0x7F: letter frequencies of Russian (with the letters
/// of its neighbours as rare), of the accented letters of Western Europe, and penalties for what words do not do, as a
/// capital after a small letter, or an accented letter after another.
enum LetterStatistics {
    /// In the order that breaks ties.
    private static let candidates: [TextEncoding] = [
        .windows1251, .koi8R, .cp866, .iso88595, .macCyrillic, .windows1252,
    ]

    /// Scores below this are no language that the tables know.
    private static let floor = -6.0

    static func bestEncoding(of bytes: [UInt8]) -> TextEncoding? {
        let sample = bytes.prefix(1 << 18)
        var best: (encoding: TextEncoding, score: Double)?
        for encoding in candidates {
            guard let table = encoding.table else { continue }
            let score = score(sample, table: table, weights: encoding == .windows1252 ? western : cyrillic)
            if score > best?.score ?? floor { best = (encoding, score) }
        }
        return best?.encoding
    }

    static func score(_ bytes: ArraySlice<UInt8>, table: [UInt16], weights: [UInt16: Double]) -> Double {
        let weightOfByte = table.map { $0 == 0 ? -25 : weights[$0] ?? -12 }
        let classOfByte = table.map(LetterClass.init)
        let isWestern = weights[0x0451] == nil
        var sum = 0.0
        var count = 0
        var previous = LetterClass.other
        for byte in bytes {
            guard byte >= 0x80 else {
                let isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
                if isLetter, !isWestern, previous == .small || previous == .capital { sum -= 2 }
                previous = isLetter ? .ascii : .other
                continue
            }
            let kind = classOfByte[Int(byte) - 0x80]
            sum += weightOfByte[Int(byte) - 0x80]
            if isWestern {
                if kind != .other, previous == .small || previous == .capital { sum -= 5 }
            } else {
                if kind == .capital, previous == .small { sum -= 6 }
                if kind != .other, previous == .ascii { sum -= 2 }
            }
            previous = kind
            count += 1
        }
        return count == 0 ? -.infinity : sum / Double(count)
    }

    private enum LetterClass {
        case small, capital, ascii, other

        init(_ value: UInt16) {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else {
                self = .other
                return
            }
            self = scalar.properties.isLowercase ? .small : .capital
        }
    }

    /// Percent of the letters of running Russian text.
    private static let russian: [(letter: Character, percent: Double)] = [
        ("о", 10.97), ("е", 8.45), ("а", 8.01), ("и", 7.35), ("н", 6.70), ("т", 6.26), ("с", 5.47), ("р", 4.73),
        ("в", 4.54), ("л", 4.40), ("к", 3.49), ("м", 3.21), ("д", 2.98), ("п", 2.81), ("у", 2.62), ("я", 2.01),
        ("ы", 1.90), ("ь", 1.74), ("г", 1.70), ("з", 1.65), ("б", 1.59), ("ч", 1.44), ("й", 1.21), ("х", 0.97),
        ("ж", 0.94), ("ш", 0.73), ("ю", 0.64), ("ц", 0.48), ("щ", 0.36), ("э", 0.32), ("ф", 0.26), ("ъ", 0.04),
        ("ё", 0.04), ("і", 0.2), ("ї", 0.05), ("є", 0.05), ("ґ", 0.01), ("ў", 0.01), ("ј", 0.01), ("љ", 0.005),
        ("њ", 0.005), ("ћ", 0.005), ("ђ", 0.005), ("џ", 0.005), ("ќ", 0.002), ("ѓ", 0.002), ("ѕ", 0.002),
    ]

    /// Marks that stand in text of either kind.
    private static let marks: [(String, Double)] = [
        ("«»—–…№“”’„\u{A0}", -4), ("°©®§‘‚•·±×€™\u{AD}†‡‰‹›÷¢£¥¿¡ªº²³µ´", -6),
    ]

    private static let cyrillic: [UInt16: Double] = {
        var weights: [UInt16: Double] = [:]
        for (letter, percent) in russian {
            let weight = log(percent / 100)
            set(String(letter), weight, in: &weights)
            set(letter.uppercased(), weight - 2.5, in: &weights)
        }
        for (characters, weight) in marks { set(characters, weight, in: &weights) }
        return weights
    }()

    private static let western: [UInt16: Double] = {
        var weights: [UInt16: Double] = [:]
        let groups: [(String, Double)] = [
            ("éäöüß", -2.2), ("èàáíóñçêåøæã", -3.2), ("úôâîùûëïõ", -4.2), ("ÉÄÖÜ", -4.5), ("ÅØÆÀÇÁÊÓÍÑÈÂÔœ", -6.5),
            ("ìòýÿðþÎÛËÏÚÙÌÒÃÕÝŒŠšžŽÐÞŸ", -9),
        ]
        for (characters, weight) in groups { set(characters, weight, in: &weights) }
        for (characters, weight) in marks { set(characters, weight, in: &weights) }
        return weights
    }()

    private static func set(_ characters: String, _ weight: Double, in weights: inout [UInt16: Double]) {
        for scalar in characters.unicodeScalars { weights[UInt16(truncatingIfNeeded: scalar.value)] = weight }
    }
}
