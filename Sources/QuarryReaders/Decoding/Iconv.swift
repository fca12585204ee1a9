#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// An iconv descriptor that converts one character at a time to a Unicode scalar.
final class Iconv {
    enum Meaning: Equatable {
        case scalar(Unicode.Scalar)
        /// The bytes start a longer sequence.
        case incomplete
        case invalid
    }

    private let descriptor: iconv_t

    /// Nil if the system has no table for the charset.
    init?(_ charset: String) {
        guard let descriptor = iconv_open("UTF-32LE", charset), descriptor != iconv_t(bitPattern: -1) else {
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// The meaning of a sequence, as exactly one scalar.
    func meaning(of sequence: [UInt8]) -> Meaning {
        var input = sequence.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: 16)
        var inputLeft = input.count
        var outputLeft = output.count
        var code: Int32 = 0
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var source = input.baseAddress
                var target = output.baseAddress
                if iconv(descriptor, &source, &inputLeft, &target, &outputLeft) == -1 { code = errno }
                // Flushes a letter held back for composition, and resets the state.
                iconv(descriptor, nil, nil, &target, &outputLeft)
            }
        }
        if code == EINVAL { return .incomplete }
        guard code == 0, inputLeft == 0, outputLeft == output.count - 4 else { return .invalid }
        let value = output[..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(UInt8(bitPattern: $1)) }
        return Unicode.Scalar(value).map { .scalar($0) } ?? .invalid
    }
}
