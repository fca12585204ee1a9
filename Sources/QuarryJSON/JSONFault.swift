/// Why a text is not the JSON that was expected, and where.
package struct JSONFault: Error, CustomStringConvertible {
    package var message: String
    /// In bytes from the start of the text.
    package var offset: Int
    /// The text in the place of a number, such as `NaN`; nil for other faults.
    package var notANumber: String?

    package init(_ message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    package var description: String { "\(message) at byte \(offset)" }
}
