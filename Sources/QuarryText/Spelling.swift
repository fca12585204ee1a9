/// A way to write the umlauts of a question, as people without special keys do: `Mueller` is `Müller`.
enum Spelling: CaseIterable {
    case asWritten
    /// ä, ö, ü, ø and å as two letters.
    case spelledOut
    /// Two letters as ä, ö, ü, ø or å.
    case contracted

    /// Whether it may change a word of the text.
    func applies(to text: String) -> Bool {
        switch self {
        case .asWritten: true
        case .spelledOut: text.utf8.contains { $0 >= 0x80 }
        case .contracted:
            zip(text.utf8, text.utf8.dropFirst()).contains { first, second in
                let pair = (first | 0x20, second | 0x20)
                return pair.1 == 0x65 ? umlaut(of: pair.0) != nil : pair == (0x61, 0x61)
            }
        }
    }

    /// The word in this spelling.
    /// - Parameter word: A folded Latin word.
    func applied(to word: [UInt8], language: Language) -> [UInt8] {
        switch self {
        case .asWritten: word
        case .spelledOut: spelledOutUmlauts(word)
        case .contracted: contractedUmlauts(word, language: language)
        }
    }
}

/// Danish and Norwegian words with ø for a foreign ö, which their stemmers do not take for a vowel.
func withNativeVowels(_ word: [UInt8]) -> [UInt8] {
    var word = word
    for index in word.indices.dropFirst() where word[index] == 0xB6 && word[index - 1] == 0xC3 { word[index] = 0xB8 }
    return word
}

private func spelledOutUmlauts(_ word: [UInt8]) -> [UInt8] {
    guard word.contains(0xC3) else { return word }
    var plain: [UInt8] = []
    var index = 0
    while index < word.count {
        var pair: String?
        if word[index] == 0xC3, index + 1 < word.count {
            switch word[index + 1] {
            case 0xA4: pair = "ae"
            case 0xB6, 0xB8: pair = "oe"
            case 0xBC: pair = "ue"
            case 0xA5: pair = "aa"
            default: break
            }
        }
        if let pair { plain += pair.utf8 } else { plain.append(word[index]) }
        index += pair == nil ? 1 : 2
    }
    return plain
}

/// The pairs of letters are umlauts neither after a vowel (`Bauer`) nor after q (`Quelle`). Outside of Germanic
/// languages only names are written so, and short words are left alone (`blue`).
private func contractedUmlauts(_ word: [UInt8], language: Language) -> [UInt8] {
    let isNordic: Bool
    switch language {
    case .danish, .norwegian, .swedish, .finnish: isNordic = true
    case .german: isNordic = false
    default:
        guard word.count > 4 else { return word }
        isNordic = false
    }
    var contracted: [UInt8] = []
    var index = 0
    while index < word.count {
        var letter: UInt8?
        if index + 1 < word.count, !(index > 0 && blocksUmlaut(word[index - 1])) {
            if word[index + 1] == 0x65 { letter = umlaut(of: word[index]) }
            if isNordic, word[index] == 0x61, word[index + 1] == 0x61 { letter = 0xA5 }
        }
        if let letter { contracted += [0xC3, letter] } else { contracted.append(word[index]) }
        index += letter == nil ? 1 : 2
    }
    return contracted
}

/// The last byte of ä, ö and ü for a, o and u.
private func umlaut(of letter: UInt8) -> UInt8? {
    switch letter {
    case 0x61: 0xA4
    case 0x6F: 0xB6
    case 0x75: 0xBC
    default: nil
    }
}

private func blocksUmlaut(_ letter: UInt8) -> Bool { [0x61, 0x65, 0x69, 0x6F, 0x71, 0x75].contains(letter) }
