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

    var kinds: [LineKind]
    var headings: [Heading] = []
    /// Comments that have lines of their own.
    var comments: [Comment] = []

    let bytes: UnsafeBufferPointer<UInt8>
    let language: CodeLanguage
    private let keywords: Set<String>
    /// The title of what is outside declarations.
    let fileName: String

    private var line = 0
    private var lineStart = 0
    var indentation = 0
    private var isLineStart = true
    /// Whether the line begins with `@`.
    private var isDecorator = false

    struct Statement {
        var tokens: [CodeToken] = []
        var last: CodeToken?
        var line = 0
        /// Whether it begins a line.
        var isFirst = false
        var isContinuation = false
    }

    var statement = Statement()
    /// Further tokens of a statement are not kept.
    static let maximumTokens = 256

    struct Bracket {
        var sign: UInt8
        /// Of the line that opened it.
        var indentation: Int
        /// The statement around a brace within parentheses.
        var outer: Statement?
    }

    var brackets: [Bracket] = []
    /// Brackets beyond the limit.
    var excess = 0
    var braces = 0

    struct Declaration {
        var title: String
        var isContainer: Bool
        /// The braces around it, or its indentation.
        var depth: Int
        var number: Int
    }

    var open: [Declaration] = []
    var numbers = 0
    /// The number of the declaration under whose heading the current line is; 0 for the file.
    var shown = 0

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

    var isIndented: Bool { language.layout == .indentation }
    var isEndedByLines: Bool { language.layout == .bracesAndLines }

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
}
