/// A decimal number as a file writes it, exactly: 0.`digits` × 10^`point`.
struct DecimalNumber {
    var isNegative = false
    /// Without leading and trailing zeros; empty for zero.
    private var digits: [UInt8] = []
    private var point = 0

    /// - Returns: Nil if the text is not a number, or one with more than 300 digits before or after its point.
    init?(_ text: String) {
        var bytes = Array(text.utf8.prefix(400))[...]
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes = bytes.dropFirst()
        }
        var hasPoint = false
        var hasDigit = false
        while let byte = bytes.first, byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte) {
            bytes = bytes.dropFirst()
            if byte == UInt8(ascii: ".") {
                guard !hasPoint else { return nil }
                hasPoint = true
            } else {
                hasDigit = true
                digits.append(byte - 0x30)
                if !hasPoint { point += 1 }
            }
        }
        guard hasDigit else { return nil }
        if let letter = bytes.first {
            guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E"),
                let exponent = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), (-999...999).contains(exponent)
            else { return nil }
            point += exponent
        }
        normalize()
        guard digits.isEmpty || (-300...300).contains(point) else { return nil }
    }

    private mutating func normalize() {
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        point -= leading
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { (point, isNegative) = (0, false) }
    }

    var isZero: Bool { digits.isEmpty }

    func shifted(by places: Int) -> DecimalNumber {
        var number = self
        if !isZero { number.point += places }
        return number
    }

    /// Rounded half up to this many digits after the point.
    func rounded(decimals: Int) -> DecimalNumber { keeping(point + decimals) }

    private func keeping(_ count: Int) -> DecimalNumber {
        guard count < digits.count else { return self }
        var number = self
        guard count >= 0 else {
            number.digits = []
            number.normalize()
            return number
        }
        let roundsUp = digits[count] >= 5
        number.digits.removeLast(digits.count - count)
        if roundsUp {
            var index = count - 1
            while index >= 0, number.digits[index] == 9 {
                number.digits[index] = 0
                index -= 1
            }
            if index >= 0 {
                number.digits[index] += 1
            } else {
                number.digits.insert(1, at: 0)
                number.point += 1
            }
        }
        number.normalize()
        return number
    }

    /// The digits before the point; empty if there are none but zero.
    var integer: [UInt8] {
        guard point > 0 else { return [] }
        return (0..<min(point, 700)).map { $0 < digits.count ? digits[$0] : 0 }
    }

    /// This many digits after the point.
    func fraction(_ count: Int) -> [UInt8] {
        (0..<count).map { index in
            let position = point + index
            return digits.indices.contains(position) ? digits[position] : 0
        }
    }

    /// The number between 1 and 10 and the power of ten that make it.
    var scientific: (mantissa: DecimalNumber, exponent: Int) {
        guard !isZero else { return (self, 0) }
        return (shifted(by: 1 - point), point - 1)
    }

    /// As a cell without a format shows it: some 11 digits, or all of a whole number with up to 21, which may be a name.
    var general: String {
        let number = digits.count <= point && point <= 21 ? self : keeping(15).keeping(max(11, min(15, point)))
        guard !number.isZero else { return "0" }
        let sign = number.isNegative ? "-" : ""
        if (-8...21).contains(number.point) {
            let fraction = number.fraction(max(0, number.digits.count - number.point))
            let whole = number.integer
            return sign + (whole.isEmpty ? "0" : Self.text(whole)) + (fraction.isEmpty ? "" : "." + Self.text(fraction))
        }
        let rest = Self.text(number.digits.dropFirst())
        let power = number.point - 1
        return "\(sign)\(number.digits[0])\(rest.isEmpty ? "" : "." + rest)E\(power < 0 ? "-" : "+")\(abs(power))"
    }

    private static func text(_ digits: some Sequence<UInt8>) -> String {
        String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
    }
}
