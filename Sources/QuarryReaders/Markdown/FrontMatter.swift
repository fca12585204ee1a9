import QuarryCore

/// The metadata at the start of a Markdown file: YAML between two lines `---`, or TOML between two lines `+++`.
///
/// Nested mappings are flattened with dots. `true` and `false` become booleans, numbers without leading zeros become
/// numbers, and nulls are omitted. Dates remain strings, as written. Unsupported content causes a warning.
struct FrontMatter {
    var content: FrontMatterContent
    /// The bytes of the lines that contain the title.
    var titleRange: Range<Int>?
    /// The offset of the text after the front matter.
    var end: Int

    /// Longer front matter is treated as text.
    private static let maximumBytes = 1 << 18

    /// Nil if the text does not begin with front matter. Two thematic breaks around prose or comments are not front
    /// matter.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var lines: [Range<Int>] = []
        var start = 0
        var isTOML = false
        var isClosed = false
        while !isClosed {
            guard start < min(bytes.count, FrontMatter.maximumBytes) else { return nil }
            let stop = bytes.lineEnd(from: start)
            let line = bytes[start..<bytes.trimmed(start..<stop).upperBound]
            if lines.isEmpty {
                isTOML = line.elementsEqual("+++".utf8)
                guard isTOML || line.elementsEqual("---".utf8) else { return nil }
            } else {
                isClosed =
                    isTOML
                    ? line.elementsEqual("+++".utf8) : line.elementsEqual("---".utf8) || line.elementsEqual("...".utf8)
            }
            lines.append(start..<stop)
            start = stop + 1
        }
        end = min(start, bytes.count)
        let texts = lines[1..<lines.count - 1].map { String(decoding: bytes[$0], as: UTF8.self) }
        guard let content = isTOML ? TOMLFrontMatter.read(texts) : YAMLFrontMatter.read(texts) else { return nil }
        self.content = content
        titleRange = content.titleLines.map { lines[$0.lowerBound + 1].lowerBound..<lines[$0.upperBound].upperBound }
    }
}

/// The content of front matter. Lines are counted from 0, without the opening line.
struct FrontMatterContent {
    var metadata: [String: MetadataValue] = [:]
    /// The title as written, even if it looks like a number.
    var title: String?
    /// The lines of the title, including its key.
    var titleLines: Range<Int>?
    /// Ignored lines, each with the reason.
    private(set) var problems: [(line: Int, reason: String)] = []

    mutating func ignore(_ line: Int, _ reason: String) { problems.append((line, reason)) }
}

extension MetadataValue {
    /// The value of an unquoted scalar; nil for a null.
    static func plain(_ text: String) -> MetadataValue? {
        switch text {
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        case "", "null", "Null", "NULL", "~": nil
        default: isNumber(text) ? .numeral(text) : .string(text)
        }
    }

    static func isNumber(_ text: String) -> Bool {
        var digits = Substring(text).utf8
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard let first = digits.first, first >= 0x30, first <= 0x39 || first == UInt8(ascii: "."),
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || ".eE+-".utf8.contains($0) })
        else { return false }
        let second = digits.dropFirst().first
        return !(first == 0x30 && second.map { $0 >= 0x30 && $0 <= 0x39 } ?? false)
    }
}
