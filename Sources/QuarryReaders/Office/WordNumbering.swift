/// The lists of a Word document (`word/numbering.xml`), and how far each is counted.
struct WordNumbering {
    private struct Level {
        var start = 1
        var format = "decimal"
        /// The mark, with `%1` for the number of the first level.
        var text = ""
        var isLegal = false
    }

    private struct Definition {
        var levels: [Int: Level] = [:]
        /// A numbering style that has the levels.
        var style: String?
    }

    private struct List {
        var definition: String?
        var starts: [Int: Int] = [:]
        var levels: [Int: Level] = [:]
    }

    private var definitions: [String: Definition] = [:]
    private var lists: [Int: List] = [:]
    /// The numbers of each definition, by level; nil before the first.
    private var counts: [String: [Int?]] = [:]
    private var started: Set<Int> = []

    init(_ bytes: [UInt8]?) {
        guard let bytes else { return }
        var (definitions, lists) = ([String: Definition](), [Int: List]())
        // Those before a fault count.
        try? ElementReader.read(bytes) { xml in
            try xml.elements { xml, _ in
                try xml.elements { xml, name in
                    let attributes = xml.attributes()
                    if name == "abstractNum", let id = attributes["abstractNumId"] {
                        definitions[id] = try Self.definition(&xml)
                    } else if name == "num", let id = attributes["numId"].flatMap(Int.init) {
                        lists[id] = try Self.list(&xml)
                    }
                }
            }
        }
        (self.definitions, self.lists) = (definitions, lists)
    }

    private static func definition(_ xml: inout ElementReader) throws -> Definition {
        var definition = Definition()
        try xml.elements { xml, name in
            switch name {
            case "numStyleLink": definition.style = xml.value
            case "lvl":
                guard let (index, level) = try level(&xml) else { return }
                definition.levels[index] = level
            default: break
            }
        }
        return definition
    }

    private static func list(_ xml: inout ElementReader) throws -> List {
        var list = List()
        try xml.elements { xml, name in
            if name == "abstractNumId" { list.definition = xml.value }
            guard name == "lvlOverride", let index = xml.attributes()["ilvl"].flatMap(Int.init) else { return }
            try xml.elements { xml, name in
                if name == "startOverride" { list.starts[index] = number(xml.value) }
                if name == "lvl", let (_, level) = try level(&xml) { list.levels[index] = level }
            }
        }
        return list
    }

    private static func level(_ xml: inout ElementReader) throws -> (Int, Level)? {
        guard let index = xml.attributes()["ilvl"].flatMap(Int.init), (0...8).contains(index) else { return nil }
        var level = Level()
        try xml.elements { xml, name in
            switch name {
            case "start": level.start = number(xml.value) ?? 1
            case "numFmt": level.format = xml.value ?? "decimal"
            case "lvlText": level.text = xml.value ?? ""
            case "isLgl": level.isLegal = xml.isOn
            default: break
            }
        }
        return (index, level)
    }

    private static func number(_ text: String?) -> Int? { text.flatMap(Int.init).map { max(0, min(1_000_000, $0)) } }

    /// Counts the next paragraph of a list.
    ///
    /// - Returns: Its mark; nil if the paragraph shows none.
    mutating func next(list id: Int, level: Int, styles: WordStyles) -> ListLabel? {
        guard let list = lists[id], var name = list.definition, let own = definitions[name] else { return nil }
        var definition = own
        if let style = own.style, let other = styles.list(ofStyle: style).flatMap({ lists[$0]?.definition }),
            let linked = definitions[other]
        {
            (name, definition) = (other, linked)
        }
        func format(_ index: Int) -> Level { list.levels[index] ?? definition.levels[index] ?? Level() }
        var numbers = counts[name] ?? Array(repeating: nil, count: 9)
        if started.insert(id).inserted {
            for (index, start) in list.starts where numbers.indices.contains(index) { numbers[index] = start - 1 }
        }
        let start = list.starts[level] ?? format(level).start
        numbers[level] = min(1_000_000_000, (numbers[level] ?? start - 1) + 1)
        for deeper in numbers.indices where deeper > level { numbers[deeper] = nil }
        counts[name] = numbers

        let current = format(level)
        if current.format == "bullet" { return ListLabel(text: "") }
        let text = mark(current, numbers, format)
        guard !text.isEmpty else { return nil }
        let isPlain =
            current.format == "decimal"
            && ["%\(level + 1).", "%\(level + 1))", "%\(level + 1)"].contains(
                current.text.trimmingSpaces)
        return ListLabel(
            number: isPlain ? numbers[level] : nil, text: text, isWorded: current.text.contains(where: \.isLetter))
    }

    /// The mark with the numbers in place of `%1` to `%9`.
    private func mark(_ level: Level, _ numbers: [Int?], _ format: (Int) -> Level) -> String {
        var text = ""
        var isNumber = false
        for character in level.text.prefix(100) {
            if isNumber, let digit = character.wholeNumberValue, (1...9).contains(digit) {
                let other = format(digit - 1)
                let numeral = level.isLegal ? .decimal : NumeralFormat(word: other.format)
                text += numeral.shown(numbers[digit - 1] ?? other.start)
            } else if character != "%" {
                text.append(character)
            }
            isNumber = character == "%"
        }
        return text.trimmingSpaces
    }
}

extension NumeralFormat {
    /// A format by its name in WordprocessingML.
    fileprivate init(word name: String) {
        self =
            switch name {
            case "upperLetter": .upperLetter
            case "lowerLetter": .lowerLetter
            case "upperRoman": .upperRoman
            case "lowerRoman": .lowerRoman
            case "russianUpper": .upperRussian
            case "russianLower": .lowerRussian
            case "none": .none
            default: .decimal
            }
    }
}
