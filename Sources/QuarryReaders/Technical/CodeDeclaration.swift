/// The name of what a statement declares.
struct CodeDeclaration {
    private(set) var title: String
    private(set) var isContainer = false

    /// Nil if the statement declares nothing that has a section of its own.
    ///
    /// - `hasBody`: Whether a body follows.
    init?(_ tokens: [CodeToken], _ bytes: UnsafeBufferPointer<UInt8>, _ language: CodeLanguage, hasBody: Bool) {
        var words = StatementWords(tokens, bytes, language)
        if let first = words.firstWord, StatementWords.control.contains(first) { return nil }
        let plain = language.traits.contains(.plainFunctions) ? words.plainFunction(hasBody: hasBody) : nil
        if let (index, isContainer) = words.keyword() {
            // `struct node *next(struct node *n) {` is a function, and `record Point(int x) {` is a type.
            if let plain, isContainer, plain.index > index + 1, !words.hasColon(before: plain.index) {
                title = plain.name
                return
            }
            if let name = words.name(after: index, isContainer: isContainer) {
                title = name
                self.isContainer = isContainer
                return
            }
        }
        if let plain {
            title = plain.name
        } else if language.traits.contains(.assignedFunctions), hasBody, let name = words.assignedFunction() {
            title = name
        } else {
            return nil
        }
    }
}

/// The tokens of a statement, for the search for its name.
private struct StatementWords {
    private let tokens: [CodeToken]
    private let bytes: UnsafeBufferPointer<UInt8>
    private let language: CodeLanguage
    /// How many parentheses and brackets are around each token.
    private let depths: [Int]

    private static let maximumName = 128

    init(_ tokens: [CodeToken], _ bytes: UnsafeBufferPointer<UInt8>, _ language: CodeLanguage) {
        self.tokens = tokens
        self.bytes = bytes
        self.language = language
        var depth = 0
        var depths: [Int] = []
        depths.reserveCapacity(tokens.count)
        for token in tokens {
            if token.isSign(")]", in: bytes) { depth = max(0, depth - 1) }
            depths.append(depth)
            if token.isSign("([", in: bytes) { depth += 1 }
        }
        self.depths = depths
    }

    static let control: Set<String> = [
        "if", "for", "foreach", "while", "switch", "catch", "else", "do", "return", "synchronized", "using", "lock",
        "match", "when", "guard", "defer", "try", "with", "case", "until", "unless", "elif", "import", "throw",
        "repeat",
        "loop", "goto", "yield", "await", "assert", "then", "new", "in", "finally", "elseif",
    ]
    /// Words before parentheses that are not the name of a function.
    private static let attributes: Set<String> = [
        "__attribute__", "__declspec", "alignas", "noexcept", "decltype", "throw", "asm", "__asm__", "sizeof", "typeof",
        "__typeof__", "if", "for", "while", "switch", "return", "catch", "requires", "defined", "_Alignas", "alignof",
        "super", "this",
    ]

    private func text(_ index: Int) -> String {
        guard tokens.indices.contains(index), tokens[index].kind == .word, tokens[index].range.count <= Self.maximumName
        else { return "" }
        return bytes.string(tokens[index].range)
    }

    private func isWord(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].kind == .word }
    private func isSign(_ index: Int, _ signs: StaticString) -> Bool {
        tokens.indices.contains(index) && tokens[index].isSign(signs, in: bytes)
    }
    private func touches(_ index: Int) -> Bool {
        index > 0 && index < tokens.count && tokens[index - 1].range.upperBound == tokens[index].range.lowerBound
    }

    var firstWord: String? { isWord(0) ? text(0) : nil }

    func hasColon(before index: Int) -> Bool {
        (1..<max(1, index)).contains {
            depths[$0] == 0 && isSign($0, ":") && !isSign($0 - 1, ":") && !isSign($0 + 1, ":")
        }
    }

    // MARK: Keywords

    /// The last of the first keywords that stand together.
    func keyword() -> (index: Int, isContainer: Bool)? {
        if language.traits.contains(.ignoresCase) { return statement() }
        var index = 0
        while index < tokens.count {
            let isInside = depths[index] > 0 && !(language.name == "clojure" && index == 1)
            if isInside {
                index += 1
                continue
            }
            if isSign(index, "="), !isSign(index + 1, "=") { return nil }
            let word = text(index)
            if word == "template", isSign(index + 1, "<") {
                index = endOfAngles(from: index + 1)
                continue
            }
            let isContainer = language.containers.contains(word)
            if isContainer || language.functions.contains(word), !isSign(index - 1, ".:"), !isSign(index + 1, ":.,)") {
                let next = text(index + 1)
                if !language.containers.contains(next), !language.functions.contains(next) {
                    return (index, isContainer)
                }
            }
            index += 1
        }
        return nil
    }

    /// `CREATE OR REPLACE TABLE`.
    private func statement() -> (index: Int, isContainer: Bool)? {
        guard text(0).lowercased() == "create" else { return nil }
        return (1..<min(8, tokens.count)).first { language.functions.contains(text($0).lowercased()) }.map {
            ($0, false)
        }
    }

    private func endOfAngles(from start: Int) -> Int {
        var depth = 0
        var index = start
        while index < tokens.count {
            if isSign(index, "<") { depth += 1 }
            if isSign(index, ">"), !isSign(index - 1, "-=") {
                depth -= 1
                if depth <= 0 { return index + 1 }
            }
            index += 1
        }
        return index
    }

    /// The name after a keyword.
    mutating func name(after keyword: Int, isContainer: Bool) -> String? {
        let traits = language.traits
        var index = keyword + 1
        var receiver = ""
        if traits.contains(.ignoresCase) {
            while ["if", "not", "exists", "body", "concurrently"].contains(text(index).lowercased()) { index += 1 }
            return quotedPath(from: index)
        }
        if ["init", "deinit", "subscript", "constructor"].contains(text(keyword)) {
            if isSign(index, "?!") { index += 1 }
            return text(keyword) + (text(keyword) == "deinit" ? "" : labels(from: index))
        }
        if traits.contains(.receivers), isSign(index, "(") {
            while index < tokens.count, !(isSign(index, ")") && depths[index] == 0) {
                if isWord(index), !isSign(index - 1, "[,") { receiver = text(index) + "." }
                index += 1
            }
            index += 1
        }
        if traits.contains(.implementations), text(keyword) == "impl" { return implementedType(from: index) }
        if isSign(index, "<"), language.layout.hasBraces, !isSign(index + 1, "<") { index = endOfAngles(from: index) }
        while isSign(index, "*&!") || ["class", "struct", "final", "rec"].contains(text(index)) { index += 1 }
        // A macro before the name of a type: `class API_EXPORT Name`.
        while isContainer, traits.contains(.plainFunctions), isWord(index), isWord(index + 1), isMacro(index) {
            index += 1
        }
        if isSign(index, "(") || index >= tokens.count || isSign(index, "{:") {
            return text(keyword) == "object" && keyword > 0 ? text(keyword - 1) : nil
        }
        guard isWord(index) else {
            if tokens[index].kind == .string, language.name == "zig" || language.name == "groovy" {
                return String(bytes.string(tokens[index].range).prefix(Self.maximumName))
            }
            return operatorName(from: index).map { $0 + labels(from: index + $0.utf8.count) }
        }
        let (name, end) = path(from: index)
        guard !name.isEmpty else { return nil }
        if name == "operator" { return operatorName(from: end).map { name + $0 } }
        return receiver + name + (isContainer ? "" : labels(from: end))
    }

    private func isMacro(_ index: Int) -> Bool {
        let word = text(index)
        return word.utf8.count > 1
            && word.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.lowerASCII != $0 || $0.isASCIIDigit }
    }

    /// Words joined by dots, colons and the like, and the index after them.
    private func path(from start: Int) -> (name: String, end: Int) {
        var name = text(start)
        var index = start + 1
        while index < tokens.count, name.utf8.count < Self.maximumName {
            if isSign(index, ".:#"), touches(index), isWord(index + 1), touches(index + 1) {
                if isSign(index, ":"), language.layout.hasBraces { break }
                name += bytes.string(tokens[index].range) + text(index + 1)
                index += 2
            } else if isSign(index, ":"), isSign(index + 1, ":"), isWord(index + 2), touches(index), touches(index + 2)
            {
                name += "::" + text(index + 2)
                index += 3
            } else if isSign(index, "<"), language.name == "kotlin" {
                let end = endOfAngles(from: index)
                guard isSign(end, ".") else { break }
                index = end
            } else {
                break
            }
        }
        if isSign(index, "?!"), touches(index), language.name == "ruby" || language.name == "elixir" {
            name += bytes.string(tokens[index].range)
            index += 1
        }
        return (name, index)
    }

    /// Names that may be in quotes, joined by dots.
    private func quotedPath(from start: Int) -> String? {
        var name = ""
        var index = start
        while index < tokens.count, name.utf8.count < Self.maximumName {
            guard isWord(index) || tokens[index].kind == .string else { break }
            name += bytes.string(tokens[index].range).filter { !"\"`'".contains($0) }
            guard isSign(index + 1, "."), touches(index + 1) else { break }
            name += "."
            index += 2
        }
        return name.isEmpty ? nil : name
    }

    private func operatorName(from start: Int) -> String? {
        var name = ""
        var index = start
        while index < tokens.count, tokens[index].kind == .sign, !isSign(index, "({;"), name.utf8.count < 8 {
            name += bytes.string(tokens[index].range)
            index += 1
        }
        return name.isEmpty ? nil : name
    }

    /// The labels of the parameters of a function: `(_:with:)`.
    private func labels(from start: Int) -> String {
        guard language.traits.contains(.labels) else { return "" }
        var index = start
        if isSign(index, "<") { index = endOfAngles(from: index) }
        guard isSign(index, "(") else { return "" }
        let depth = depths[index]
        var labels = ""
        var isNext = true
        index += 1
        while index < tokens.count, depths[index] > depth, labels.utf8.count < Self.maximumName {
            if depths[index] == depth + 1 {
                if isSign(index, ",") {
                    isNext = true
                } else if isNext, isWord(index), !isSign(index - 1, "@") {
                    labels += text(index) + ":"
                    isNext = false
                }
            }
            index += 1
        }
        return "(\(labels))"
    }

    /// The type in `impl<T> Trait for module::Type<T>`.
    private func implementedType(from start: Int) -> String? {
        var index = isSign(start, "<") ? endOfAngles(from: start) : start
        var name: String?
        var angles = 0
        while index < tokens.count {
            if isSign(index, "<") { angles += 1 }
            if isSign(index, ">"), !isSign(index - 1, "-") { angles -= 1 }
            if angles == 0, isWord(index) {
                let word = text(index)
                if word == "where" { break }
                if word == "for" {
                    name = nil
                } else if !["dyn", "mut", "const"].contains(word), name == nil || isSign(index - 1, ":") {
                    name = word
                }
            }
            index += 1
        }
        return name
    }

    // MARK: Functions without a keyword

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

extension CodeLanguage.Layout {
    fileprivate var hasBraces: Bool {
        switch self {
        case .braces, .bracesAndLines: true
        case .indentation, .statements: false
        }
    }
}
