import QuarryCore
import QuarryJSON

/// Writes a JSON value as text: objects under headings, `name: value` lines, and lists.
struct JSONDocument {
    let bytes: UnsafeBufferPointer<UInt8>
    var writer = DocumentWriter()
    /// The heading of members of the whole value that follow an object.
    private let title: String

    /// Values deeper than this are written as JSON, so that the stack suffices.
    private static let maximumDepth = 32
    /// Longer strings are paragraphs.
    private static let maximumLine = 200
    /// Lists of short scalars up to this length are one line.
    private static let maximumInline = 400

    init(_ bytes: UnsafeBufferPointer<UInt8>, title: String) {
        self.bytes = bytes
        self.title = title
    }

    /// Writes the next value.
    ///
    /// - `body`: A string that is written as a paragraph without its name.
    mutating func write(_ cursor: inout JSONCursor, name: String = "", level: Int = 1, body: JSONSpan? = nil) throws {
        if level > Self.maximumDepth { return try writeCode(&cursor) }
        switch cursor.next() {
        case UInt8(ascii: "{"):
            let heading = name.isEmpty ? title : name
            var isUnderOther = false
            try cursor.spans { key, cursor in
                let name = try string(key)
                let next = cursor.next()
                let hasHeading =
                    next == UInt8(ascii: "{") || cursor.firstByteOfElements() == UInt8(ascii: "{")
                if isUnderOther, !hasHeading, next != UInt8(ascii: "n") {
                    writer.add(.heading(level: max(1, level - 1)), heading)
                }
                isUnderOther = hasHeading || isUnderOther && next == UInt8(ascii: "n")
                switch next {
                case UInt8(ascii: "{"):
                    writer.add(.heading(level: level), name, source: key.contents)
                    try write(&cursor, name: name, level: level + 1)
                case UInt8(ascii: "["): try writeList(&cursor, name: name, key: key, level: level)
                default:
                    let value = try cursor.value()
                    try writeScalar(value, name: value == body ? "" : name, key: key)
                }
            }
        case UInt8(ascii: "["): try writeList(&cursor, name: name, key: nil, level: level)
        default:
            let value = try cursor.value()
            try writeScalar(value, name: "", key: nil)
        }
    }

    private mutating func writeScalar(_ value: JSONSpan, name: String, key: JSONSpan?, depth: Int = 0) throws {
        guard value.kind != .null else { return }
        let isLong = value.range.count > Self.maximumLine
        writer.begin(isLong || name.isEmpty && key != nil ? .paragraph : .item(depth: depth))
        if !name.isEmpty, value.contents.contains(where: { bytes[$0] > 0x20 }) {
            writer.append(name, source: key?.contents)
            writer.append(": ")
        }
        try writer.append(value, in: bytes)
        writer.end()
    }

    private mutating func writeList(
        _ cursor: inout JSONCursor, name: String, key: JSONSpan?, level: Int, depth: Int = 0
    ) throws {
        if level + depth > Self.maximumDepth { return try writeCode(&cursor) }
        if try writeInline(&cursor, name: name, key: key, depth: depth) { return }
        let hasObjects = cursor.firstByteOfElements() == UInt8(ascii: "{")
        if !name.isEmpty, let key {
            if hasObjects {
                writer.add(.heading(level: level), name, source: key.contents)
            } else {
                writer.begin(.item(depth: depth))
                writer.append(name, source: key.contents)
                writer.append(":")
                writer.end()
            }
        }
        var number = 0
        let inner = key == nil ? depth : depth + 1
        try cursor.elements { cursor in
            number += 1
            switch cursor.next() {
            case UInt8(ascii: "{"):
                var ahead = cursor
                let range = try ahead.value().range
                guard bytes[range].contains(UInt8(ascii: "\"")) else { return cursor = ahead }
                let title = name.isEmpty ? "\(number)" : "\(name) \(number)"
                writer.add(.heading(level: key == nil ? level : level + 1), title)
                try write(&cursor, name: name, level: level + (key == nil ? 1 : 2))
            case UInt8(ascii: "["):
                try writeList(&cursor, name: "", key: nil, level: level, depth: max(inner, depth + 1))
            default: try writeScalar(try cursor.value(), name: "", key: nil, depth: inner)
            }
        }
    }

    private mutating func writeCode(_ cursor: inout JSONCursor) throws {
        let value = try cursor.value()
        writer.begin(.code(language: "json"))
        writer.append(UnsafeBufferPointer(rebasing: bytes[value.range]), source: value.range)
        writer.end()
    }

    /// Writes a list of short scalars as one line; false if the next list is another.
    private mutating func writeInline(
        _ cursor: inout JSONCursor, name: String, key: JSONSpan?, depth: Int
    ) throws -> Bool {
        guard ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(cursor.firstByteOfElements()) else { return false }
        var ahead = cursor
        var values: [JSONSpan] = []
        var length = 0
        var isInline = true
        try ahead.elements { cursor in
            let value = try cursor.value()
            length += value.range.count
            isInline = isInline && value.kind != .object && value.kind != .array
            if value.kind == .string { isInline = isInline && value.range.count <= 40 && length <= Self.maximumInline }
            if isInline { values.append(value) }
        }
        guard isInline else { return false }
        cursor = ahead
        guard values.contains(where: { $0.kind != .null }) else { return true }
        writer.begin(length > Self.maximumLine ? .paragraph : .item(depth: depth))
        if !name.isEmpty {
            writer.append(name, source: key?.contents)
            writer.append(": ")
        }
        var isFirst = true
        for value in values where value.kind != .null {
            if !isFirst { writer.append(", ") }
            isFirst = false
            try writer.append(value, in: bytes)
        }
        writer.end()
        return true
    }

    func string(_ span: JSONSpan) throws -> String { try JSONCursor(bytes, in: span.range).string(span) }
}
