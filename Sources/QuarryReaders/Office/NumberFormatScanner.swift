/// Splits the code of a number format into sections and tokens.
struct NumberFormatScanner {
    private let code: [Character]
    private var index = 0

    init(_ code: some StringProtocol) { self.code = Array(code) }

    consuming func sections() -> [NumberFormat.Section] {
        var sections = [NumberFormat.Section()]
        while index < code.count {
            let character = code[index]
            index += 1
            if character == ";" {
                sections.append(NumberFormat.Section())
            } else if let token = token(character, &sections[sections.count - 1]) {
                sections[sections.count - 1].tokens.append(token)
            }
        }
        return sections.map(Self.withMinutes)
    }

    private mutating func token(_ character: Character, _ section: inout NumberFormat.Section) -> NumberFormat.Token? {
        switch character {
        case "\"": return .literal(String(taken(until: "\"")))
        case "\\", "!":
            guard index < code.count else { return nil }
            index += 1
            return .literal(String(code[index - 1]))
        // A space as wide as the next character, and a character that fills the cell.
        case "_", "*":
            index = min(code.count, index + 1)
            return character == "_" ? .literal(" ") : nil
        case "[": return bracket(taken(until: "]"), &section)
        case "0", "#", "?": return .digit(character)
        case ".": return .point
        case ",": return .comma
        case "%": return .percent
        case "@": return .text
        case "/": return section.isDate ? .literal("/") : .slash
        case "E", "e":
            if index < code.count, code[index] == "+" || code[index] == "-" {
                index += 1
                return .exponent
            }
            return .date("y", run(of: character))
        case "y", "Y", "m", "M", "d", "D", "h", "H", "s", "S", "b", "B":
            let letter = Character(character.lowercased())
            return .date(letter == "b" ? "y" : letter, run(of: character))
        case "A", "a":
            for mark in ["AM/PM", "A/P"] where matches(mark) {
                index += mark.count - 1
                return .halfDay
            }
            return .literal(String(character))
        case "G", "g":
            guard matches("General") else { return nil }
            index += 6
            return .general
        default: return .literal(String(character))
        }
    }

    private mutating func taken(until end: Character) -> ArraySlice<Character> {
        let start = index
        while index < code.count, code[index] != end { index += 1 }
        defer { index = min(code.count, index + 1) }
        return code[start..<index]
    }

    /// The length of a run that began with the character before.
    private mutating func run(of character: Character) -> Int {
        let start = index - 1
        while index < code.count, code[index].lowercased() == character.lowercased() { index += 1 }
        return index - start
    }

    /// Whether the character that was read last begins this word.
    private func matches(_ word: String) -> Bool {
        index - 1 + word.count <= code.count
            && String(code[(index - 1)..<(index - 1 + word.count)]).lowercased() == word.lowercased()
    }

    /// A colour, a condition, a currency or an elapsed time.
    private func bracket(
        _ content: ArraySlice<Character>, _ section: inout NumberFormat.Section
    ) -> NumberFormat.Token? {
        guard let first = content.first else { return nil }
        if first == "$" {
            let symbol = content.dropFirst().prefix { $0 != "-" }
            return symbol.isEmpty ? nil : .literal(String(symbol))
        }
        if "<>=".contains(first) {
            let comparison = content.prefix { "<>=".contains($0) }
            if let value = Double(String(content.dropFirst(comparison.count))) {
                section.condition = (String(comparison), value)
            }
            return nil
        }
        let letter = Character(first.lowercased())
        return "hms".contains(letter) && content.allSatisfy { $0.lowercased() == first.lowercased() }
            ? .elapsed(letter) : nil
    }

    /// Tells minutes from months: they follow hours or precede seconds.
    private static func withMinutes(_ section: NumberFormat.Section) -> NumberFormat.Section {
        var section = section
        let dates = section.tokens.indices.filter { index in
            switch section.tokens[index] {
            case .date, .elapsed: true
            default: false
            }
        }
        for (order, index) in dates.enumerated() {
            guard case .date("m", let count) = section.tokens[index], count <= 2 else { continue }
            let before = order > 0 ? section.tokens[dates[order - 1]].unit : nil
            let after = order + 1 < dates.count ? section.tokens[dates[order + 1]].unit : nil
            if before == "h" || after == "s" { section.tokens[index] = .date("M", count) }
        }
        return section
    }
}

extension NumberFormat.Token {
    fileprivate var unit: Character? {
        switch self {
        case .date(let unit, _), .elapsed(let unit): unit
        default: nil
        }
    }
}
