extension CodeOutline {
    private static let maximumBrackets = 1_000

    mutating func append(_ token: CodeToken, line: Int, isFirst: Bool) {
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
    mutating func pop(_ sign: UInt8) {
        guard excess == 0 else {
            excess -= 1
            return
        }
        guard brackets.last?.sign == sign else { return }
        brackets.removeLast()
        if sign == UInt8(ascii: "{") { braces -= 1 }
    }

    /// Returns whether the brace is outside a statement.
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
}
