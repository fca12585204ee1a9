/// Why a tokenizer could not be created from a file.
package struct TokenizerError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The bytes do not conform to the format.
        case malformed
        /// The file needs a component that is not supported.
        case unsupported
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
