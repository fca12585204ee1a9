/// The declarations and comments of source code, by lines.
struct CodeOutline {
    enum LineKind: UInt8 {
        case blank, code, comment
        /// Text of a string that documents the declaration above it.
        case docstring
    }

    struct Heading {
        var line: Int
        var level: Int
        var title: String
    }

    struct Comment {
        var range: Range<Int>
        var firstLine: Int
        var lastLine: Int
    }

    private(set) var kinds: [LineKind]
    private(set) var headings: [Heading] = []
    /// Comments that have lines of their own.
    private(set) var comments: [Comment] = []

    private let bytes: UnsafeBufferPointer<UInt8>
    private let language: CodeLanguage
    private let keywords: Set<String>
    /// The title of what is outside declarations.
    private let fileName: String

    private var line = 0
    private var lineStart = 0
    private var indentation = 0
    private var isLineStart = true
    /// Whether the line begins with `@`.
    private var isDecorator = false

    private struct Statement {
        var tokens: [CodeToken] = []
        var last: CodeToken?
        var line = 0
        /// Whether it begins a line.
        var isFirst = false
        var isContinuation = false
    }

    private var statement = Statement()
    /// Further tokens of a statement are not kept.
    private static let maximumTokens = 256

    private struct Bracket {
        var sign: UInt8
        /// Of the line that opened it.
        var indentation: Int
        /// The statement around a brace within parentheses.
        var outer: Statement?
    }

    private var brackets: [Bracket] = []
    /// Brackets beyond the limit.
    private var excess = 0
    private var braces = 0
    private static let maximumBrackets = 1_000

    private struct Declaration {
        var title: String
        var isContainer: Bool
        /// The braces around it, or its indentation.
        var depth: Int
        var number: Int
    }

    private var open: [Declaration] = []
    private static let maximumDepth = 64
    private var numbers = 0
    /// The number of the declaration under whose heading the current line is; 0 for the file.
    private var shown = 0

    /// - Complexity: O(bytes).
    init(_ bytes: UnsafeBufferPointer<UInt8>, lines: TextLines, language: CodeLanguage, fileName: String) {
        self.bytes = bytes
        self.language = language
        self.fileName = fileName
        keywords = language.containers.union(language.functions)
        kinds = Array(repeating: .blank, count: max(1, lines.count))
        var scanner = CodeScanner(bytes, language)
        while let token = scanner.next() { add(token) }
        endStatement()
    }

    private var isIndented: Bool { if case .indentation = language.layout { true } else { false } }
    private var isEndedByLines: Bool { if case .bracesAndLines = language.layout { true } else { false } }

    // MARK: Lines

    private mutating func add(_ token: CodeToken) {
        switch token.kind {
        case .newline:
            if isIndented { endIndentedLine() }
            line += 1
            lineStart = token.range.upperBound
            isLineStart = true
        case .comment:
            let first = line
            skipLines(of: token.range)
            if isLineStart {
                for number in first...line where kinds[number] == .blank { kinds[number] = .comment }
                comments.append(Comment(range: token.range, firstLine: first, lastLine: line))
            } else {
                mark(first)
            }
        case .directive:
            let first = line
            skipLines(of: token.range)
            mark(first)
            isLineStart = false
        case .word, .sign, .string:
            let isFirst = isLineStart
            if isFirst {
                indentation = bytes.columns(lineStart..<token.range.lowerBound)
                isLineStart = false
                beginLine(token)
            }
            let first = line
            skipLines(of: token.range)
            mark(first)
            append(token, line: first, isFirst: isFirst)
        }
    }

    /// Counts the lines within a token.
    private mutating func skipLines(of range: Range<Int>) {
        for offset in range where bytes[offset] == 0x0A {
            line = min(line + 1, kinds.count - 1)
            lineStart = offset + 1
        }
    }

    /// Marks the lines from a line to the current one as code.
    private mutating func mark(_ first: Int) {
        for number in first...max(first, line) { kinds[min(number, kinds.count - 1)] = .code }
    }

    private mutating func beginLine(_ token: CodeToken) {
        if let bracket = brackets.last, bracket.sign != UInt8(ascii: "{") || isIndented {
            // A declaration that is not indented further than an open parenthesis: that is not closed.
            guard token.kind == .word, indentation <= bracket.indentation, isKeyword(token) else { return }
            while let last = brackets.last, last.sign != UInt8(ascii: "{") || isIndented { pop(last.sign) }
            statement = Statement()
        }
        if isIndented { return beginIndentedLine(token) }
        if isEndedByLines, !statement.tokens.isEmpty, !continues(with: token) { endStatement() }
    }

    private func isKeyword(_ token: CodeToken) -> Bool {
        token.range.count < 32 && keywords.contains(bytes.string(token.range))
    }

    private mutating func beginIndentedLine(_ token: CodeToken) {
        isDecorator = token.isSign("@", in: bytes)
        if statement.tokens.isEmpty {
            let isCloser =
                token.kind == .word ? Self.closers.contains(bytes.string(token.range)) : token.isSign("})]", in: bytes)
            if !isCloser {
                while let last = open.last, last.depth >= indentation { open.removeLast() }
            }
            statement.isContinuation = isCloser
        }
    }

    private mutating func endIndentedLine() {
        guard !isLineStart || !statement.tokens.isEmpty else { return }
        guard brackets.isEmpty, let first = statement.tokens.first else { return }
        if let last = statement.last, last.isSign("\\", in: bytes) { return }
        // A decorator is part of the next statement.
        if first.isSign("@", in: bytes), isDecorator, statement.tokens.count < Self.maximumTokens { return }
        endStatement()
    }

    /// Whether a statement goes on in the line that begins with a token.
    private func continues(with token: CodeToken) -> Bool {
        if let first = statement.tokens.first, first.isSign("@", in: bytes) {
            if statement.tokens.count == 2 || statement.last?.isSign(")", in: bytes) == true { return true }
        }
        if let last = statement.last, last.isSign(",:=(<&|+.", in: bytes) { return true }
        if token.kind == .sign { return token.isSign("{.:,=-?&|<>)]", in: bytes) }
        return token.kind == .word && token.range.count <= 10 && Self.continuing.contains(bytes.string(token.range))
    }

    private static let closers: Set<String> = [
        "end", "else", "elif", "elsif", "elseif", "except", "finally", "rescue", "ensure", "when", "then", "until",
        "catch", "after", "in", "of", "case",
    ]
    private static let continuing: Set<String> = [
        "where", "throws", "rethrows", "async", "extends", "implements", "with", "derives",
    ]

    // MARK: Statements

    private mutating func append(_ token: CodeToken, line: Int, isFirst: Bool) {
        if statement.tokens.isEmpty {
            statement.line = line
            statement.isFirst = isFirst
        }
        if token.kind == .sign {
            switch bytes[token.range.lowerBound] {
            case UInt8(ascii: "("), UInt8(ascii: "["): push(bytes[token.range.lowerBound])
            case UInt8(ascii: ")"): pop(UInt8(ascii: "("))
            case UInt8(ascii: "]"): pop(UInt8(ascii: "["))
            case UInt8(ascii: "{"): if openBrace() { return }
            case UInt8(ascii: "}"): if closeBrace(token, isFirst: isFirst) { return }
            case UInt8(ascii: ";") where !isIndented && !isInParentheses:
                endStatement()
                return
            default: break
            }
        }
        statement.last = token
        if statement.tokens.count < Self.maximumTokens { statement.tokens.append(token) }
        // The label of an access section of C++ is not part of a declaration.
        if statement.tokens.count == 2, token.isSign(":", in: bytes), language.traits.contains(.plainFunctions),
            ["public", "private", "protected"].contains(bytes.string(statement.tokens[0].range))
        {
            statement = Statement()
        }
    }

    private var isInParentheses: Bool { brackets.last.map { $0.sign != UInt8(ascii: "{") } ?? false }

    private mutating func push(_ sign: UInt8, outer: Statement? = nil) {
        guard brackets.count < Self.maximumBrackets else {
            excess += 1
            return
        }
        brackets.append(Bracket(sign: sign, indentation: indentation, outer: outer))
        if sign == UInt8(ascii: "{") { braces += 1 }
    }

    /// Closes a bracket, if the innermost is one of its kind.
    private mutating func pop(_ sign: UInt8) {
        guard excess == 0 else {
            excess -= 1
            return
        }
        guard brackets.last?.sign == sign else { return }
        brackets.removeLast()
        if sign == UInt8(ascii: "{") { braces -= 1 }
    }

    /// Returns whether the brace is no part of a statement.
    private mutating func openBrace() -> Bool {
        if isIndented {
            push(UInt8(ascii: "{"))
            return false
        }
        if excess > 0 || isInParentheses || isInitializer {
            push(UInt8(ascii: "{"), outer: statement)
        } else {
            let depth = braces
            endStatement(bodyAt: depth)
            push(UInt8(ascii: "{"))
        }
        statement = Statement()
        return true
    }

    /// Whether a brace begins the value of a member, in the list before a body of C++: `A() : b{1} {`.
    private var isInitializer: Bool {
        guard language.traits.contains(.rawStrings), statement.last?.kind == .word, statement.tokens.count > 3 else {
            return false
        }
        let tokens = statement.tokens
        return tokens.indices.dropFirst().contains {
            tokens[$0].isSign(":", in: bytes) && tokens[$0 - 1].isSign(")", in: bytes)
        }
    }

    private mutating func closeBrace(_ token: CodeToken, isFirst: Bool) -> Bool {
        guard excess == 0 else {
            excess -= 1
            return true
        }
        if isIndented {
            pop(UInt8(ascii: "{"))
            return false
        }
        if isEndedByLines, !isInParentheses { endStatement() }
        while let last = brackets.last, last.sign != UInt8(ascii: "{") { brackets.removeLast() }
        var isRepaired = false
        // Braces that were opened in both branches of a directive, and closed once.
        while isFirst, let last = brackets.last, last.indentation > indentation {
            if last.sign == UInt8(ascii: "{") { braces -= 1 }
            brackets.removeLast()
            isRepaired = true
        }
        while let last = brackets.last, last.sign != UInt8(ascii: "{") { brackets.removeLast() }
        statement = Statement()
        if let last = brackets.last, !isRepaired || last.indentation >= indentation {
            brackets.removeLast()
            braces -= 1
            if let outer = last.outer {
                statement = outer
                statement.last = token
            }
        }
        while let last = open.last, last.depth >= braces { open.removeLast() }
        return true
    }

    // MARK: Declarations

    /// - `bodyAt`: The braces around the body that begins here; nil if there is none.
    private mutating func endStatement(bodyAt depth: Int? = nil) {
        defer { statement = Statement() }
        guard !statement.tokens.isEmpty, !statement.isContinuation else { return }
        if addDocstring() { return }
        guard open.last?.isContainer ?? true, open.count < Self.maximumDepth, excess == 0 else { return }
        let hasBody = depth != nil || isIndented
        if let found = CodeDeclaration(statement.tokens, bytes, language, hasBody: hasBody),
            hasBody || language.layout.isStatements || isCommented && !found.isContainer
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
        if language.layout.isStatements, !isStatementOfSQL { return }
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

extension CodeLanguage.Layout {
    fileprivate var isStatements: Bool { if case .statements = self { true } else { false } }
}

extension CodeToken {
    /// Whether it is one of some signs.
    func isSign(_ signs: StaticString, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard kind == .sign else { return false }
        let sign = bytes[range.lowerBound]
        for index in 0..<signs.utf8CodeUnitCount where signs.utf8Start[index] == sign { return true }
        return false
    }
}
