/// Russian words in Latin letters.
package enum Transliteration {
    /// The Russian words that a Latin one may stand for, likeliest first: at most ``maximumCount``. None for a word with
    /// other characters than ASCII letters and apostrophes.
    ///
    /// Transcriptions differ (`kh` and `h`, `y` and `j`), and one letter can stand for two (`e` for е and э).
    package static func russianReadings(of word: String) -> [String] {
        var rest = Substring(word.lowercased())
        guard rest.utf8.count <= longest, rest.utf8.allSatisfy({ $0 == 0x27 || $0 &- 0x61 < 26 }) else { return [] }
        var readings = [""]
        while let first = rest.first {
            let group = groups.first { rest.hasPrefix($0.latin) }
            let options = group?.russian ?? letters[first] ?? []
            guard !options.isEmpty else { return [] }
            let isLast = rest.utf8.count == (group?.latin.utf8.count ?? 1)
            var longer: [String] = []
            for option in options {
                // A word ends in ы or й, which `y` stands for, and begins with neither ь nor ъ.
                for reading in readings
                where !(reading.isEmpty && option == "ь") && !(option == "ий" && group == nil && !isLast) {
                    longer.append(reading + option)
                }
            }
            readings = Array(longer.prefix(maximumCount))
            rest = rest.dropFirst(group?.latin.count ?? 1)
        }
        return readings
    }

    /// How many readings a word has at most.
    package static let maximumCount = 16
    private static let longest = 40

    /// The longest first.
    private static let groups: [(latin: String, russian: [String])] = [
        ("shch", ["щ"]), ("iya", ["ия"]), ("iyu", ["ию"]), ("iye", ["ие"]), ("sch", ["щ", "сч"]), ("zh", ["ж"]),
        ("kh", ["х"]), ("ts", ["ц", "тс"]), ("ch", ["ч"]),
        ("sh", ["ш"]), ("yu", ["ю"]), ("ju", ["ю"]), ("ya", ["я"]), ("ja", ["я"]), ("ia", ["ия", "я"]), ("yo", ["е"]),
        ("jo", ["е"]), ("ye", ["е"]), ("je", ["е"]), ("yy", ["ый"]), ("iy", ["ий"]), ("ij", ["ий"]), ("ck", ["к"]),
    ]

    private static let letters: [Character: [String]] = [
        "a": ["а"], "b": ["б"], "c": ["ц", "к"], "d": ["д"], "e": ["е", "э"], "f": ["ф"], "g": ["г"], "h": ["х"],
        "i": ["и"], "j": ["й"], "k": ["к"], "l": ["л"], "m": ["м"], "n": ["н"], "o": ["о"], "p": ["п"], "q": ["к"],
        "r": ["р"], "s": ["с"], "t": ["т"], "u": ["у"], "v": ["в"], "w": ["в"], "x": ["кс", "х"],
        "y": ["ы", "й", "ий"], "z": ["з"], "'": ["ь"],
    ]
}
