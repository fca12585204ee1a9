/// The beginning of a turn in a transcript: `ANNA: …`, `[00:12] Boris: …`, `Интервьюер: …`.
struct SpeakerTurn {
    /// The label with its time and colon.
    var range: Range<Int>
    var speaker: String
    /// Whether the label is hardly anything else: it has a time, or is in capitals, or names a part in an interview.
    var isPlain: Bool
    var isTimed: Bool
    /// Whether more than a short value follows.
    var hasSentence: Bool

    /// The longest label without time, in bytes.
    private static let longest = 60

    private static let roles: Set<String> = [
        "interviewer", "interviewee", "moderator", "speaker", "host", "guest", "respondent", "participant", "operator",
        "интервьюер", "модератор", "ведущий", "ведущая", "гость", "спикер", "корреспондент", "респондент", "собеседник",
        "оператор", "участник", "moderatorin", "interviewerin", "sprecher", "sprecherin", "befragte", "befragter",
        "intervieweur", "animateur", "animatrice", "journaliste", "modérateur", "modératrice",
    ]

    /// Labels of notes, headers and fields.
    private static let others: Set<String> = [
        "note", "notes", "warning", "caution", "tip", "important", "example", "examples", "todo", "fixme", "error",
        "info", "debug", "trace", "warn", "fatal", "critical", "notice", "hint", "summary", "conclusion", "abstract",
        "keywords", "returns", "throws", "parameters", "parameter", "raises", "args", "usage", "syntax", "see",
        "from", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "received", "attachments", "p.s", "ps",
        "http", "https", "figure", "table", "source", "author", "title", "input", "output", "added", "fixed", "changed",
        "removed", "deprecated", "security", "problem", "solution", "pros", "cons", "step", "result", "results",
        "примечание", "внимание", "важно", "пример", "ошибка", "итог", "вывод", "рисунок", "таблица", "источник", "от",
        "кому", "копия", "тема", "дата", "отправлено", "вложения", "автор", "название", "шаг", "результат", "аннотация",
        "hinweis", "achtung", "wichtig", "beispiel", "fehler", "von", "an", "betreff", "datum", "gesendet", "kopie",
        "autor", "titel", "quelle", "schritt", "ergebnis", "remarque", "attention", "exemple", "erreur", "de", "à",
        "objet", "envoyé", "auteur", "titre", "étape", "résultat",
    ]

    private static let particles: Set<Substring> = [
        "de", "von", "van", "der", "den", "da", "di", "du", "la", "le", "al", "bin", "the", "of",
    ]

    init?(_ line: TextLine) {
        var start = line.skipping("*_", from: line.start)
        isTimed = false
        if let end = Self.endOfTime(in: line, from: start) {
            isTimed = true
            start = line.skipping("*_ -", from: end)
        }
        let isLabelStart = line.byte(start).map { $0 >= 0x80 || $0 >= 0x41 && $0 <= 0x5A } ?? false
        guard isLabelStart, let colon = Self.colon(in: line, from: start), line.isUppercase(at: start) else {
            return nil
        }
        let end = line.skipping("*_", from: colon + 1)
        let next = line.byte(end)
        guard next == 0x20 || next == 0x09 || (next == nil && isTimed) else { return nil }
        var name = start..<line.trimming("*_ ", endOf: start..<colon)
        if line.bytes[name.upperBound - 1] == 0x29 || line.bytes[name.upperBound - 1] == 0x5D,
            let bracket = line.bytes[name].lastIndex(where: { $0 == 0x28 || $0 == 0x5B }), bracket > start
        {
            // `Anna (00:12):` or `Anna (laughs):`
            name = start..<line.trimming("*_ ", endOf: start..<bracket)
        }
        speaker = line.string(name)
        let words = speaker.split(separator: " ")
        let lowercased = speaker.lowercased()
        guard let first = words.first, words.count <= 4, !Self.others.contains(lowercased),
            !Self.others.contains(first.lowercased()), words.allSatisfy(Self.isOfName)
        else { return nil }
        let letters = speaker.unicodeScalars.filter(\.properties.isAlphabetic)
        // Words in small capitals may be torn: `N OTE`.
        guard letters.count > 1, words.count == 1 || first.count > 1 else { return nil }
        let isCapitals = letters.allSatisfy(\.properties.isUppercase)
        isPlain = isTimed || isCapitals || Self.roles.contains(first.lowercased())
        hasSentence = line.endsWithMark || line.end - end > 50
        range = line.start..<end
    }

    private static func isOfName(_ word: Substring) -> Bool {
        guard let first = word.unicodeScalars.first else { return false }
        let isName = first.properties.isUppercase || first.properties.numericType != nil || particles.contains(word)
        return isName
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || ".-'’#".unicodeScalars.contains(scalar)
            }
    }

    /// The end of `[00:12]`, `(1:02:03)`, `00:12:03.500 –` and the like at the start of a line.
    private static func endOfTime(in line: TextLine, from start: Int) -> Int? {
        guard let first = line.byte(start), first == 0x5B || first == 0x28 || line.isDigit(at: start) else {
            return nil
        }
        var end = start
        var hasTime = false
        while let byte = line.byte(end), end - start < 40 {
            if byte == 0x3A, line.isDigit(at: end + 1), end > start, line.isDigit(at: end - 1) { hasTime = true }
            if byte == 0xE2, line.byte(end + 1) == 0x80, line.byte(end + 2).map({ $0 == 0x93 || $0 == 0x94 }) ?? false {
                end += 3
            } else if StaticString("0123456789:.,/-[]() \t>").contains(byte) {
                end += 1
            } else {
                break
            }
        }
        return hasTime ? end : nil
    }

    private static func colon(in line: TextLine, from start: Int) -> Int? {
        var offset = start
        while let byte = line.byte(offset), offset - start <= longest {
            if byte == 0x3A, !line.isDigit(at: offset + 1) { return offset }
            offset += 1
        }
        return nil
    }
}

extension SpeakerTurn {
    /// The turns of a transcript among lines that look like turns; none if the text is not a transcript.
    ///
    /// In a transcript, at least two speakers recur, and not always in the order of the fields of a record. What they
    /// say is more than short values. Labels that may be anything begin a quarter of its paragraphs.
    static func turns(in candidates: [SpeakerTurn], paragraphs: Int) -> [SpeakerTurn] {
        let timed = candidates.count { $0.isTimed }
        guard candidates.count >= (timed * 2 > candidates.count ? 3 : 4) else { return [] }
        let counts = Dictionary(grouping: candidates, by: \.speaker).mapValues(\.count)
        let recurring = candidates.filter { counts[$0.speaker, default: 0] > 1 }
        guard counts.count > 1, recurring.count * 4 >= candidates.count * 3 || timed * 2 > candidates.count,
            counts.values.count(where: { $0 > 1 }) > 1 || timed * 2 > candidates.count,
            !isSeriesOfRecords(candidates, distinct: counts.count)
        else { return [] }
        let plain = candidates.count { $0.isPlain }
        let sentences = candidates.count { $0.hasSentence }
        if timed * 2 <= candidates.count {
            guard sentences * 2 >= candidates.count else { return [] }
            guard plain * 2 > candidates.count || candidates.count * 4 >= paragraphs else { return [] }
        }
        return candidates.filter { $0.isPlain || counts[$0.speaker, default: 0] > 1 }
    }

    /// Whether each label is always followed by the same one, as the fields of a record are.
    private static func isSeriesOfRecords(_ turns: [SpeakerTurn], distinct: Int) -> Bool {
        guard distinct > 2 else { return false }
        var next: [String: String] = [:]
        for (turn, following) in zip(turns, turns.dropFirst()) {
            if let known = next[turn.speaker], known != following.speaker { return false }
            next[turn.speaker] = following.speaker
        }
        return true
    }
}
