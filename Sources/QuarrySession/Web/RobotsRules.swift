/// The rules of a `robots.txt` for one robot (RFC 9309).
package struct RobotsRules: Sendable, Hashable {
    private struct Rule: Sendable, Hashable {
        /// The parts of its path between `*`.
        var parts: [[UInt8]]
        /// Whether it ends in `$`.
        var isAnchored: Bool
        var allows: Bool
        /// The length of the path as it is written: the longest rule counts.
        var length: Int
    }

    private var rules: [Rule] = []
    /// The pause between requests that the site asks for with `Crawl-delay`, in seconds; nil if it does not ask.
    package private(set) var crawlDelay: Double?

    /// Bytes beyond the limit are not read. It is the least that the RFC asks for.
    package static let maximumBytes = 500 << 10

    /// No rules: every page is allowed.
    package init() {}

    /// - `agent`: The product token of the robot. Without a group for it the group `*` counts.
    /// - Complexity: O(bytes).
    package init(_ bytes: some Sequence<UInt8>, for agent: String) {
        var groups: [(names: [String], rules: RobotsRules)] = []
        var isOpen = false
        for line in Self.lines(bytes.prefix(Self.maximumBytes)) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: Self.trimmed(line[..<colon]), as: UTF8.self).lowercased()
            let value = Self.trimmed(line[line.index(after: colon)...])
            if name == "user-agent" {
                if !isOpen { groups.append(([], RobotsRules())) }
                isOpen = true
                groups[groups.count - 1].names.append(Self.token(value))
                continue
            }
            guard ["allow", "disallow", "crawl-delay"].contains(name), !groups.isEmpty else { continue }
            isOpen = false
            groups[groups.count - 1].rules.add(name, value)
        }
        let agent = agent.lowercased()
        let own = groups.filter { $0.names.contains(agent) }
        for group in own.isEmpty ? groups.filter({ $0.names.contains("*") }) : own {
            rules += group.rules.rules
            crawlDelay = crawlDelay ?? group.rules.crawlDelay
        }
    }

    private mutating func add(_ name: String, _ value: ArraySlice<UInt8>) {
        if name == "crawl-delay" {
            let seconds = Double(String(decoding: value, as: UTF8.self))
            if let seconds, seconds.isFinite, seconds >= 0 { crawlDelay = crawlDelay ?? seconds }
            return
        }
        guard !value.isEmpty else { return }
        var path = Self.normalized(value)
        let isAnchored = path.last == UInt8(ascii: "$")
        if isAnchored { path.removeLast() }
        let parts = path.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        rules.append(
            Rule(parts: parts, isAnchored: isAnchored, allows: name == "allow", length: value.count))
    }

    /// Whether the robot may read a path, with its query.
    ///
    /// The rule with the longest path that matches counts, and of equal ones the one that allows.
    /// - Complexity: O(bytes of the rules + rules · bytes of the path).
    package func allows(_ path: String) -> Bool {
        let path = Self.normalized(Array(path.utf8)[...])
        if path == Array("/robots.txt".utf8) { return true }
        var best: (length: Int, allows: Bool) = (-1, true)
        for rule in rules where rule.length >= best.length {
            guard rule.length > best.length || rule.allows, Self.matches(rule, path) else { continue }
            best = (rule.length, rule.allows)
        }
        return best.allows
    }

    private static func matches(_ rule: Rule, _ path: [UInt8]) -> Bool {
        guard let first = rule.parts.first, path.starts(with: first) else { return false }
        var index = first.count
        if rule.parts.count == 1 { return !rule.isAnchored || index == path.count }
        let inner = rule.isAnchored ? rule.parts.dropFirst().dropLast() : rule.parts.dropFirst()
        for part in inner where !part.isEmpty {
            guard let start = position(of: part, in: path, from: index) else { return false }
            index = start + part.count
        }
        guard rule.isAnchored, let last = rule.parts.last else { return true }
        return path.count - last.count >= index && path.suffix(last.count).elementsEqual(last)
    }

    /// The first place of a part, found in linear time (Knuth, Morris, Pratt, 1977): sites write the rules.
    private static func position(of part: [UInt8], in path: [UInt8], from start: Int) -> Int? {
        guard part.count <= path.count - start else { return nil }
        // The length of the longest start of the part that ends at each of its bytes.
        var borders = [Int](repeating: 0, count: part.count)
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = borders[length - 1] }
            if part[index] == part[length] { length += 1 }
            borders[index] = length
        }
        length = 0
        for index in path.indices[start...] {
            while length > 0, path[index] != part[length] { length = borders[length - 1] }
            if path[index] == part[length] { length += 1 }
            if length == part.count { return index + 1 - length }
        }
        return nil
    }

    // MARK: Text

    private static func lines(_ bytes: some Sequence<UInt8>) -> [ArraySlice<UInt8>] {
        var bytes = Array(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return bytes.split { $0 == 0x0A || $0 == 0x0D }.map { line in
            line.firstIndex(of: UInt8(ascii: "#")).map { line[..<$0] } ?? line
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes
    }

    /// The product token at the start of a value: `Quarry/1.0` is `quarry`.
    private static func token(_ value: ArraySlice<UInt8>) -> String {
        if value.first == UInt8(ascii: "*") { return "*" }
        let token = value.prefix { ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        return String(decoding: token, as: UTF8.self).lowercased()
    }

    /// A path with bytes beyond ASCII encoded, and with escapes in capitals; those of letters and digits are resolved.
    private static func normalized(_ path: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var index = path.startIndex
        while index < path.endIndex {
            let byte = path[index]
            index += 1
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                result.append(byte)
            } else if byte == UInt8(ascii: "%"), index + 1 < path.endIndex,
                let high = Character(Unicode.Scalar(path[index])).hexDigitValue,
                let low = Character(Unicode.Scalar(path[index + 1])).hexDigitValue
            {
                let value = UInt8(high << 4 | low)
                let isUnreserved =
                    (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10 || "-._~".utf8.contains(value)
                result += isUnreserved ? [value] : [byte, digits[high], digits[low]]
                index += 2
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }
}
