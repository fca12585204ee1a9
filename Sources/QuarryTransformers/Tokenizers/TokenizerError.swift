/// Why a tokenizer could not be made from a file.
package struct TokenizerError: Error, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The bytes are not what the format says.
        case malformed
        /// The file asks for a component that this reader does not implement.
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
