/// Check digits and prefixes of numbers. All take digits as numbers from 0 to 9.
enum NumberChecks {
    /// The Luhn check digit (ISO/IEC 7812-1, annex B).
    static func luhn(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let doubled = index.isMultiple(of: 2) ? digit : digit * 2
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum.isMultiple(of: 10)
    }

    /// Whether a payment network issues cards with this prefix and length: Visa, Mastercard, Mir, American Express,
    /// Discover, JCB, Diners Club, UnionPay.
    static func isCard(_ digits: [Int]) -> Bool {
        guard digits.count >= 13 else { return false }
        let four = digits[..<4].reduce(0) { $0 * 10 + $1 }
        switch four {
        case 4000...4999: return [13, 16, 19].contains(digits.count)
        case 5100...5599, 2221...2720: return digits.count == 16
        case 2200...2204: return (16...19).contains(digits.count)
        case 3400...3499, 3700...3799: return digits.count == 15
        case 6011, 6440...6599, 3528...3589: return digits.count == 16
        case 3000...3059, 3600...3699, 3800...3899: return digits.count == 14
        case 6200...6299: return (16...19).contains(digits.count)
        default: return false
        }
    }

    /// The check digits of a Russian taxpayer number (order of the tax service of 29 June 2012, ММВ-7-6/435@).
    static func inn(_ digits: [Int]) -> Bool {
        guard digits.count == 10 || digits.count == 12, digits[0] > 0 || digits[1] > 0 else { return false }
        let weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
        return (digits.count == 10 ? [9] : [10, 11]).allSatisfy { position in
            let sum = zip(weights.suffix(position), digits).reduce(0) { $0 + $1.0 * $1.1 }
            return sum % 11 % 10 == digits[position]
        }
    }

    /// The check sum of a Russian insurance number. The first numbers, up to 001-001-998, were given without one.
    static func snils(_ digits: [Int]) -> Bool {
        guard digits.count == 11, digits[..<9].reduce(0, { $0 * 10 + $1 }) > 1_001_998 else { return false }
        let sum = digits[..<9].enumerated().reduce(0) { $0 + $1.element * (9 - $1.offset) }
        return sum % 101 % 100 == digits[9] * 10 + digits[10]
    }

    /// Whether the digits start like a number of the North American plan: area and exchange begin with 2 to 9.
    static func isNorthAmerican(_ digits: some Collection<Int>) -> Bool {
        let digits = Array(digits)
        guard digits.count == 10 else { return false }
        return digits[0] > 1 && digits[3] > 1 && !(digits[1] == 1 && digits[2] == 1)
    }

    /// Whether the digits start like a Russian number: an area, mobile or free code.
    static func isRussian(_ digits: some Collection<Int>) -> Bool {
        digits.count == 10 && digits.first.map { [3, 4, 8, 9].contains($0) } ?? false
    }

    /// Whether ten digits start with the code of a Russian mobile network, of Moscow or Saint Petersburg, or of free calls.
    static func isWellKnownRussian(_ digits: some Collection<Int>) -> Bool {
        guard digits.count == 10 else { return false }
        switch digits.prefix(3).reduce(0, { $0 * 10 + $1 }) {
        case 900...906, 908...939, 950...953, 958, 960...971, 977...989, 991...999, 495, 498, 499, 800, 804, 812:
            return true
        default: return false
        }
    }

    /// The length of the country code at the start (ITU-T E.164, list of assigned codes); nil if none is assigned.
    static func countryCodeLength(_ digits: [Int]) -> Int? {
        guard digits.count >= 3, digits[0] > 0 else { return nil }
        if digits[0] == 1 || digits[0] == 7 { return 1 }
        switch digits[0] * 10 + digits[1] {
        case 20, 27, 30...34, 36, 39...41, 43...49, 51...58, 60...66, 81, 82, 84, 86, 90...95, 98: return 2
        default: break
        }
        switch digits[0] * 100 + digits[1] * 10 + digits[2] {
        case 211...213, 216, 218, 220...269, 290, 291, 297...299, 350...359, 370...389, 420, 421, 423, 500...509,
            590...599, 670, 672...679, 680...692, 800, 850, 852, 853, 855, 856, 870, 880, 881, 883, 886, 960...968,
            970...977, 979, 992...996, 998:
            return 3
        default: return nil
        }
    }
}
