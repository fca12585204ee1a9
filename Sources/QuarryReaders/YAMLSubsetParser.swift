import QuarryCore

/// Reads the lines of one mapping, with the subset of YAML that ``FrontMatter`` names.
struct YAMLSubsetParser {
    let lines: [String]
    private(set) var metadata: [String: MetadataValue] = [:]
    private(set) var title: String?
    /// The lines of the title, its key's included.
    private(set) var titleLines: Range<Int>?
    /// Lines that are not understood.
    private(set) var broken: [Int] = []
    private var index = 0
    /// Keys of the mappings around the line.
    private var parents: [Parent] = []
    /// Indentation of the outermost keys.
    private var outermost: Int?
    private var keyCount = 0
    private var commentCount = 0
    /// Whether a line that is no key begins the lines or a paragraph, as in prose.
    private var holdsParagraph = false

    private struct Parent {
        var indent: Int
        var prefix: String
        /// Indentation of the keys inside.
        var inner: Int?
    }

    init(lines: [String]) { self.lines = lines }

    /// Whether the lines, once parsed, are a mapping rather than prose: nothing at all, or keys with at least as many lines
    /// that are understood as lines that are not.
    var isMapping: Bool {
        if keyCount == 0 { return broken.isEmpty && commentCount == 0 }
        let understood = lines.count(where: { !$0.isYAMLBlank }) - commentCount - broken.count
        return !holdsParagraph && broken.count <= understood
    }

    /// - Complexity: O(bytes).
    mutating func parse() {
        while index < lines.count {
            let line = lines[index]
            let text = line.trimmingYAMLSpace()
            if text.isEmpty || text.hasPrefix("#") {
                if !text.isEmpty { commentCount += 1 }
                index += 1
                continue
            }
            let indent = line.yamlIndent
            guard let (key, rest) = YAMLScalar.key(of: text), let prefix = prefix(ofKeyAt: indent) else {
                if keyCount == 0 || indent == 0 && lines[index - 1].isYAMLBlank { holdsParagraph = true }
                broken.append(index)
                index += 1
                continue
            }
            keyCount += 1
            parseValue(rest, of: prefix + key, indent: indent)
        }
    }

    /// What stands before the name of a key, or nil where it is deeper than the keys of any mapping that is open: then
    /// it belongs to a value that is not understood.
    private mutating func prefix(ofKeyAt indent: Int) -> String? {
        while let parent = parents.last, indent <= parent.indent { parents.removeLast() }
        guard let parent = parents.last else {
            let column = outermost ?? indent
            outermost = column
            return indent <= column ? "" : nil
        }
        let column = parent.inner ?? indent
        parents[parents.count - 1].inner = column
        return indent <= column ? parent.prefix : nil
    }

    private mutating func parseValue(_ rest: String, of name: String, indent: Int) {
        let start = index
        index += 1
        let value = YAMLScalar.withoutComment(rest)
        if value.isEmpty {
            if let items = blockList(indent: indent) {
                set(name, .strings(items), written: nil, from: start)
            } else if let text = continuation(of: "", indent: indent) {
                set(name, .string(text), written: text, from: start)
            } else if parents.count < 16 {
                parents.append(Parent(indent: indent, prefix: name + "."))
            }
        } else if let style = value.utf8.first, style == UInt8(ascii: "|") || style == UInt8(ascii: ">"),
            value.utf8.dropFirst().allSatisfy({ "+-0123456789".utf8.contains($0) })
        {
            let text = block(indent: indent, folded: style == UInt8(ascii: ">"))
            set(name, .string(text), written: nil, from: start)
        } else if value.hasPrefix("[") {
            var flow = value
            while !YAMLScalar.isClosedFlow(flow), index < lines.count, flow.utf8.count < 1 << 16 {
                let line = lines[index].trimmingYAMLSpace()
                if YAMLScalar.key(of: line) != nil { break }
                flow += " " + YAMLScalar.withoutComment(line)
                index += 1
            }
            if let items = YAMLScalar.flowItems(flow) {
                set(name, .strings(items), written: nil, from: start)
            } else {
                broken.append(start)
            }
        } else if let text = continuation(of: value, indent: indent) {
            set(name, .string(text), written: text, from: start)
        } else if let scalar = YAMLScalar(value) {
            if let value = scalar.value { set(name, value, written: scalar.text, from: start) }
        } else {
            broken.append(start)
        }
    }

    private mutating func set(_ name: String, _ value: MetadataValue, written: String?, from start: Int) {
        metadata[name] = value
        guard name == "title" else { return }
        if let written {
            title = written
        } else if case .string(let text) = value {
            title = text
        } else {
            return
        }
        titleLines = start..<index
    }

    /// A plain scalar with the deeper lines that go on with it, or nil where none follows or it is not plain.
    private mutating func continuation(of first: String, indent: Int) -> String? {
        if let byte = first.utf8.first, "\"'{&*!%@`".utf8.contains(byte) { return nil }
        var parts = first.isEmpty ? [] : [first]
        let start = index
        while index < lines.count, lines[index].yamlIndent > indent {
            let text = lines[index].trimmingYAMLSpace()
            guard let byte = text.utf8.first, byte != UInt8(ascii: "#"), YAMLScalar.key(of: text) == nil,
                !parts.isEmpty || !"\"'[]{}|>&*!%@`-?".utf8.contains(byte)
            else { break }
            parts.append(YAMLScalar.withoutComment(text))
            index += 1
        }
        return index > start ? parts.joined(separator: " ") : nil
    }

    /// The items of a list of lines `- item`, or nil where no such line follows.
    private mutating func blockList(indent: Int) -> [String]? {
        var first = index
        while first < lines.count, lines[first].isYAMLBlank || lines[first].isYAMLComment { first += 1 }
        guard first < lines.count, isItem(lines[first], indent: indent) else { return nil }
        var items: [String] = []
        while index < lines.count {
            let line = lines[index]
            if line.isYAMLBlank || line.isYAMLComment {
                if line.isYAMLComment { commentCount += 1 }
                index += 1
                continue
            }
            guard isItem(line, indent: indent) else { break }
            appendItem(dash: line.yamlIndent, to: &items)
        }
        return items
    }

    private func isItem(_ line: String, indent: Int) -> Bool {
        let text = line.trimmingYAMLSpace()
        return line.yamlIndent >= indent && (text == "-" || text.hasPrefix("- "))
    }

    /// Reads the line of a dash, and the deeper ones that belong to it.
    private mutating func appendItem(dash: Int, to items: inout [String]) {
        let start = index
        var item = YAMLScalar.withoutComment(
            String(lines[index].trimmingYAMLSpace().dropFirst(1)).trimmingYAMLSpace())
        index += 1
        let isMapping = YAMLScalar.key(of: item) != nil
        var isAlone = true
        while index < lines.count, lines[index].yamlIndent > dash, !lines[index].isYAMLBlank {
            let text = YAMLScalar.withoutComment(lines[index].trimmingYAMLSpace())
            if !text.isEmpty, !text.hasPrefix("#") {
                item += item.isEmpty ? text : (isMapping ? ", " : " ") + text
                isAlone = false
            }
            index += 1
        }
        if isMapping && !isAlone {
            items.append(item)
        } else if !item.hasPrefix("["), !item.hasPrefix("- "), let scalar = YAMLScalar(item) {
            if scalar.value != nil { items.append(scalar.text) }
        } else {
            broken.append(start)
        }
    }

    /// The lines of a literal or folded block, which are indented deeper than their key.
    private mutating func block(indent: Int, folded: Bool) -> String {
        var collected: [String] = []
        var own: Int?
        while index < lines.count {
            let line = lines[index]
            if line.isYAMLBlank {
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

extension String {
    fileprivate var isYAMLBlank: Bool { utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    fileprivate var isYAMLComment: Bool { utf8.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#") }
}
