/// Scans one text and collects the terms of its compounds.
struct TermCollector {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The stemming language of each script, by the script's index.
    private let languages: [Language?]
    /// The keys of those languages in the cache; 0 for none.
    private let languageKeys: [UInt8]
    private let spelling: Spelling
    private let workspace: Workspace
    private var cache = TermCache()
    private var terms: TermList

    init(
        bytes: UnsafeBufferPointer<UInt8>, languages: [Language?], spelling: Spelling, workspace: Workspace
    ) {
        self.bytes = bytes
        self.languages = languages
        self.spelling = spelling
        self.workspace = workspace
        languageKeys = languages.map { language in language.map { UInt8(truncatingIfNeeded: $0.index + 1) } ?? 0 }
        terms = TermList(capacity: bytes.count / 6)
    }

    mutating func collect() -> TermList {
        swap(&cache, &workspace.cache)
        collect(from: WordScanner(bytes))
        swap(&cache, &workspace.cache)
        return terms
    }

    private mutating func collect(from scanner: WordScanner) {
        var scanner = scanner
        while let piece = scanner.next() {
            switch piece {
            case .word(let word):
                if let name = operatorName(endingWith: word) {
                    add(word, [.first, .part])
                    addWhole(name)
                } else {
                    add(word, .first)
                }
            case .compound:
                add(scanner.compound)
                if let name = scanner.compound.words.last.flatMap(operatorName) { addWhole(name, .first) }
                addMarkup(of: scanner.compound)
            case .unspaced(let range): addPairs(range)
            }
        }
    }

    /// Adds the words of link addresses and comments that divide a word.
    private mutating func addMarkup(of compound: Compound) {
        for (index, connector) in compound.connectors.enumerated() where connector == .markup {
            let markup = compound.words[index].range.upperBound..<compound.words[index + 1].range.lowerBound
            guard bytes[markup].contains(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "!") }) else {
                continue
            }
            collect(from: WordScanner(bytes, in: markup))
        }
    }

    private mutating func add(_ range: Range<Int>, script: Script?, _ marks: TermMarks) {
        add(UnsafeBufferPointer(rebasing: bytes[range]), script: script, marks)
    }

    private mutating func add(_ word: UnsafeBufferPointer<UInt8>, script: Script?, _ marks: TermMarks) {
        let key = script.map { languageKeys[$0.index] } ?? 0
        let language = script.flatMap { languages[$0.index] }
        guard spelling == .asWritten else {
            terms.append(workspace.makeTerm(of: word, language: language, spelling: spelling), marks)
            return
        }
        if let term = cache.term(of: word, language: key) {
            terms.append(term, marks)
        } else {
            let term = workspace.makeTerm(of: word, language: language)
            cache.insert(term, of: word, language: key)
            terms.append(term, marks)
        }
    }

    /// Adds a name, only folded.
    private mutating func addWhole(_ range: Range<Int>, _ marks: TermMarks = []) {
        add(range, script: nil, marks.union(.whole))
    }

    private mutating func add(_ text: String, _ marks: TermMarks) { terms.append(Term(text: text), marks) }

    private mutating func add(_ word: ScannedWord, _ marks: TermMarks) {
        var parts: [Range<Int>] = []
        if word.hasHump || (word.hasDigit && word.letterCount > 0) { parts = word.parts(in: bytes) }
        add(word.range, script: word.script, parts.isEmpty ? marks : marks.union(.whole))
        for part in parts { add(part, script: word.script, .part) }
    }

    private mutating func add(_ compound: Compound) {
        if let first = compound.connectors.first, [.space, .apostrophe, .thousands].contains(first), addGroups(compound)
        {
            return
        }
        var start = 0
        var joined = Compound()
        for index in compound.words.indices {
            guard index + 1 == compound.words.count || [.apostrophe, .thousands].contains(compound.connectors[index])
            else { continue }
            var segment = Compound()
            segment.words = Array(compound.words[start...index])
            segment.connectors = Array(compound.connectors[start..<index])
            start = index + 1
            guard var last = joined.words.last, let first = segment.words.first else {
                joined = segment
                continue
            }
            if isOneWord(last, first) {
                last.range = last.range.lowerBound..<first.range.upperBound
                last.letterCount += first.letterCount
                joined.words[joined.words.count - 1] = last
                joined.words += segment.words.dropFirst()
                joined.connectors += segment.connectors
            } else {
                addJoined(joined)
                joined = segment
            }
        }
        addJoined(joined)
    }

    /// Adds the groups of a number such as `12 500,75` and the number; false if it is not a number.
    private mutating func addGroups(_ compound: Compound) -> Bool {
        guard compound.words.allSatisfy(\.isNumber) else { return false }
        let groups = compound.words.map(folded)
        guard let number = canonicalNumber(groups, compound.connectors) else {
            guard compound.connectors.first == .space else { return false }
            for word in compound.words { add(word, .first) }
            return true
        }
        for (index, word) in compound.words.enumerated() { add(word, index == 0 ? [.first, .part] : .part) }
        add(number, .additional)
        return true
    }

    private func folded(_ word: ScannedWord) -> String {
        String(decoding: QuarryText.folded(UnsafeBufferPointer(rebasing: bytes[word.range])), as: UTF8.self)
    }

    /// Whether the apostrophe between two words is part of one word: in Cyrillic, and before English endings, which names
    /// have in other languages, too.
    private func isOneWord(_ word: ScannedWord, _ ending: ScannedWord) -> Bool {
        guard !word.hasDigit, !ending.hasDigit, word.script == ending.script else { return false }
        switch word.script {
        case .cyrillic: return true
        case .latin:
            return ending.letterCount <= 2 && Self.englishEndings.contains(folded(ending))
        default: return false
        }
    }

    private static let englishEndings: Set<String> = ["s", "t", "d", "m", "ll", "re", "ve"]

    /// Adds words joined by connectors other than apostrophes.
    private mutating func addJoined(_ compound: Compound) {
        if compound.words.count == 1 {
            add(compound.words[0], .first)
        } else if compound.connectors.contains(.comma) {
            addNumbers(compound)
        } else if compound.words.allSatisfy({ $0.letterCount == 1 && !$0.hasDigit }),
            compound.connectors.allSatisfy({ $0 == .dot })
        {
            addAcronym(compound)
        } else {
            addOtherSpellings(of: compound, startingAt: addWords(compound))
        }
    }

    /// Adds the words of a compound, and a name as a whole.
    ///
    /// - Returns: The index of each word's first term.
    private mutating func addWords(_ compound: Compound) -> [Int] {
        let isNumber =
            compound.isDottedNumber
            && (compound.words.count == 2 || numberWithoutDots(compound.words.map(folded)) != nil)
        let isName = compound.isIdentifier
        let isInterrupted = compound.connectors.contains { $0 == .lineEnd || $0 == .markup }
        if isName, !isInterrupted { addWhole(compound.range, .first) }
        guard !isNumber else { return [] }
        let isOneWord = !isName && isOneWordInMarkup(compound)
        var starts: [Int] = []
        for (index, word) in compound.words.enumerated() {
            var marks: TermMarks = isName ? .part : []
            if isOneWord { marks.insert(.divided) }
            starts.append(terms.count)
            add(word, index == 0 && (isInterrupted || !isName) ? marks.union(.first) : marks)
        }
        return starts
    }

    /// Whether a compound is one word, divided only by markup. `width*height` is a product.
    private func isOneWordInMarkup(_ compound: Compound) -> Bool {
        let words = compound.words
        guard words.count <= 16, compound.connectors.allSatisfy({ $0 == .markup }) else { return false }
        let asterisk = UInt8(ascii: "*")
        guard words.count == 2, bytes[words[0].range.upperBound..<words[1].range.lowerBound].elementsEqual([asterisk])
        else { return true }
        let range = compound.range
        return (range.lowerBound > 0 && bytes[range.lowerBound - 1] == asterisk)
            || (range.upperBound < bytes.count && bytes[range.upperBound] == asterisk)
    }

    /// The largest number of words that are also indexed as one.
    private static let maximumJoinedWords = 4

    /// Adds `signoff` for `sign-off`, `emailaddress` and `email` for `e-mail-address`, and `12500` for `12.500`.
    ///
    /// - `starts`: The index of each word's first term.
    private mutating func addOtherSpellings(of compound: Compound, startingAt starts: [Int]) {
        let words = compound.words
        if compound.isDottedNumber {
            if let number = numberWithoutDots(words.map(folded)) { add(number, .additional) }
            return
        }
        if isOneWordInMarkup(compound) { return addTogether(words[...]) }
        guard words.count <= Self.maximumJoinedWords, compound.connectors.allSatisfy(\.joinsWords) else { return }
        let end = terms.count
        addTogether(words[...])
        guard words.count > 2 else { return }
        for (index, word) in words.dropLast().enumerated() where word.letterCount == 1 && !word.hasDigit {
            addTogether(words[index...index + 1])
            terms.join(starts[index]..<(index + 2 < starts.count ? starts[index + 2] : end))
        }
    }

    private mutating func addTogether(_ words: ArraySlice<ScannedWord>) {
        let letters = words.flatMap { bytes[$0.range] }
        let script = words.lazy.compactMap(\.script).first
        letters.withUnsafeBufferPointer { add($0, script: script, .additional) }
    }

    /// `U.S.` as `us`.
    private mutating func addAcronym(_ compound: Compound) {
        let letters = compound.words.flatMap { bytes[$0.range] }
        letters.withUnsafeBufferPointer { add($0, script: nil, .first) }
    }

    /// Adds the numbers of a compound with commas, split at connectors other than commas and points.
    private mutating func addNumbers(_ compound: Compound) {
        var start = 0
        for index in compound.words.indices {
            let isLast = index + 1 == compound.words.count
            guard isLast || (compound.connectors[index] != .comma && compound.connectors[index] != .dot) else {
                continue
            }
            let words = compound.words[start...index]
            let connectors = Array(compound.connectors[start..<index])
            start = index + 1
            if words.allSatisfy(\.isNumber), let number = canonicalNumber(words.map(folded), connectors) {
                add(number, .first)
            } else {
                for word in words { add(word, .first) }
            }
        }
    }

    /// `c++`, `c#`, `f#` for `c`, `c`, `f`.
    private func operatorName(endingWith word: ScannedWord) -> Range<Int>? {
        let end = word.range.upperBound
        guard end < bytes.count, bytes[end] == 0x2B || bytes[end] == 0x23, word.script == .latin else { return nil }
        var next = end + 1
        if bytes[end] == 0x2B {
            guard next < bytes.count, bytes[next] == 0x2B else { return nil }
            next += 1
        } else if word.letterCount > 2 {
            return nil
        }
        guard next == bytes.count || !ScalarClass(of: bytes.scalar(at: next).value).startsWord else { return nil }
        return word.range.lowerBound..<next
    }

    /// Adds the overlapping pairs of characters of a run, and its Chinese, Japanese and Korean characters as other
    /// spellings; a single character alone.
    private mutating func addPairs(_ range: Range<Int>) {
        let folded = QuarryText.folded(UnsafeBufferPointer(rebasing: bytes[range]))
        folded.withUnsafeBufferPointer { run in
            var starts: [Int] = []
            var offset = 0
            while offset < run.count {
                let (scalar, width) = run.scalar(at: offset)
                if starts.isEmpty || ScalarClass(of: scalar) != .mark { starts.append(offset) }
                offset += width
            }
            starts.append(run.count)
            guard starts.count > 1 else { return }
            for index in 0..<max(1, starts.count - 2) {
                let pair = run[starts[index]..<starts[min(index + 2, starts.count - 1)]]
                add(String(decoding: pair, as: UTF8.self), .first)
            }
            guard starts.count > 2 else { return }
            for index in 0..<starts.count - 1 {
                guard [.han, .kana, .hangul].contains(Script(ofLetter: run.scalar(at: starts[index]).value)) else {
                    continue
                }
                let character = run[starts[index]..<starts[index + 1]]
                add(String(decoding: character, as: UTF8.self), [.first, .additional])
            }
        }
    }
}

extension Compound {
    /// Whether it is digits with dots: `12.500`, `22.08.2026`.
    fileprivate var isDottedNumber: Bool { connectors.allSatisfy { $0 == .dot } && words.allSatisfy(\.isNumber) }

    /// Whether the whole compound is a name: `foo_bar`, `v1.2.3`, `E-1042`, `main.rs`, `T-cell`, `TCP-IP`, unlike
    /// `well-known`.
    fileprivate var isIdentifier: Bool {
        guard words.count <= 8 else { return false }
        return connectors.contains { $0 == .underscore || $0 == .dot }
            || words.contains { $0.hasDigit || $0.hasHump || $0.letterCount == 1 }
            || words.allSatisfy(\.isCapitals)
    }
}
