extension StatementWords {
    /// Words before parentheses that are not the name of a function.
    private static let attributes: Set<String> = [
        "__attribute__", "__declspec", "alignas", "noexcept", "decltype", "throw", "asm", "__asm__", "sizeof", "typeof",
        "__typeof__", "if", "for", "while", "switch", "return", "catch", "requires", "defined", "_Alignas", "alignof",
        "super", "this",
    ]

    /// The name before the parentheses of a function, and its index.
    func plainFunction(hasBody: Bool) -> (name: String, index: Int)? {
        let name = language.name
        if name == "sh" {
            guard hasBody, tokens.count == 3, isWord(0), isSign(1, "("), isSign(2, ")") else { return nil }
            return (text(0), 0)
        }
        if name == "objc", isSign(0, "-+"), isSign(1, "(") { return method() }
        let isScript = name == "javascript"
        guard !isScript || hasBody else { return nil }
        var fallback: (name: String, index: Int)?
        var index = 0
        while index < tokens.count {
            guard depths[index] == 0 else {
                index += 1
                continue
            }
            if isSign(index, "=") || isSign(index, "?") && !isScript && name != "java" { break }
            let word = text(index)
            if word == "template" || word == "typedef" {
                if word == "typedef" { return nil }
                index = isSign(index + 1, "<") ? endOfAngles(from: index + 1) : index + 1
                continue
            }
            if word == "operator", !isScript, let sign = operatorName(from: index + 1) {
                return (qualified(index) + sign, index)
            }
            if word.isEmpty || isSign(index - 1, ".@") || text(index - 1) == "new" || Self.attributes.contains(word) {
                if isScript, !word.isEmpty { return nil }
                index += 1
                continue
            }
            var parenthesis = index + 1
            if isSign(parenthesis, "<"), name != "c" { parenthesis = endOfAngles(from: parenthesis) }
            if isSign(parenthesis, "("), hasBody || index > 0 {
                let found = (name: qualified(index), index: index)
                if isScript { return Self.control.contains(word) ? nil : found }
                if !isMacro(index) { return found }
                fallback = fallback ?? found
            } else if isScript, !Self.scriptModifiers.contains(word) {
                return nil
            }
            index += 1
        }
        return fallback
    }

    private static let scriptModifiers: Set<String> = [
        "async", "get", "set", "static", "public", "private", "protected", "override", "readonly", "abstract",
        "declare",
        "export", "default",
    ]

    /// A word with the types before it: `Type::~name`.
    private func qualified(_ index: Int) -> String {
        var name = text(index)
        var start = index
        if isSign(start - 1, "~") {
            name = "~" + name
            start -= 1
        }
        while isSign(start - 1, ":"), isSign(start - 2, ":"), isWord(start - 3), name.utf8.count < Self.maximumName {
            name = text(start - 3) + "::" + name
            start -= 3
        }
        return name
    }

    /// `- (int)value:(int)x` of Objective-C.
    private func method() -> (name: String, index: Int)? {
        guard let close = tokens.indices.dropFirst(2).first(where: { isSign($0, ")") && depths[$0] == 0 }),
            isWord(close + 1)
        else { return nil }
        return (text(close + 1), close + 1)
    }

    /// `const name = (x) => {`, `name: function () {`, `name <- function(x) {`.
    func assignedFunction() -> String? {
        guard
            let sign = tokens.indices.first(where: {
                depths[$0] == 0 && (isSign($0, "=") || isSign($0, "-") && isSign($0 - 1, "<"))
            })
        else { return nil }
        let isArrow = isSign(tokens.count - 2, "=") && isSign(tokens.count - 1, ">") && tokens.count - 2 > sign
        let follows = text(sign + 1) == "async" ? sign + 2 : sign + 1
        guard isArrow || text(follows) == "function" else { return nil }
        let modifiers: Set<String> = ["const", "let", "var", "readonly"]
        guard
            let start = (0..<sign).first(where: {
                isWord($0) && !modifiers.contains(text($0)) && !Self.scriptModifiers.contains(text($0))
            })
        else { return nil }
        let name = path(from: start).name
        return name.isEmpty ? nil : name
    }
}
