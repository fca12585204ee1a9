import QuarryCore

/// The block of YAML between two lines `---` at the start of a Markdown file.
///
/// A subset of YAML 1.2 is read: `key: value` with plain, single- or double-quoted scalars, lists in either style,
/// literal and folded blocks, and nested mappings, which are flattened with dots. `true` and `false` are booleans, what
/// looks like a number without leading zeros is one, nulls are left out; dates stay strings.
struct FrontMatter {
    var metadata: [String: MetadataValue] = [:]
    /// Lines that say nothing, numbered from 1 in the text.
    var brokenLines: [(line: Int, text: String)] = []
    /// The title as it is written, also where it looks like a number.
    var title: String?
    /// Where the text goes on.
    var end: Int

    /// Nil where the text does not begin with front matter.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var lines: [Range<Int>] = []
        var start = 0
        var isClosed = false
        while start < bytes.count, !isClosed {
            var stop = start
            while stop < bytes.count, bytes[stop] != 0x0A { stop += 1 }
            let line = MarkdownRules(bytes: bytes).trimmed(start..<stop)
            let isDashes = line.lowerBound == start && bytes[line].elementsEqual("---".utf8)
            if lines.isEmpty {
                guard isDashes else { return nil }
            } else {
                isClosed = isDashes || line.lowerBound == start && bytes[line].elementsEqual("...".utf8)
            }
            lines.append(start..<stop)
            start = stop + 1
        }
        guard isClosed else { return nil }
        end = min(start, bytes.count)
        let texts = lines[1..<lines.count - 1].map { String(decoding: bytes[$0], as: UTF8.self) }
        guard FrontMatter.looksLikeYAML(texts) else { return nil }
        var parser = YAMLSubsetParser(lines: texts)
        parser.parse()
        metadata = parser.metadata
        title = parser.title
        brokenLines = parser.broken.map { ($0 + 2, texts[$0]) }
    }

    /// Two thematic breaks with prose between them are not front matter.
    private static func looksLikeYAML(_ lines: [String]) -> Bool {
        for line in lines {
            let text = line.trimmingYAMLSpace()
            if text.isEmpty || text.hasPrefix("#") && !text.hasPrefix("##") && lines.count > 1 { continue }
            return YAMLScalar.key(of: text) != nil
        }
        return true
    }
}

/// Reads the lines of one mapping.
private struct YAMLSubsetParser {
    let lines: [String]
    var index = 0
    var metadata: [String: MetadataValue] = [:]
    var title: String?
    var broken: [Int] = []
    /// Keys of the mappings around the line, with the indentation of what they hold.
    var parents: [(indent: Int, prefix: String)] = []

    init(lines: [String]) { self.lines = lines }

    mutating func parse() {
        while index < lines.count {
            let line = lines[index]
            let text = line.trimmingYAMLSpace()
            if text.isEmpty || text.hasPrefix("#") {
                index += 1
                continue
            }
            guard let (key, rest) = YAMLScalar.key(of: text) else {
                broken.append(index)
                index += 1
                continue
            }
            let indent = line.yamlIndent
            while let parent = parents.last, indent <= parent.indent { parents.removeLast() }
            let name = (parents.last?.prefix ?? "") + key
            parseValue(rest, of: name, indent: indent)
        }
    }

    private mutating func parseValue(_ rest: String, of name: String, indent: Int) {
        let start = index
        index += 1
        let value = YAMLScalar.withoutComment(rest)
        if value.isEmpty {
            if let items = blockList(indent: indent) {
                set(name, .strings(items), written: nil)
            } else if parents.count < 16 {
                parents.append((indent, name + "."))
            }
        } else if let style = value.utf8.first, style == UInt8(ascii: "|") || style == UInt8(ascii: ">"),
            value.utf8.dropFirst().allSatisfy({ "+-0123456789".utf8.contains($0) })
        {
            set(name, .string(block(indent: indent, folded: style == UInt8(ascii: ">"))), written: nil)
        } else if value.hasPrefix("[") {
            var flow = value
            while !YAMLScalar.isClosedFlow(flow), index < lines.count, flow.utf8.count < 1 << 16 {
                let line = lines[index].trimmingYAMLSpace()
                if YAMLScalar.key(of: line) != nil { break }
                flow += " " + YAMLScalar.withoutComment(line)
                index += 1
            }
            if let items = YAMLScalar.flowItems(flow) {
                set(name, .strings(items), written: nil)
            } else {
                broken.append(start)
            }
        } else if let scalar = YAMLScalar(value) {
            if let value = scalar.value { set(name, value, written: scalar.text) }
        } else {
            broken.append(start)
        }
    }

    private mutating func set(_ name: String, _ value: MetadataValue, written: String?) {
        metadata[name] = value
        if name == "title" {
            if let written {
                title = written
            } else if case .string(let text) = value {
                title = text
            }
        }
    }

    /// The items of a list of lines `- item`, or nil where no such line follows.
    private mutating func blockList(indent: Int) -> [String]? {
        var items: [String]?
        while index < lines.count {
            let line = lines[index]
            let text = line.trimmingYAMLSpace()
            if text.isEmpty || text.hasPrefix("#") {
                if items == nil, !nextIsItem(indent: indent) { return nil }
                index += 1
                continue
            }
            guard line.yamlIndent >= indent, text == "-" || text.hasPrefix("- ") else { break }
            let item = YAMLScalar.withoutComment(String(text.dropFirst(1)).trimmingYAMLSpace())
            if let scalar = YAMLScalar(item), !item.hasPrefix("["), !item.hasPrefix("- ") {
                if items == nil { items = [] }
                if scalar.value != nil { items?.append(scalar.text) }
            } else {
                broken.append(index)
                if items == nil { items = [] }
            }
            index += 1
        }
        return items
    }

    private func nextIsItem(indent: Int) -> Bool {
        for line in lines[index...] {
            let text = line.trimmingYAMLSpace()
            if text.isEmpty || text.hasPrefix("#") { continue }
            return line.yamlIndent >= indent && (text == "-" || text.hasPrefix("- "))
        }
        return false
    }

    /// The lines of a literal or folded block, which are indented deeper than their key.
    private mutating func block(indent: Int, folded: Bool) -> String {
        var collected: [String] = []
        var own: Int?
        while index < lines.count {
            let line = lines[index]
            if line.trimmingYAMLSpace().isEmpty {
                collected.append("")
            } else {
                guard line.yamlIndent > indent else { break }
                let width = own ?? line.yamlIndent
                own = width
                collected.append(String(line.unicodeScalars.dropFirst(min(width, line.yamlIndent))))
            }
            index += 1
        }
        while collected.last?.isEmpty == true { collected.removeLast() }
        return collected.joined(separator: folded ? " " : "\n")
    }
}
