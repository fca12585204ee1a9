/// The rules of a `robots.txt` for one robot (RFC 9309).
package struct RobotsRules: Sendable, Hashable {
    private struct Rule: Sendable, Hashable {
        /// Its path up to the first `*`.
        var start: [UInt8]
        /// The parts of its path after each `*` that may be anywhere in this order, without empty ones.
        var parts: [Part] = []
        /// What a path ends with after all parts, if the rule ends in `$`; nil if anything may follow.
        var end: [UInt8]?
        /// Whether its path has a `*`.
        var hasWildcard = false
        var allows: Bool
        /// The length of the path as it is written: the longest rule counts.
        var length: Int
    }

    /// Bytes to search for, prepared once for all paths (Knuth, Morris, Pratt, 1977).
    private struct Part: Sendable, Hashable {
        var bytes: [UInt8]
        /// The length of the longest start of the part that ends at each of its bytes.
        private var borders: [Int32]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            borders = [Int32](repeating: 0, count: bytes.count)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[index] != bytes[length] { length = Int(borders[length - 1]) }
                if bytes[index] == bytes[length] { length += 1 }
                borders[index] = Int32(length)
            }
        }

        /// Where the first occurrence ends. Takes linear time: sites write the rules.
        func end(in path: [UInt8], from start: Int) -> Int? {
            guard bytes.count <= path.count - start else { return nil }
            var length = 0
            for index in start..<path.count {
                while length > 0, path[index] != bytes[length] { length = Int(borders[length - 1]) }
                if path[index] == bytes[length] { length += 1 }
                if length == bytes.count { return index + 1 }
            }
            return nil
        }
    }

    private var rules: [Rule] = []
    /// The number of rules with `*`.
    private var wildcards = 0
    /// The pause between requests that the site asks for with `Crawl-delay`, in seconds; nil if it does not ask.
    package private(set) var crawlDelay: Double?

    /// Bytes beyond the limit are not read. It is the least that the RFC asks for.
    package static let maximumBytes = 500 << 10

    /// Of further rules with `*`, those that allow are left out, and those that forbid count up to their first `*`: they
    /// forbid at least as much.
    package static let maximumWildcards = 4096

    /// How many rules with `*` are beyond the limit.
    package var wildcardsBeyondLimit: Int { max(0, wildcards - Self.maximumWildcards) }

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
            for rule in group.rules.rules { keep(rule) }
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
        var parts = path.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        var rule = Rule(start: parts.removeFirst(), allows: name == "allow", length: value.count)
        rule.hasWildcard = !parts.isEmpty
        if isAnchored { rule.end = parts.popLast() ?? [] }
        rule.parts = parts.lazy.filter { !$0.isEmpty }.map(Part.init)
        rules.append(rule)
    }

    private mutating func keep(_ rule: Rule) {
        guard rule.hasWildcard else { return rules.append(rule) }
        wildcards += 1
        if wildcards <= Self.maximumWildcards {
            rules.append(rule)
        } else if !rule.allows {
            rules.append(Rule(start: rule.start, allows: false, length: rule.length))
        }
    }

    /// Whether the robot may read a path, with its query.
    ///
    /// The rule with the longest path that matches counts, and of equal ones the one that allows.
    /// - Complexity: O(rules + rules with `*` · bytes of the path).
    package func allows(_ path: String) -> Bool {
        let path = Self.normalized(path.utf8)
        if path == Array("/robots.txt".utf8) { return true }
        var best: (length: Int, allows: Bool) = (-1, true)
        for rule in rules where rule.length >= best.length {
            guard rule.length > best.length || rule.allows, Self.matches(rule, path) else { continue }
            best = (rule.length, rule.allows)
        }
        return best.allows
    }

    private static func matches(_ rule: Rule, _ path: [UInt8]) -> Bool {
        guard path.starts(with: rule.start) else { return false }
        var index = rule.start.count
        for part in rule.parts {
            guard let end = part.end(in: path, from: index) else { return false }
            index = end
        }
        guard let end = rule.end else { return true }
        guard rule.hasWildcard else { return index == path.count }
        return path.count - end.count >= index && path.suffix(end.count).elementsEqual(end)
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

    /// A path in the form that ``WebAddress`` gives to those of pages.
    private static func normalized(_ path: some Sequence<UInt8>) -> [UInt8] {
        PercentEncoding.normalized(PercentEncoding.encoded(path))
    }
}
