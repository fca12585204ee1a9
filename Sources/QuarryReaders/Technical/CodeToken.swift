/// A word, sign, string or comment of source code.
struct CodeToken {
    enum Kind: UInt8 {
        case word
        /// One byte.
        case sign
        case string
        case comment
        /// A line for a preprocessor.
        case directive
        case newline
    }

    var kind: Kind
    var range: Range<Int>

    /// Whether it is one of some signs.
    func isSign(_ signs: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard kind == .sign else { return false }
        let sign = bytes[range.lowerBound]
        for index in 0..<signs.utf8CodeUnitCount where signs.utf8Start[index] == sign { return true }
        return false
    }
}
