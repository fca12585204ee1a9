/// A word of a question or an answer, with its place.
struct ConversationWord: Sendable {
    var text: Substring
    /// Lower case, with ё as е.
    var folded: String
    var isCapitalized: Bool
    var hasDigit: Bool
    /// Whether it is the first word of the text or of a sentence.
    var startsSentence: Bool
    /// Whether a single space, and nothing else, is before it.
    var followsClosely: Bool

    var range: Range<String.Index> { text.startIndex..<text.endIndex }

    /// The words of a text. Hyphens and apostrophes inside a word belong to it, as
    /// the points of numbers do.
    /// - Complexity: O(length).
    static func words(of text: String) -> [ConversationWord] {
        var words: [ConversationWord] = []
        var place = text.startIndex
        var end = text.startIndex
        while place < text.endIndex {
            guard isLetter(text[place]) else {
                place = text.index(after: place)
                continue
            }
            let start = place
            while place < text.endIndex {
                let next = text.index(after: place)
                let isDecimal = text[place] == "." && text[text.index(before: place)].isNumber
                let joins =
                    isDecimal && next < text.endIndex && text[next].isNumber
                    || "-'’".contains(text[place]) && next < text.endIndex && isLetter(text[next])
                guard isLetter(text[place]) || joins else { break }
                place = next
            }
            let between = text[end..<start]
            let word = text[start..<place]
            words.append(
                ConversationWord(
                    text: word, folded: word.lowercased().replacing("ё", with: "е"),
                    isCapitalized: word.first?.isUppercase == true, hasDigit: word.contains(where: \.isNumber),
                    startsSentence: words.isEmpty || between.contains { ".!?…:\n".contains($0) },
                    followsClosely: between == " "))
            end = place
        }
        return words
    }

    private static func isLetter(_ character: Character) -> Bool { character.isLetter || character.isNumber }
}

/// The closed classes of words that follow-up questions are recognized by.
enum ConversationWords {
    static func set(_ words: String) -> Set<String> {
        Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    static let functionWords = Set(FunctionWords.all.map { $0.replacing("ё", with: "е") })
    static let connectives = set("and but or so also then а и но ну или")
    static let askingWords = set(
        """
        who whom whose what which when where why how кто кого кому кем ком что чего чему чем чей чья чье чьи какой какая \
        какое какие какого каких какому каким какую каков какова каковы когда где куда откуда почему зачем отчего как \
        сколько который которая которые которого ли
        """)
    static let auxiliaries = set(
        """
        is are was were be been am do does did can could has have had will would shall should may might must есть был была \
        было были будет будут можно нужно надо нельзя
        """)
    static let prepositions = set(
        """
        in at on for from by with without during after before to of near about under over between until since per в во на для \
        у от по из с со без после до при о об про через между к ко над под за
        """)
    static let placePrepositions = set("in at on from to near into в во на из до")
    static let determiners = set("the a an this that these those our my your his her its their each every")
    static let months = set(
        """
        january february march april may june july august september october november december январь января январе \
        февраль февраля феврале март марта марте апрель апреля апреле май мая мае июнь июня июне июль июля июле август \
        августа августе сентябрь сентября сентябре октябрь октября октябре ноябрь ноября ноябре декабрь декабря декабре
        """)
    static let weekdays = set(
        """
        monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays \
        sundays weekend weekends weekdays понедельник понедельникам вторник вторникам среда среду средам четверг \
        четвергам пятница пятницу пятницам суббота субботу субботам воскресенье воскресеньям выходные выходным будни \
        будням
        """)
    static let seasons = set(
        """
        winter summer spring autumn fall зима зимой зиму зимы лето летом лета весна весной весну весны осень осенью осени
        """)
    static let dayTimes = set(
        "morning afternoon evening night noon today tomorrow yesterday утром днем вечером ночью сегодня завтра вчера")

    /// Words of one kind replace each other. Years and other numbers are two kinds.
    static func kind(of word: ConversationWord) -> String? {
        if seasons.contains(word.folded) { return "season" }
        if months.contains(word.folded) { return "month" }
        if weekdays.contains(word.folded) { return "weekday" }
        if dayTimes.contains(word.folded) { return "time" }
        guard let number = Int(word.folded) else { return nil }
        return (1_000...2_999).contains(number) ? "year" : "number"
    }

    static func isFunctionWord(_ word: ConversationWord) -> Bool {
        functionWords.contains(word.folded) || askingWords.contains(word.folded)
            || auxiliaries.contains(word.folded) || prepositions.contains(word.folded)
    }

    /// Whether a Russian word looks like a finite verb, an infinitive or a short participle.
    static func isVerbLike(_ word: ConversationWord) -> Bool {
        guard word.folded.count > 3, !word.isCapitalized, word.folded.contains(where: { ("а"..."я").contains($0) })
        else { return false }
        return verbEndings.contains { word.folded.hasSuffix($0) }
    }

    private static let verbEndings = [
        "ет", "ит", "ут", "ют", "ат", "ят", "ешь", "ишь", "ть", "ться", "тся", "ал", "ала", "ало", "али", "ил", "ила",
        "или", "ел", "ела", "ели", "ся", "ась", "ось", "ись", "стоит", "открыт", "открыта", "открыто", "открыты",
        "закрыт", "закрыта", "закрыто", "закрыты", "нужен", "нужна", "нужны", "должен", "должна", "должны",
    ]
}
