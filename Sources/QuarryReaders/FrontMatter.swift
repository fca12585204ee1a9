import QuarryCore

/// The metadata at the start of a Markdown file: YAML between two lines `---`, or TOML between two lines `+++`.
///
/// Nested mappings are flattened with dots. `true` and `false` are booleans, what looks like a number without leading
/// zeros is one, nulls are left out; dates stay strings as they are written. What is not read is a warning.
struct FrontMatter {
    var content: FrontMatterContent
    /// The bytes of the lines that the title is written in.
    var titleRange: Range<Int>?
    /// Where the text goes on.
    var end: Int

    /// What is longer is text.
    private static let maximumBytes = 1 << 18

    /// Nil where the text does not begin with front matter. Two thematic breaks with prose or comments between them are
    /// not front matter.
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

/// What the lines of front matter say. Lines are counted from 0, the opening line not included.
struct FrontMatterContent {
    var metadata: [String: MetadataValue] = [:]
    /// The title as it is written, also where it looks like a number.
    var title: String?
    /// The lines of the title, its key's included.
    var titleLines: Range<Int>?
    /// Lines that are not read, with the reason.
    private(set) var problems: [(line: Int, reason: String)] = []

    mutating func ignore(_ line: Int, _ reason: String) { problems.append((line, reason)) }
}

extension MetadataValue {
    /// The value of a scalar that is written without quotes; nil for a null.
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
