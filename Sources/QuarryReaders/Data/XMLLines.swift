import QuarryCore

/// The lines of a document in which its elements start, in the order of the elements.
///
/// libxml2 counts no more than 65,535 lines of a streamed document.
struct XMLLines {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line = 1

    /// - `bytes`: The document, in an encoding in which the signs of XML are those of ASCII.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The line of the next element's start tag, from 1; nil if there is none.
    ///
    /// - Complexity: O(bytes) for all elements.
    mutating func next() -> Int? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                advance(to: position + 1)
                continue
            }
            let rest = bytes[(position + 1)...]
            if rest.starts(with: "!--".utf8) {
                skip(past: "-->", from: position + 4)
            } else if rest.starts(with: "![CDATA[".utf8) {
                skip(past: "]]>", from: position + 9)
            } else if rest.first == UInt8(ascii: "?") {
                skip(past: "?>", from: position + 2)
            } else if rest.first == UInt8(ascii: "!") {
                skipDeclaration()
            } else if rest.first == UInt8(ascii: "/") {
                advance(to: position + 2)
            } else {
                defer { skipTag() }
                return line
            }
        }
        return nil
    }

    /// Moves on, and counts the lines between. A line ends after `\n`, or after a `\r` that no `\n` follows.
    private mutating func advance(to end: Int) {
        let end = min(end, bytes.count)
        for index in position..<max(position, end) {
            switch bytes[index] {
            case 0x0A: line += 1
            case 0x0D where index + 1 == bytes.count || bytes[index + 1] != 0x0A: line += 1
            default: continue
            }
        }
        position = max(position, end)
    }

    private mutating func skip(past mark: StaticString, from start: Int) {
        mark.withUTF8Buffer { mark in
            var index = start
            while index < bytes.count, !(bytes[index] == mark[0] && bytes[index...].starts(with: mark)) { index += 1 }
            advance(to: index + mark.count)
        }
    }

    /// Skips a tag. Quoted values may hold any sign.
    private mutating func skipTag() {
        var quote: UInt8?
        var index = position + 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
        }
        advance(to: index)
    }

    /// Skips the declaration of the document's type, with the declarations in its brackets.
    private mutating func skipDeclaration() {
        var quote: UInt8?
        var depth = 0
        var index = position + 1
        while index < bytes.count {
            let byte = bytes[index]
            if quote == nil, bytes[index...].starts(with: "<!--".utf8) {
                advance(to: index)
                skip(past: "-->", from: index + 4)
                index = position
                continue
            }
            index += 1
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ">") where depth <= 0:
                advance(to: index)
                return
            default: continue
            }
        }
        advance(to: index)
    }
}
