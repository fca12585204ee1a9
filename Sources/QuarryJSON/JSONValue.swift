/// A JSON value in memory, to write requests with and to look into small texts.
///
/// Integers are exact where they fit `Int`. Objects have no order; of equal keys the last wins.
package enum JSONValue: Sendable, Hashable, Encodable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Parses a JSON text; invalid UTF-8 in strings is repaired.
    /// - Throws: ``JSONFault``.
    /// - Complexity: O(bytes).
    package init(parsing text: [UInt8]) throws {
        self = try JSONCursor.reading(text) { cursor in try JSONValue(&cursor) }
    }

    /// Reads the value that comes next.
    /// - Throws: ``JSONFault``, also for a number too large for a `Double`.
    package init(_ cursor: inout JSONCursor) throws {
        switch cursor.next() {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try cursor.members { key, cursor in members[key] = try JSONValue(&cursor) }
            self = .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try cursor.elements { cursor in elements.append(try JSONValue(&cursor)) }
            self = .array(elements)
        case UInt8(ascii: "\""): self = .string(try cursor.string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try cursor.boolean())
        case UInt8(ascii: "n"):
            try cursor.skip()
            self = .null
        default:
            var ahead = cursor
            let number = try cursor.double()
            let text = ahead.text(of: try ahead.value())
            self = Int(text).map { .int($0) } ?? .number(number)
        }
    }

    /// The value of a member; nil if it is missing or this is not an object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text of a string; nil for other values.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
