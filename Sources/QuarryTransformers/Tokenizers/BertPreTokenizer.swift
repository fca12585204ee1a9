/// Splits at white space, which is dropped, and around punctuation, which becomes separate words.
struct BertPreTokenizer: Sendable {
    private enum Class: UInt8 {
        case letter
        case space
        case punctuation
    }

    /// Classes of the first scalars, up to Armenian.
    private static let table: [Class] = (0..<0x590).map { UInt32($0) }.map(computedClass)

    private static func computedClass(of scalar: UInt32) -> Class {
        if isWhiteSpace(scalar) { return .space }
        guard let scalar = Unicode.Scalar(scalar) else { return .letter }
        return ReferenceUnicode.isPunctuation(scalar) ? .punctuation : .letter
    }

    /// Calls `body` with each word, in order, until it returns false.
    @inline(__always)
    func forEachWord(in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        BertPreTokenizer.table.withUnsafeBufferPointer { table in
            var wordStart = 0
            var index = 0
            while index < text.count {
                let (value, length) = decodeScalar(text, at: index)
                let kind: Class
                if Int(value) < table.count {
                    kind = table[Int(value)]
                } else if 0x3041...0xD7A3 ~= value && !(0xA000...0xABFF ~= value) && value != 0x30A0 && value != 0x30FB
                {
                    kind = .letter
                } else {
                    kind = BertPreTokenizer.computedClass(of: value)
                }
                if kind != .letter {
                    if wordStart < index, !body(UnsafeBufferPointer(rebasing: text[wordStart..<index])) { return }
                    wordStart = index + length
                    if kind == .punctuation, !body(UnsafeBufferPointer(rebasing: text[index..<wordStart])) { return }
                }
                index += length
            }
            if wordStart < index { _ = body(UnsafeBufferPointer(rebasing: text[wordStart..<index])) }
        }
    }
}
