extension CodeOutline {
    private static let maximumDepth = 64

    /// - `bodyAt`: The braces around the body that begins here; nil if there is none.
    mutating func endStatement(bodyAt depth: Int? = nil) {
        defer { statement = Statement() }
        guard !statement.tokens.isEmpty, !statement.isContinuation else { return }
        if addDocstring() { return }
        guard open.last?.isContainer ?? true, open.count < Self.maximumDepth, excess == 0 else { return }
        let hasBody = depth != nil || isIndented
        if let found = CodeDeclaration(statement.tokens, bytes, language, hasBody: hasBody),
            hasBody || language.layout == .statements || isCommented && !found.isContainer
        {
            numbers += 1
            if statement.isFirst, show(found.title, level: open.count + 1) { shown = numbers }
            if hasBody {
                open.append(
                    Declaration(
                        title: found.title, isContainer: found.isContainer, depth: depth ?? indentationOfStatement,
                        number: numbers))
            }
            return
        }
        // Members and statements after a declaration are under the heading of what is around them.
        let current = open.last?.number ?? 0
        guard shown != current, statement.isFirst, statement.tokens.contains(where: { $0.kind != .sign }) else {
            return
        }
        if language.layout == .statements, !isStatementOfSQL { return }
        if show(open.last?.title ?? fileName, level: max(1, open.count)) { shown = current }
    }

    private var indentationOfStatement: Int {
        guard let first = statement.tokens.first else { return 0 }
        var start = first.range.lowerBound
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        return bytes.columns(start..<first.range.lowerBound)
    }

    private var isStatementOfSQL: Bool {
        guard let first = statement.tokens.first, first.range.count < 10 else { return false }
        return [
            "insert", "alter", "drop", "grant", "comment", "set", "use", "update", "delete", "select", "with", "copy",
        ]
        .contains(bytes.string(first.range).lowercased())
    }

    /// Whether a comment is directly above the statement.
    private var isCommented: Bool { statement.line > 0 && kinds[statement.line - 1] == .comment }

    /// Adds a heading before the statement and the comments directly above it.
    private mutating func show(_ title: String, level: Int) -> Bool {
        let previous = headings.last?.line ?? -1
        var line = statement.line
        while line - 1 > previous, kinds[line - 1] == .comment { line -= 1 }
        guard line > previous else { return false }
        headings.append(Heading(line: line, level: level, title: title))
        return true
    }

    private mutating func addDocstring() -> Bool {
        let traits = language.traits
        guard traits.contains(.docstrings) || traits.contains(.docstringsAbove), statement.tokens.count == 1,
            statement.isFirst, let token = statement.tokens.first, token.kind == .string
        else { return false }
        let newlines = bytes[token.range].count { $0 == 0x0A }
        let range = statement.line...min(statement.line + newlines, kinds.count - 1)
        for number in range { kinds[number] = traits.contains(.docstrings) ? .docstring : .comment }
        comments.append(Comment(range: token.range, firstLine: range.lowerBound, lastLine: range.upperBound))
        return true
    }
}
