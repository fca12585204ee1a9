/// One pattern in `.gitignore` syntax (gitignore(5)).
///
/// A pattern without a slash, except at its end, matches names at any depth. One with a slash is anchored to the folder
/// of its ignore file. `*` and `?` match within a name, `**` matches across names. `?` and classes match single bytes,
/// as in Git.
struct GlobPattern: Sendable, Hashable {
    /// Whether matching files are included again.
    let isNegated: Bool
    /// Whether it matches only folders.
    let isDirectoryOnly: Bool
    private let isAnchored: Bool
    private let segments: [Segment]

    private enum Segment: Sendable, Hashable {
        /// `**` as a whole name.
        case anyDepth
        case literal([UInt8])
        case name([Token])
    }

    private enum Token: Sendable, Hashable {
        case byte(UInt8)
        case anyByte
        case anyRun
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    /// Nil for an empty line, a comment, or an invalid pattern, which matches nothing.
    init?(line: some StringProtocol) {
        guard var bytes = GlobPattern.content(of: line), let first = bytes.first else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { bytes.removeFirst() }
        isDirectoryOnly = bytes.last == UInt8(ascii: "/")
        if isDirectoryOnly { bytes.removeLast() }
        isAnchored = bytes.contains(UInt8(ascii: "/"))
        if bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
        guard !bytes.isEmpty else { return nil }
        var segments: [Segment] = []
        for part in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.elementsEqual("**".utf8), isAnchored {
                if segments.last != .anyDepth { segments.append(.anyDepth) }
            } else {
                guard let tokens = GlobPattern.tokens(part) else { return nil }
                segments.append(GlobPattern.segment(tokens))
            }
        }
        self.segments = segments
    }

    /// Whether a line is empty or a comment.
    static func isBlank(_ line: some StringProtocol) -> Bool { content(of: line) == nil }

    /// A line without unescaped trailing white space; nil if it is empty or a comment.
    private static func content(of line: some StringProtocol) -> [UInt8]? {
        var bytes = Array(line.utf8)
        if bytes.last == 0x0D { bytes.removeLast() }
        while bytes.last == 0x20 {
            var slashes = 0
            while slashes < bytes.count - 1, bytes[bytes.count - 2 - slashes] == UInt8(ascii: "\\") { slashes += 1 }
            if !slashes.isMultiple(of: 2) { break }
            bytes.removeLast()
        }
        return bytes.isEmpty || bytes.first == UInt8(ascii: "#") ? nil : bytes
    }

    private static func segment(_ tokens: [Token]) -> Segment {
        var literal: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { return .name(tokens) }
            literal.append(byte)
        }
        return .literal(literal)
    }

    private static func tokens(_ part: ArraySlice<UInt8>) -> [Token]? {
        var tokens: [Token] = []
        var index = part.startIndex
        while index < part.endIndex {
            switch part[index] {
            case UInt8(ascii: "\\"):
                index += 1
                guard index < part.endIndex else { return nil }
                tokens.append(.byte(part[index]))
            case UInt8(ascii: "?"): tokens.append(.anyByte)
            case UInt8(ascii: "*"): if tokens.last != .anyRun { tokens.append(.anyRun) }
            case UInt8(ascii: "["):
                guard let (token, end) = set(part, from: index + 1) else { return nil }
                tokens.append(token)
                index = end
            case let byte: tokens.append(.byte(byte))
            }
            index += 1
        }
        return tokens
    }

    /// Parses a bracket expression after its `[`; `end` is the index of its `]`.
    private static func set(_ part: ArraySlice<UInt8>, from start: Int) -> (Token, end: Int)? {
        var index = start
        var ranges: [ClosedRange<UInt8>] = []
        let isNegated = index < part.endIndex && (part[index] == UInt8(ascii: "!") || part[index] == UInt8(ascii: "^"))
        if isNegated { index += 1 }
        let first = index
        while index < part.endIndex {
            var byte = part[index]
            if byte == UInt8(ascii: "]"), index > first { return (.set(ranges, isNegated: isNegated), index) }
            if byte == UInt8(ascii: "["), index + 1 < part.endIndex, part[index + 1] == UInt8(ascii: ":"),
                let close = part[(index + 2)...].firstIndex(of: UInt8(ascii: "]")),
                part[close - 1] == UInt8(ascii: ":"),
                close - 1 >= index + 2
            {
                let name = String(decoding: part[index + 2..<close - 1], as: UTF8.self)
                guard let named = characterClasses[name] else { return nil }
                ranges += named
                index = close + 1
                continue
            }
            if byte == UInt8(ascii: "\\") {
                index += 1
                guard index < part.endIndex else { return nil }
                byte = part[index]
            }
            if index + 2 < part.endIndex, part[index + 1] == UInt8(ascii: "-"), part[index + 2] != UInt8(ascii: "]") {
                var last = part[index + 2]
                index += 3
                if last == UInt8(ascii: "\\") {
                    guard index < part.endIndex else { return nil }
                    last = part[index]
                    index += 1
                }
                if byte <= last { ranges.append(byte...last) }
            } else {
                ranges.append(byte...byte)
                index += 1
            }
        }
        return nil
    }

    private static let characterClasses: [String: [ClosedRange<UInt8>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A],
        "blank": [0x20...0x20, 0x09...0x09], "cntrl": [0x00...0x1F, 0x7F...0x7F], "digit": [0x30...0x39],
        "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A], "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]

    /// - `path`: Names from the folder of the pattern down, the file's own last.
    /// - Complexity: O(pattern × path).
    func matches(_ path: ArraySlice<[UInt8]>, isDirectory: Bool) -> Bool {
        if isDirectoryOnly, !isDirectory { return false }
        guard let name = path.last else { return false }
        if !isAnchored, let segment = segments.first { return GlobPattern.matches(segment, name) }
        return matchesPath(path)
    }

    /// Matches names one by one. On a mismatch, the last `**` consumes one more name.
    private func matchesPath(_ path: ArraySlice<[UInt8]>) -> Bool {
        // A `**` at the end matches the contents of the folder, but not the folder itself.
        let endsOpen = segments.last == .anyDepth
        let required = endsOpen ? segments.dropLast() : segments[...]
        if endsOpen, required.isEmpty { return true }
        var position = path.startIndex
        var segment = 0
        var retry: (segment: Int, position: Int)?
        while true {
            if segment == required.count {
                if endsOpen ? position < path.endIndex : position == path.endIndex { return true }
            } else if required[segment] == .anyDepth {
                retry = (segment, position)
                segment += 1
                continue
            } else if position < path.endIndex, GlobPattern.matches(required[segment], path[position]) {
                segment += 1
                position += 1
                continue
            }
            guard let (start, swallowed) = retry, swallowed < path.endIndex else { return false }
            retry = (start, swallowed + 1)
            segment = start + 1
            position = swallowed + 1
        }
    }

    private static func matches(_ segment: Segment, _ name: [UInt8]) -> Bool {
        switch segment {
        case .anyDepth: return true
        case .literal(let bytes): return bytes == name
        case .name(let tokens): return matches(tokens, name)
        }
    }

    private static func matches(_ tokens: [Token], _ name: [UInt8]) -> Bool {
        var token = 0
        var position = 0
        var retry: (token: Int, position: Int)?
        while token < tokens.count || position < name.count {
            if token < tokens.count {
                if tokens[token] == .anyRun {
                    retry = (token, position)
                    token += 1
                    continue
                }
                if position < name.count, matches(tokens[token], name[position]) {
                    token += 1
                    position += 1
                    continue
                }
            }
            guard let (start, swallowed) = retry, swallowed < name.count else { return false }
            retry = (start, swallowed + 1)
            token = start + 1
            position = swallowed + 1
        }
        return true
    }

    private static func matches(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let expected): expected == byte
        case .anyByte, .anyRun: true
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
        }
    }
}
