import QuarryText

/// Words that deny, and what they deny, in English and Russian.
enum Negation {
    /// Words that deny what follows. `t` is the end of words such as “isn't”.
    static let words: Set<String> = [
        "not", "never", "cannot", "t", "no", "without", "neither", "nor", "не", "никогда", "нельзя", "нет", "без", "ни",
    ]

    /// Words that deny a whole statement.
    static let stated: Set<String> = ["not", "never", "cannot", "t", "не", "никогда", "нельзя"]

    /// Words that turn what is said with them into its opposite, or nearly so.
    private static let reversing: Set<String> = [
        "false", "untrue", "wrong", "incorrect", "lie", "lies", "myth", "nobody", "none", "nothing", "neither",
        "nowhere",
        "rarely", "seldom", "hardly", "scarcely", "barely", "without", "unlikely", "doubtful", "forgot", "forgets",
        "forgotten", "declined", "declines", "neglected", "stopped", "ceased", "refuted", "неправда", "неправдой",
        "ложь",
        "ложно", "ложный", "ложное", "неверно", "неверное", "ошибочно", "миф", "никто", "никого", "никому", "ничто",
        "ничего", "редко", "изредка", "едва", "вряд", "навряд", "маловероятно", "забыл", "забыла", "забыли", "забывает",
        "перестал", "перестала", "перестали", "опроверг", "опровергла", "опровергает", "отрицает", "отрицал",
        "отрицала", "нигде", "ниоткуда",
    ]
    private static let reversingBeginnings = [
        "forbid", "prohib", "refus", "reject", "deny", "denie", "fail", "cancel", "disab", "disall", "unable",
        "unavail",
        "invalid", "imposs", "запре", "отказ", "отмен", "отверг", "отклон", "невоз", "неспособ",
    ]

    /// Whether a word turns what is said with it into its opposite.
    static func isReversing(_ word: Statement.Word) -> Bool {
        let folded = word.piece.folded
        return reversing.contains(folded) || reversingBeginnings.contains { folded.hasPrefix($0) }
    }

    /// Whether a word denies the statement that follows it: "it is false that", "неправда, что".
    static func framesDenial(_ index: Int, in statement: Statement) -> Bool {
        let words = statement.words
        guard index < 6, index + 1 < words.count, reversing.contains(words[index].piece.folded) else { return false }
        return ["that", "что", "будто"].contains(words[index + 1].piece.folded)
    }

    /// Whether a word may deny or forbid something.
    static func mayDeny(_ word: Statement.Word) -> Bool {
        let folded = word.piece.folded
        return words.contains(folded) || reversing.contains(folded) || beginnings.contains { folded.hasPrefix($0) }
    }

    /// Whether the words of a sentence deny something.
    static func isStated(in words: [SurfaceWord]) -> Bool { words.contains { stated.contains($0.folded) } }

    /// Marks the words that a negation applies to: the next two words with content, to the end of the clause.
    ///
    /// So do "refused to sign", "forgot to sign", "отказался подписать" and "rarely signs".
    static func mark(_ words: inout [Statement.Word]) {
        for index in words.indices {
            let folded = words[index].piece.folded
            guard self.words.contains(folded) || rare.contains(folded) || opensInfinitive(index, in: words) else {
                continue
            }
            // "not only", "no more than", "не менее" deny nothing.
            if index + 1 < words.count, limiting.contains(words[index + 1].piece.folded) { continue }
            var left = 2
            for position in index + 1..<min(words.count, index + 7) where left > 0 {
                guard words[position].clause <= words[index].clause + 1, !words[position].isFunction else { continue }
                words[position].isNegated = true
                // In "не имеет права держать", what is not done is behind the verb.
                if !auxiliary.contains(words[position].piece.folded) { left -= 1 }
            }
        }
    }

    private static let rare: Set<String> = [
        "rarely", "seldom", "hardly", "scarcely", "barely", "nobody", "редко", "едва", "вряд", "никто",
    ]
    private static let auxiliary: Set<String> = [
        "имеет", "имеют", "имел", "имела", "права", "может", "могут", "мог", "могла", "вправе", "следует",
        "разрешается", "разрешено", "должен", "должна", "должны", "allowed", "permitted", "able", "right",
    ]

    /// Whether a word refuses or fails what an infinitive after it says.
    private static func opensInfinitive(_ index: Int, in words: [Statement.Word]) -> Bool {
        let folded = words[index].piece.folded
        guard index + 1 < words.count else { return false }
        let next = words[index + 1].piece.folded
        if next == "to" {
            return ["refus", "fail", "forg", "declin", "neglect", "unable", "omit"].contains { folded.hasPrefix($0) }
        }
        let isInfinitive = ["ть", "ти", "чь", "ться"].contains { next.hasSuffix($0) }
        return isInfinitive && ["отказал", "отказыва", "забыл", "забыва", "неспособ"].contains { folded.hasPrefix($0) }
    }

    /// Whether a passage may deny or restrict something. Any word that may turn it into a denial counts, so that a true
    /// reply is rarely taken for a contradiction.
    static func isPossible(in statement: Statement) -> Bool {
        statement.words.contains { word in
            let folded = word.piece.folded
            return words.contains(folded) || possible.contains(folded)
                || beginnings.contains { folded.hasPrefix($0) }
        }
    }

    /// Whether a passage forbids, refuses or lacks something.
    static func isProhibitive(_ statement: Statement) -> Bool {
        statement.words.contains { word in beginnings.contains { word.piece.folded.hasPrefix($0) } }
    }

    private static let limiting: Set<String> = [
        "only", "just", "more", "less", "later", "earlier", "fewer", "merely", "least", "только", "более", "менее",
        "больше", "меньше", "позднее", "позже", "ранее", "просто",
    ]

    private static let possible: Set<String> = [
        "none", "nobody", "nothing", "nowhere", "except", "unless", "only", "hardly", "few", "little", "rather",
        "instead", "but", "however", "until", "before", "ban", "bans", "banned", "stop", "stops", "free", "никто",
        "ничто", "ничего", "нигде", "только", "кроме", "лишь", "но", "однако", "пока",
    ]

    private static let beginnings = [
        "forbid", "prohib", "refus", "reject", "deny", "denie", "fail", "lack", "avoid", "exclu", "cancel", "disab",
        "disall", "unable", "unavail", "invalid", "imposs", "запре", "отказ", "отмен", "исключ", "недо", "невоз",
    ]
}

/// Pairs of words of which one denies the other.
struct Antonyms: Sendable {
    /// For a stem, the stems of its opposites.
    private let opposites: [String: Set<String>]
    private let converse: Set<Set<String>>

    init(_ reader: TermReader) {
        var opposites: [String: Set<String>] = [:]
        var converse: Set<Set<String>> = []
        func stems(_ words: Substring) -> Set<String> {
            Set(words.split(separator: " ").compactMap { reader.words(String($0)).terms.first })
        }
        for line in Self.pairs.split(separator: "\n") {
            let sides = line.split(separator: "|").map(stems)
            guard sides.count == 2 else { continue }
            for stem in sides[0] { opposites[stem, default: []].formUnion(sides[1]) }
            for stem in sides[1] { opposites[stem, default: []].formUnion(sides[0]) }
            if Self.converseWords.contains(where: { line.contains($0) }) {
                for stem in sides[0] { for other in sides[1] { converse.insert([stem, other]) } }
            }
        }
        self.opposites = opposites
        self.converse = converse
    }

    func opposites(of stem: String) -> Set<String> { opposites[stem] ?? [] }

    /// Whether two opposites say the same if the things they are said of change their sides: A sold it to B, B bought it
    /// from A.
    func areConverse(_ stem: String, _ other: String) -> Bool { converse.contains([stem, other]) }

    /// Words of the pairs below that are converse.
    private static let converseWords = [
        "buy buys", "old older", "larger large", "higher high", "купил купила", "старше", "больше более", "выше",
        "parent parents", "gave give", "lent lend", "taught teach", "teacher teachers",
    ]

    private static let pairs = """
        gave give gives given|received receive receives got
        lent lend lends|borrowed borrow borrows
        taught teach teaches|learned learn learns
        parent parents|child children
        teacher teachers|pupil pupils student students
        allowed allow permitted permit may|forbidden forbid forbids prohibited prohibit banned ban disallowed
        before earlier|after later
        more|less fewer
        most|least
        increase increased increases rise rises rose risen grow grew grown|decrease decreased decreases fall falls fell fallen drop dropped decline declined shrink shrank
        above over|below under
        higher high|lower low
        larger large bigger big|smaller small
        longer long|shorter short
        open opens opened|close closes closed
        begin begins began start starts started|end ends ended finish finished
        first|last
        early|late
        north northern|south southern
        east eastern|west western
        left|right
        buy buys bought|sell sells sold
        win wins won|lose loses lost
        include includes included|exclude excludes excluded
        accept accepted accepts|reject rejected rejects refuse refused
        legal lawful|illegal unlawful
        possible|impossible
        safe|unsafe dangerous
        maximum|minimum
        always|never
        all every|none
        with|without
        true|false
        hot warm|cold cool
        old older|new newer young younger
        up upward|down downward
        import imports imported|export exports exported
        enable enables enabled|disable disables disabled
        arrive arrives arrived|depart departs departed
        inside indoors|outside outdoors
        upper|lower
        summer|winter
        spring|autumn
        day|night
        morning|evening
        mother|father
        son|daughter
        husband|wife
        man men male|woman women female
        brother|sister
        king|queen
        public|private
        same|different
        heavy heavier|light lighter
        fast faster|slow slower
        strong stronger|weak weaker
        rich|poor
        success successful succeeded|failure unsuccessful failed
        required mandatory compulsory must|optional voluntary
        present|absent
        разрешено разрешен разрешена разрешается можно|запрещено запрещен запрещена запрещается нельзя
        до раньше|после позже
        больше более|меньше менее
        увеличился увеличилась увеличить рост вырос выросла|уменьшился уменьшилась уменьшить падение снизился снизилась упал упала
        выше|ниже
        высокий|низкий
        большой|маленький
        длинный|короткий
        открыт открыта открыто открывается|закрыт закрыта закрыто закрывается
        начинается начался началась начало|заканчивается закончился закончилась конец
        первый|последний
        рано|поздно
        север северный|юг южный
        восток восточный|запад западный
        левый|правый
        купил купила покупка|продал продала продажа
        выиграл победил победа|проиграл проиграла поражение
        включает|исключает
        принял приняла|отклонил отклонила отверг
        законно законный|незаконно незаконный
        возможно|невозможно
        максимум максимальный|минимум минимальный
        всегда|никогда
        горячий теплый|холодный
        старый старше|новый молодой моложе
        внутри|снаружи
        лето летом|зима зимой
        весна весной|осень осенью
        день днем|ночь ночью
        утро утром|вечер вечером
        мать|отец
        сын|дочь
        муж|жена
        мужчина мужчины|женщина женщины
        брат|сестра
        обязательно обязателен|необязательно необязателен
        тяжелее тяжелый|легче легкий
        быстрее быстрый|медленнее медленный
        """
}
