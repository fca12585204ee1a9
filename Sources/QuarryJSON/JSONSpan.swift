/// A value as the bytes that it is written in.
package struct JSONSpan: Sendable, Hashable {
    /// The raw value is the kind in words.
    package enum Kind: String, Sendable {
        case null
        case boolean = "a boolean"
        case number = "a number"
        case string = "a string"
        case array = "an array"
        case object = "an object"
    }

    package var kind: Kind
    /// Bytes of the text, with the quotes of a string and the brackets of an array or object.
    package var range: Range<Int>
    /// Whether a string holds escapes.
    package var hasEscapes = false

    /// The bytes of a string between its quotes; of other values the whole range.
    package var contents: Range<Int> { kind == .string ? range.lowerBound + 1..<range.upperBound - 1 : range }
}
