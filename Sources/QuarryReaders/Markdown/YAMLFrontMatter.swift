import QuarryCore
import Yams

/// Reads front matter with Yams. If the whole is not valid YAML, each outermost key is read separately, so that one
/// mistake costs one key.
struct YAMLFrontMatter {
    private let lines: [String]
    private var content = FrontMatterContent()
    /// The remaining limit of bytes and nodes, which counts each repetition by an alias.
    private var budget = 1 << 20

    private static let maximumDepth = 16
    /// More aliases in one text could multiply its size: nine lists of nine aliases are 9⁹ items.
    private static let maximumAliases = 8

    /// Nil if the lines are prose or comments: there is no key, a paragraph is not a key, or most lines are ignored.
    static func read(_ lines: [String]) -> FrontMatterContent? {
        var reader = YAMLFrontMatter(lines: lines)
        return reader.read() ? reader.content : nil
    }

    private init(lines: [String]) { self.lines = lines }

    private mutating func read() -> Bool {
        do {
            switch try YAMLFrontMatter.compose(lines[...]) {
            case .mapping(let mapping)?: add(mapping, lines: lines.indices)
            case nil: return lines.allSatisfy(\.isBlank)
            default: return false
            }
            return true
        } catch {
            return readEntries()
        }
    }

    /// - Throws: The problem as a sentence.
    private static func compose(_ lines: ArraySlice<String>) throws(YAMLProblem) -> Node? {
        let text = lines.joined(separator: "\n")
        if aliasCount(text) > maximumAliases {
            throw YAMLProblem(reason: "More than \(maximumAliases) aliases are not supported.")
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
                .reader(let problem, _, _, _):
                throw YAMLProblem(reason: "This is not valid YAML: \(problem).")
            case .duplicatedKeysInMapping: throw YAMLProblem(reason: "A key occurs twice.")
            default: throw YAMLProblem(reason: "This is not valid YAML.")
            }
        } catch {
            throw YAMLProblem(reason: "This is not valid YAML.")
        }
    }

    /// The number of strings that look like aliases; 0 if nothing looks like an anchor.
    private static func aliasCount(_ text: String) -> Int {
        var aliases = 0
        var hasAnchor = false
        var previous: (UInt8, UInt8) = (0x0A, 0x0A)
        for byte in text.utf8 {
            if " \t\n[{,:-?".utf8.contains(previous.0), byte > 0x20 {
                if previous.1 == UInt8(ascii: "*") { aliases += 1 }
                if previous.1 == UInt8(ascii: "&") { hasAnchor = true }
            }
            previous = (previous.1, byte)
        }
        return hasAnchor ? aliases : 0
    }
}

// The outermost keys one by one.
extension YAMLFrontMatter {
    /// Returns whether the lines are front matter.
    private mutating func readEntries() -> Bool {
        var starts = lines.indices.filter { lines[$0].beginsEntry }
        if let first = lines.firstIndex(where: { !$0.isBlank && !$0.isComment }), first < starts.first ?? .max {
            starts.insert(first, at: 0)
        }
        var read = 0
        var unread = 0
        for (index, start) in starts.enumerated() {
            let range = start..<(index + 1 < starts.count ? starts[index + 1] : lines.count)
            let count = lines[range].count { !$0.isBlank && !$0.isComment }
            do {
                guard case .mapping(let mapping)? = try YAMLFrontMatter.compose(lines[range]) else {
                    if index == 0 || lines[start - 1].isBlank { return false }
                    throw YAMLProblem(reason: "The line is not a key with a value.")
                }
                add(mapping, lines: range)
                read += count
            } catch let problem as YAMLProblem {
                if count == 1, let (key, value) = lines[start].unquotedEntry {
                    set(key, .string(value), written: value, lines: start..<start + 1)
                    read += count
                } else {
                    content.ignore(start, problem.reason)
                    unread += count
                }
            } catch {
                return false
            }
        }
        return read > 0 && unread <= read
    }
}

// Messages about nodes.
extension YAMLFrontMatter {
    /// - `lines`: The lines of the outermost mapping.
    private mutating func add(
        _ mapping: Node.Mapping, prefix: String = "", depth: Int = 1, lines: Range<Int>
    ) {
        let entries = Array(mapping)
        for (index, (key, value)) in entries.enumerated() {
            let line = lines.lowerBound + (key.mark?.line ?? 1) - 1
            guard let name = key.scalar?.string, !name.isEmpty else {
                content.ignore(line, "The key is not a string.")
                continue
            }
            guard spend(name.utf8.count + 1) else {
                content.ignore(line, "Aliases make the value too large.")
                return
            }
            switch value {
            case .scalar(let scalar):
                guard let value = YAMLFrontMatter.value(of: scalar), spend(scalar.string.utf8.count) else { continue }
                let next = index + 1 < entries.count ? entries[index + 1].key.mark : nil
                let end = next.map { lines.lowerBound + $0.line - 1 } ?? lines.upperBound
                set(
                    prefix + name, value, written: YAMLFrontMatter.text(of: scalar),
                    lines: line..<max(line + 1, end))
            case .sequence(let sequence):
                content.metadata[prefix + name] = .strings(items(of: sequence, line: line))
            case .mapping(let inner) where depth < YAMLFrontMatter.maximumDepth:
                add(inner, prefix: prefix + name + ".", depth: depth + 1, lines: lines)
            case .mapping, .alias: content.ignore(line, "The value is nested too deeply.")
            }
        }
    }

    private mutating func set(_ name: String, _ value: MetadataValue, written: String, lines range: Range<Int>) {
        content.metadata[name] = value
        guard name == "title" else { return }
        content.title = written
        let last = range.last { !lines[$0].isBlank && !lines[$0].isComment } ?? range.lowerBound
        content.titleLines = range.lowerBound..<last + 1
    }

    /// The items as strings. A mapping becomes a string, as written.
    private mutating func items(of sequence: Node.Sequence, line: Int) -> [String] {
        var items: [String] = []
        for item in sequence {
            var text: String?
            switch item {
            case .scalar(let scalar):
                if YAMLFrontMatter.value(of: scalar) == nil { continue }
                text = YAMLFrontMatter.text(of: scalar)
            case .mapping(let mapping): text = YAMLFrontMatter.written(mapping)
            case .sequence, .alias: text = nil
            }
            guard let text else {
                content.ignore(line, "Items that are lists are not supported.")
                break
            }
            guard spend(text.utf8.count + 1) else {
                content.ignore(line, "Aliases make the value too large.")
                break
            }
            items.append(text)
        }
        return items
    }

    private mutating func spend(_ cost: Int) -> Bool {
        budget -= cost
        return budget >= 0
    }

    /// Nil if a value is not a scalar.
    private static func written(_ mapping: Node.Mapping) -> String? {
        var parts: [String] = []
        for (key, value) in mapping {
            guard let key = key.scalar, let value = value.scalar else { return nil }
            let quote = value.style == .doubleQuoted ? "\"" : value.style == .singleQuoted ? "'" : ""
            parts.append("\(key.string): \(quote)\(text(of: value))\(quote)")
        }
        return parts.joined(separator: ", ")
    }

    private static func value(of scalar: Node.Scalar) -> MetadataValue? {
        scalar.style == .plain ? .plain(scalar.string) : .string(text(of: scalar))
    }

    /// The text without the line end of a block.
    private static func text(of scalar: Node.Scalar) -> String {
        guard scalar.style == .literal || scalar.style == .folded else { return scalar.string }
        var bytes = Substring(scalar.string).utf8
        while bytes.last == 0x0A { bytes.removeLast() }
        return String(Substring(bytes))
    }
}

private struct YAMLProblem: Error {
    var reason: String
}

extension String {
    fileprivate var isBlank: Bool { utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    fileprivate var isComment: Bool { utf8.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#") }

    /// Whether the line begins an outermost key, or an invalid line in its place.
    fileprivate var beginsEntry: Bool {
        guard let first = utf8.first else { return false }
        return !" \t#}])".utf8.contains(first) && self != "-" && !hasPrefix("- ")
    }

    /// A line `key: value` that would be valid with the value in quotes: `title: Part 1: The Sea`.
    fileprivate var unquotedEntry: (key: String, value: String)? {
        guard let colon = firstRange(of: ": ") else { return nil }
        let key = self[..<colon.lowerBound]
        let value = String(self[colon.upperBound...]).joiningWords()
        let indicators = "-[]{}|>&*!%@`,?\"'#"
        guard let first = key.utf8.first, let second = value.utf8.first, !indicators.utf8.contains(first),
            !indicators.utf8.contains(second)
        else { return nil }
        return (String(key), value)
    }
}
