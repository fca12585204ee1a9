/// The type of answer that a question asks for, judged by its question word.
package enum AnswerType: Sendable, Hashable {
    case person
    case time
    case place
    case number
    /// How long or how old: a number, or a span of time in words.
    case duration
    /// The number of a version, such as 2.4.1.
    case version
    case reason
    case unknown

    /// Reads the question words of English and Russian.
    package init(of question: String) {
        let words = SurfaceWord.words(of: question).map(\.folded)
        self = .unknown
        for (index, word) in words.enumerated() {
            // "What changed in version 2.1?" names a version and asks for none.
            let rest = words[(index + 1)...].prefix(4)
            if let type = AnswerType.direct[word] {
                self = type
            } else if AnswerType.choosing.contains(word),
                let type = rest.indices.lazy.prefix(while: { rest[$0] != "of" })
                    .compactMap({ AnswerType.asked(at: $0, in: words) }).first
            {
                self = type
            } else if word == "how", let next = rest.first, AnswerType.measured.contains(next) {
                self = AnswerType.spans.contains(next) ? .duration : .number
            }
            if self != .unknown { return }
        }
    }

    /// "What changed in version 2.1?" names a version and asks for none.
    private static func asked(at index: Int, in words: [String]) -> AnswerType? {
        let type = asked[words[index]]
        guard type == .version, index + 1 < words.count, let next = words[index + 1].first else { return type }
        return next.isNumber ? nil : type
    }

    private static let direct: [String: AnswerType] = [
        "who": .person, "whom": .person, "whose": .person, "when": .time, "where": .place, "why": .reason,
        "кто": .person, "кого": .person, "кому": .person, "кем": .person, "чей": .person, "чья": .person,
        "чье": .person,
        "чьи": .person, "когда": .time, "где": .place, "куда": .place, "откуда": .place, "почему": .reason,
        "зачем": .reason, "отчего": .reason, "сколько": .number, "скольким": .number, "скольких": .number,
    ]

    /// Question words before a noun.
    static let choosing: Set<String> = [
        "what", "which", "какой", "какая", "какое", "какие", "каком", "какую", "какого", "каких", "какова", "каков",
        "каким", "какими", "какому", "каково",
    ]

    /// Nouns after "what" or "which" that name a type.
    private static let asked: [String: AnswerType] = [
        "year": .time, "date": .time, "day": .time, "month": .time, "century": .time, "decade": .time, "time": .time,
        "city": .place, "country": .place, "place": .place, "location": .place, "region": .place, "continent": .place,
        "person": .person, "percentage": .number, "percent": .number, "number": .number, "amount": .number,
        "price": .number, "cost": .number, "population": .number, "reason": .reason, "version": .version,
        "release": .version,
        "год": .time, "году": .time, "года": .time, "дата": .time, "дату": .time, "даты": .time, "дате": .time,
        "день": .time, "дня": .time,
        "числа": .time, "месяц": .time, "месяце": .time, "век": .time, "веке": .time, "время": .time,
        "город": .place, "городе": .place, "стране": .place, "страна": .place, "страну": .place, "месте": .place,
        "регионе": .place, "человек": .person, "процент": .number, "процентов": .number, "количество": .number,
        "число": .number, "цена": .number, "стоимость": .number, "население": .number, "причина": .reason,
        "версия": .version, "версии": .version, "версию": .version,
    ]

    /// Adjectives after "how" that ask for a span of time, or may.
    private static let spans: Set<String> = ["long", "old", "often", "fast"]

    /// Adjectives after "how" that ask for a number.
    private static let measured: Set<String> = [
        "many", "much", "long", "old", "far", "tall", "high", "large", "big", "often", "deep", "wide", "fast", "heavy",
    ]

    /// Whether a sentence contains a word of the type that is not in the question; nil if any answer may fit.
    ///
    /// - `known`: Folded words of the question.
    /// - `names`: Folded words that are capitalized elsewhere than at the start of a sentence. The first word of a
    ///   sentence is a name only if it is one of them.
    func isHeld(by words: [SurfaceWord], notIn known: Set<String>, names: Set<String>) -> Bool? {
        switch self {
        case .unknown: nil
        case .person: AnswerType.hasName(words, notIn: known, names: names)
        // Many places have no name: "on the top shelf".
        case .place:
            AnswerType.hasName(words, notIn: known, names: names)
                ? true : words.contains { AnswerType.placing.contains($0.folded) } ? nil : false
        case .time:
            words.contains { word in
                !known.contains(word.folded)
                    && (word.isNumber && word.digits <= 4 || word.digits >= 2 || AnswerType.times.contains(word.folded)
                        || AnswerType.temporal.contains(word.folded))
            }
        case .number: words.contains { $0.isQuantity(notIn: known) }
        case .duration:
            words.contains { word in
                word.isQuantity(notIn: known)
                    || !known.contains(word.folded)
                        && (AnswerType.times.contains(word.folded) || AnswerType.temporal.contains(word.folded))
            }
        case .version: words.contains { $0.digits > 0 && !known.contains($0.folded) }
        // Most reasons are given without such a word.
        case .reason: words.contains { AnswerType.causes.contains($0.folded) } ? true : nil
        }
    }

    private static func hasName(_ words: [SurfaceWord], notIn known: Set<String>, names: Set<String>) -> Bool {
        words.indices.contains { index in
            let word = words[index]
            return word.isCapitalized && !known.contains(word.folded) && !times.contains(word.folded)
                && (index > 0 || names.contains(word.folded) || words.count > 1 && words[1].startsUppercase)
        }
    }

    /// Whether a sentence without the type is hardly an answer: a "when" without a time, a "how many" without a number.
    var isStrict: Bool { self == .time || self == .number || self == .duration }

    /// Whether a heading may be the answer, such as a date in a change log.
    var mayStandInHeading: Bool { self == .time || self == .version }

    /// Whether a heading holds a date or version; the number of a section is neither.
    func isHeld(inHeading heading: String, notIn known: Set<String>) -> Bool {
        let words = SurfaceWord.words(of: heading).filter { !known.contains($0.folded) }
        return switch self {
        case .time:
            words.contains(where: \.isYear)
                || words.contains(where: { $0.digits > 0 })
                    && words.contains(where: { NumberWords.month(of: $0.folded) != nil })
        case .version: AnswerType.isVersion(heading: heading, notIn: known)
        default: false
        }
    }

    /// Whether a heading is the number of a version, with or without its date.
    static func isVersion(heading: String, notIn known: Set<String>) -> Bool {
        let words = SurfaceWord.words(of: heading)
        return words.contains { $0.digits > 0 }
            && words.allSatisfy {
                $0.letters < 2 || known.contains($0.folded) || versionWords.contains($0.folded)
                    || NumberWords.month(of: $0.folded) != nil
            }
    }

    /// What the heading of a version says without these words.
    static let impliedByVersion =
        "version release released date published версия версии релиз выпуск вышла выпущена дата"

    /// What the list under the heading of a version says without these words.
    static let impliedByChanges = "version release change changes new версия релиз изменения изменилось новое"

    /// Prepositions of places.
    private static let placing: Set<String> = [
        "in", "on", "at", "under", "behind", "beside", "near", "next", "above", "below", "opposite", "inside",
        "outside", "upstairs", "downstairs", "в", "во", "на", "у", "под", "над", "за", "перед", "возле", "около",
        "рядом",
        "внутри", "снаружи", "напротив", "между",
    ]

    /// Words beside the number in the heading of a version.
    private static let versionWords: Set<String> = [
        "version", "release", "released", "rc", "beta", "alpha", "версия", "релиз", "выпуск", "вышла",
    ]
    /// Conjunctions and prepositions that tell a time by an event.
    private static let temporal: Set<String> = [
        "after", "before", "during", "until", "when", "whenever", "once", "while", "после", "перед", "до", "пока",
        "когда",
    ]

    private static let times: Set<String> = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "century",
        "centuries",
        "today", "yesterday", "tomorrow", "daily", "weekly", "monthly", "annually", "year", "years", "month", "months",
        "week", "weeks", "day", "days", "hour", "hours", "minute", "minutes", "morning", "noon", "midday", "afternoon",
        "evening", "night", "midnight", "spring", "summer", "autumn", "winter", "easter", "christmas", "decade",
        "decades", "ago", "weekend", "weekends", "weekdays", "clock", "pm", "am",
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
        "декабря", "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре",
        "ноябре", "декабре", "понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье", "век",
        "века", "веке", "веков", "сегодня", "вчера", "завтра", "ежедневно", "еженедельно", "ежемесячно", "ежегодно",
        "год", "году", "года", "годы",
        "лет", "месяц", "месяца", "месяцев", "неделя", "неделю", "недели", "недель", "день", "дня", "дней", "час",
        "часа", "часов", "минут", "утро", "утра", "утром", "полдень", "днем", "вечер", "вечера", "вечером", "ночь",
        "ночью", "полночь", "весна", "весной", "весны", "лето", "летом", "лета", "осень", "осенью", "осени", "зима",
        "зимой", "зимы", "назад", "выходные", "выходным", "будням",
    ]

    private static let causes: Set<String> = [
        "because", "due", "since", "therefore", "cause", "caused", "causes", "reason", "reasons", "owing", "so",
        "result",
        "потому", "поскольку", "так", "из", "чтобы", "ради", "поэтому", "причина", "причиной", "вследствие",
        "благодаря",
        "связи", "ибо",
    ]
}

extension SurfaceWord {
    /// Whether it is an amount, in digits or as a word, and not a year.
    fileprivate func isQuantity(notIn known: Set<String>) -> Bool {
        !known.contains(folded) && !isYear
            && (digits > 0 || NumberWords.value(of: folded) != nil || SurfaceWord.amounts.contains(folded))
    }

    /// Words for amounts that are not numbers.
    private static let amounts: Set<String> = [
        "none", "free", "once", "twice", "thrice", "half", "double", "dozen", "several", "million",
        "millions", "billion", "billions", "hundreds", "thousands", "third", "quarter", "бесплатно",
        "бесплатный",
        "бесплатен", "бесплатна", "дважды", "трижды", "половина", "половину", "пол", "полтора", "полторы", "дюжина",
        "несколько", "миллион", "миллиона", "миллионов", "миллиард", "миллиарда", "миллиардов",
        "сотни", "сотен", "тысячи", "треть", "четверть", "пара", "пару",
    ]
}
