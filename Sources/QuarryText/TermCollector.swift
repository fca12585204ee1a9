/// Scans one text and collects the terms of its compounds.
struct TermCollector {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The stemming language of each script, by the script's index.
    private let languages: [Language?]
    /// The keys of those languages in the cache; 0 for none.
    private let languageKeys: [UInt8]
    private let workspace: Workspace
    private var cache = TermCache()
    private var terms: TermList

    init(bytes: UnsafeBufferPointer<UInt8>, languages: [Language?], workspace: Workspace) {
        self.bytes = bytes
        self.languages = languages
        self.workspace = workspace
        languageKeys = languages.map { language in language.map { UInt8(truncatingIfNeeded: $0.index + 1) } ?? 0 }
        terms = TermList(capacity: bytes.count / 6)
    }

    mutating func collect() -> TermList {
        swap(&cache, &workspace.cache)
        var scanner = WordScanner(bytes)
        while let piece = scanner.next() {
            switch piece {
            case .word(let word):
                add(word)
                addOperatorName(endingWith: word)
            case .compound:
                add(scanner.compound)
                if let word = scanner.compound.words.last { addOperatorName(endingWith: word) }
            case .unspaced(let range): addPairs(range)
            }
        }
        swap(&cache, &workspace.cache)
        return terms
    }

    private mutating func add(_ range: Range<Int>, script: Script?) {
        add(UnsafeBufferPointer(rebasing: bytes[range]), script: script)
    }

    private mutating func add(_ word: UnsafeBufferPointer<UInt8>, script: Script?) {
        let key = script.map { languageKeys[$0.index] } ?? 0
        if let term = cache.term(of: word, language: key) {
            terms.append(term)
        } else {
            let term = workspace.makeTerm(of: word, language: script.flatMap { languages[$0.index] })
            cache.insert(term, of: word, language: key)
            terms.append(term)
        }
    }

    /// Adds a stretch of text, only folded.
    private mutating func addWhole(_ range: Range<Int>) { add(range, script: nil) }

    private mutating func add(_ word: ScannedWord) {
        add(word.range, script: word.script)
        guard word.hasHump || (word.hasDigit && word.letterCount > 0) else { return }
        for part in word.parts(in: bytes) { add(part, script: word.script) }
    }

    private mutating func add(_ compound: Compound) {
        var start = 0
        var joined = Compound()
        for index in compound.words.indices {
            guard index + 1 == compound.words.count || compound.connectors[index] == .apostrophe else { continue }
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

    /// Whether the apostrophe between two words is part of one word: in Cyrillic, and before English endings.
    private func isOneWord(_ word: ScannedWord, _ ending: ScannedWord) -> Bool {
        guard !word.hasDigit, !ending.hasDigit, word.script == ending.script else { return false }
        switch word.script {
        case .cyrillic: return true
        case .latin:
            guard languages[Script.latin.index] == .english, ending.letterCount <= 2 else { return false }
            let letters = QuarryText.folded(UnsafeBufferPointer(rebasing: bytes[ending.range]))
            return Self.englishEndings.contains(String(decoding: letters, as: UTF8.self))
        default: return false
        }
    }

    private static let englishEndings: Set<String> = ["s", "t", "d", "m", "ll", "re", "ve"]

    /// Adds words joined by connectors other than apostrophes.
    private mutating func addJoined(_ compound: Compound) {
        if compound.words.count == 1 {
            add(compound.words[0])
        } else if compound.connectors.contains(.comma) {
            addNumbers(compound)
        } else if compound.words.allSatisfy(\.isNumber), compound.connectors == [.dot] {
            addWhole(compound.range)
        } else if compound.words.allSatisfy({ $0.letterCount == 1 && !$0.hasDigit }),
            compound.connectors.allSatisfy({ $0 == .dot })
        {
            addAcronym(compound)
        } else {
            if compound.isIdentifier { addWhole(compound.range) }
            for word in compound.words { add(word) }
        }
    }

    /// `U.S.` as `us`.
    private mutating func addAcronym(_ compound: Compound) {
        let letters = compound.words.flatMap { bytes[$0.range] }
        letters.withUnsafeBufferPointer { add($0, script: nil) }
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
            let groups = words.map { word in
                String(decoding: QuarryText.folded(UnsafeBufferPointer(rebasing: bytes[word.range])), as: UTF8.self)
            }
            if words.allSatisfy(\.isNumber), let number = canonicalNumber(groups, connectors) {
                terms.append(Term(text: number, isStopWord: false))
            } else {
                for word in words { add(word) }
            }
        }
    }

    /// Adds `c++`, `c#`, `f#` after `c`, `c`, `f`.
    private mutating func addOperatorName(endingWith word: ScannedWord) {
        let end = word.range.upperBound
        guard end < bytes.count, bytes[end] == 0x2B || bytes[end] == 0x23, word.script == .latin else { return }
        var next = end + 1
        if bytes[end] == 0x2B {
            guard next < bytes.count, bytes[next] == 0x2B else { return }
            next += 1
        } else if word.letterCount > 2 {
            return
        }
        guard next == bytes.count || !ScalarClass(of: bytes.scalar(at: next).value).startsWord else { return }
        addWhole(word.range.lowerBound..<next)
    }

    /// Adds the overlapping pairs of characters of a run; a single character alone.
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
                terms.append(Term(text: String(decoding: pair, as: UTF8.self), isStopWord: false))
            }
        }
    }
}

extension Compound {
    /// Whether the whole compound is a name: `foo_bar`, `v1.2.3`, `E-1042`, `main.rs`, `T-cell`, `TCP-IP`, unlike
    /// `well-known`.
    fileprivate var isIdentifier: Bool {
        guard words.count <= 8 else { return false }
        return connectors.contains { $0 == .underscore || $0 == .dot }
            || words.contains { $0.hasDigit || $0.hasHump || $0.letterCount == 1 }
            || words.allSatisfy(\.isCapitals)
    }
}
