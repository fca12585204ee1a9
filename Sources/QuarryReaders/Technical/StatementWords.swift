/// The tokens of a statement, for the search for its name.
struct StatementWords {
    let tokens: [CodeToken]
    let bytes: UnsafeBufferPointer<UInt8>
    let language: CodeLanguage
    /// How many parentheses and brackets are around each token.
    let depths: [Int]

    static let maximumName = 128

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

    func text(_ index: Int) -> String {
        guard tokens.indices.contains(index), tokens[index].kind == .word, tokens[index].range.count <= Self.maximumName
        else { return "" }
        return bytes.string(tokens[index].range)
    }

    func isWord(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].kind == .word }
    func isSign(_ index: Int, _ signs: StaticString) -> Bool {
        tokens.indices.contains(index) && tokens[index].isSign(signs, in: bytes)
    }
    func touches(_ index: Int) -> Bool {
        index > 0 && index < tokens.count && tokens[index - 1].range.upperBound == tokens[index].range.lowerBound
    }

    var firstWord: String? { isWord(0) ? text(0) : nil }

    func hasColon(before index: Int) -> Bool {
        (1..<max(1, index)).contains {
            depths[$0] == 0 && isSign($0, ":") && !isSign($0 - 1, ":") && !isSign($0 + 1, ":")
        }
    }

    // MARK: Keywords

    /// The last of the first adjacent keywords.
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

    func endOfAngles(from start: Int) -> Int {
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
}
