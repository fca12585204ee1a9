/// A word after folding and stemming.
struct Term {
    var text: String
    /// Whether the word is a function word of its language.
    var isStopWord = false
    /// The language of the stem, if it is not the default language of the word's script.
    var stemLanguage: Language?
}

/// The relation of a term to the word or compound that it comes from.
struct TermMarks: OptionSet {
    let rawValue: UInt8

    /// The first term of a word or compound.
    static let first = TermMarks(rawValue: 1)
    /// A function word of its language.
    static let stopWord = TermMarks(rawValue: 2)
    /// A whole name: `E-1042`.
    static let whole = TermMarks(rawValue: 4)
    /// A part of a name or of a grouped number: `E`, `1042`.
    static let part = TermMarks(rawValue: 8)
    /// Another spelling of words that are listed beside it: `email` for `e-mail`. It does not count in lengths.
    static let additional = TermMarks(rawValue: 16)
    /// A part of a word that only markup divides: `her` and `on` of `her**on**`.
    static let divided = TermMarks(rawValue: 32)
}

/// The terms of one text, in text order. Terms of only invisible characters are empty.
///
/// The same text gives as many terms, with the same marks except stop words, in every language and spelling.
struct TermList {
    private(set) var texts: [String] = []
    private(set) var marks: [TermMarks] = []
    private var languages: [Language?] = []
    /// The terms that another spelling joins, by its index, if they are not all of its compound.
    private(set) var joined: [Int: Range<Int>] = [:]

    var count: Int { texts.count }

    init(capacity: Int) {
        texts.reserveCapacity(capacity)
        marks.reserveCapacity(capacity)
        languages.reserveCapacity(capacity)
    }

    mutating func append(_ term: Term, _ marks: TermMarks) {
        texts.append(term.text)
        self.marks.append(term.isStopWord ? marks.union(.stopWord) : marks)
        languages.append(term.stemLanguage)
    }

    /// Says that the term appended last joins only some terms of its compound.
    mutating func join(_ terms: Range<Int>) { joined[count - 1] = terms }

    /// The words and compounds with all their terms.
    var compounds: [Range<Int>] {
        var compounds: [Range<Int>] = []
        var start = 0
        for index in marks.indices.dropFirst() where marks[index].contains(.first) {
            compounds.append(start..<index)
            start = index
        }
        if start < count { compounds.append(start..<count) }
        return compounds
    }

    /// All terms as the index stores them.
    func indexTerms(withStopWords: Bool) -> [String] {
        texts.indices.compactMap { index in
            guard !texts[index].isEmpty, withStopWords || !marks[index].contains(.stopWord) else { return nil }
            let term = indexTerm(at: index)
            return marks[index].contains(.additional) ? Analyzer.additional(term) : term
        }
    }

    /// The term with the prefix of its language, unless that is the default language of its script.
    func indexTerm(at index: Int) -> String {
        languages[index].map { "\($0.rawValue):\(texts[index])" } ?? texts[index]
    }
}
