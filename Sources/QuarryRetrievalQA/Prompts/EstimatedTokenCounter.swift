public import QuarryCore

/// Estimates the token count of models whose tokenizer is not available. It tends to overestimate.
///
/// Byte-pair vocabularies use about one token for four to five Latin letters, two to three letters of other alphabets,
/// up to three digits, one ideograph, or one punctuation mark; spaces join the next word. This counter counts one token
/// for four Latin letters, two letters of another alphabet, two digits, one of anything else, or a run of white space
/// with a line break.
public struct EstimatedTokenCounter: TokenCounter {
    public init() {}

    /// - Complexity: O(length).
    public func tokenCount(of text: String) -> Int {
        var count = 0
        var run = 0
        var current = Kind.space
        for scalar in text.unicodeScalars {
            let kind = Kind(scalar)
            if kind != current {
                count += current.tokens(run)
                run = 0
                current = kind
            }
            run += 1
        }
        return count + current.tokens(run)
    }

    private enum Kind {
        case latin, letter, digit, space, newline, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: self = .latin
            case 0x30...0x39: self = .digit
            case 0x20, 0x09: self = .space
            case 0x0A, 0x0D: self = .newline
            case 0xC0...0x24F, 0x370...0x52F: self = .letter
            default: self = .other
            }
        }

        func tokens(_ run: Int) -> Int {
            switch self {
            case .latin: (run + 3) / 4
            case .letter, .digit: (run + 1) / 2
            case .space: run > 1 ? (run + 3) / 4 : 0
            case .newline: run > 0 ? 1 : 0
            case .other: run
            }
        }
    }
}
