/// Numbers, parts of dates and parts of the day written as words, English and Russian.
enum NumberWords {
    /// A word of a number. Several in a row are one number: "two hundred and five", "двести пять".
    struct Part: Sendable, Hashable {
        var value: Int
        /// Whether the word multiplies what is before it, as "hundred", "thousand" and "million" do.
        var isScale = false
        var isOrdinal = false
    }

    /// The number that a folded word names; nil for other words.
    static func part(of word: String) -> Part? { parts[word] }

    /// The value of a folded cardinal number.
    static func value(of word: String) -> Int? { parts[word].flatMap { $0.isOrdinal ? nil : $0.value } }

    /// The power of ten of a word or abbreviation after digits, such as "million", "млн" or "bn".
    static func power(of word: String) -> Int? {
        if let power = powers[word] { return power }
        return powersByBeginning.first { word.hasPrefix($0.0) }?.1
    }

    /// The month of a folded word, 1 to 12. The caller decides whether English "may" is a month.
    static func month(of word: String) -> Int? { months[word] }

    /// The day of the week of a folded word, 1 for Monday to 7.
    static func weekday(of word: String) -> Int? { weekdays[word] }

    private static let parts: [String: Part] = {
        var parts: [String: Part] = [:]
        for (value, names) in cardinals {
            for name in names.split(separator: " ") { parts[String(name)] = Part(value: value) }
        }
        for (value, names) in ordinals {
            for name in names.split(separator: " ") { parts[String(name)] = Part(value: value, isOrdinal: true) }
        }
        for (value, stems) in russianOrdinals {
            for stem in stems.split(separator: " ") {
                for ending in adjectiveEndings { parts[stem + ending] = Part(value: value, isOrdinal: true) }
            }
        }
        for (value, names) in scales {
            for name in names.split(separator: " ") { parts[String(name)] = Part(value: value, isScale: true) }
        }
        return parts
    }()

    private static let cardinals: [(Int, String)] = [
        (0, "zero ноль нуль нуля"), (1, "one один одна одно одного одной одну одним одному"),
        (2, "two два две двух двум двумя двое"), (3, "three три трех трем тремя трое"),
        (4, "four четыре четырех четырем четырьмя четверо"), (5, "five пять пяти пятью пятеро"),
        (6, "six шесть шести шестью шестеро"), (7, "seven семь семи семью семеро"),
        (8, "eight восемь восьми восемью"), (9, "nine девять девяти девятью"), (10, "ten десять десяти десятью"),
        (11, "eleven одиннадцать одиннадцати"), (12, "twelve двенадцать двенадцати dozen дюжина дюжину дюжины"),
        (13, "thirteen тринадцать тринадцати"), (14, "fourteen четырнадцать четырнадцати"),
        (15, "fifteen пятнадцать пятнадцати"), (16, "sixteen шестнадцать шестнадцати"),
        (17, "seventeen семнадцать семнадцати"), (18, "eighteen восемнадцать восемнадцати"),
        (19, "nineteen девятнадцать девятнадцати"), (20, "twenty двадцать двадцати двадцатью"),
        (30, "thirty тридцать тридцати"), (40, "forty сорок сорока"), (50, "fifty пятьдесят пятидесяти"),
        (60, "sixty шестьдесят шестидесяти"), (70, "seventy семьдесят семидесяти"),
        (80, "eighty восемьдесят восьмидесяти"), (90, "ninety девяносто девяноста"), (100, "сто ста"),
        (200, "двести двухсот двумстам"), (300, "триста трехсот"), (400, "четыреста четырехсот"),
        (500, "пятьсот пятисот"), (600, "шестьсот шестисот"), (700, "семьсот семисот"),
        (800, "восемьсот восьмисот"), (900, "девятьсот девятисот"),
    ]

    private static let ordinals: [(Int, String)] = [
        (1, "first"), (2, "second"), (3, "third третий третья третье третьего третьей третьем третьему третьи"),
        (4, "fourth"), (5, "fifth"), (6, "sixth"), (7, "seventh"), (8, "eighth"), (9, "ninth"), (10, "tenth"),
        (11, "eleventh"), (12, "twelfth"), (13, "thirteenth"), (14, "fourteenth"), (15, "fifteenth"),
        (16, "sixteenth"), (17, "seventeenth"), (18, "eighteenth"), (19, "nineteenth"), (20, "twentieth"),
        (30, "thirtieth"), (40, "fortieth"), (50, "fiftieth"), (60, "sixtieth"), (70, "seventieth"),
        (80, "eightieth"), (90, "ninetieth"), (100, "hundredth"),
    ]

    private static let russianOrdinals: [(Int, String)] = [
        (1, "перв"), (2, "втор"), (4, "четверт"), (5, "пят"), (6, "шест"), (7, "седьм"), (8, "восьм"), (9, "девят"),
        (10, "десят"), (11, "одиннадцат"), (12, "двенадцат"), (13, "тринадцат"), (14, "четырнадцат"),
        (15, "пятнадцат"), (16, "шестнадцат"), (17, "семнадцат"), (18, "восемнадцат"), (19, "девятнадцат"),
        (20, "двадцат"), (30, "тридцат"), (40, "сороков"), (50, "пятидесят"), (60, "шестидесят"),
        (70, "семидесят"), (80, "восьмидесят"), (90, "девяност"), (100, "сот"),
    ]

    private static let adjectiveEndings = [
        "ый", "ий", "ой", "ая", "ое", "ого", "ому", "ым", "ом", "ую", "ые", "ых", "ыми",
    ]

    private static let scales: [(Int, String)] = [
        (100, "hundred hundreds"), (1_000, "thousand thousands тысяча тысячи тысяч тысячу тысячей тысячам"),
        (1_000_000, "million millions миллион миллиона миллионов миллионам миллионами"),
        (1_000_000_000, "billion billions миллиард миллиарда миллиардов"),
        (1_000_000_000_000, "trillion trillions триллион триллиона триллионов"),
    ]

    private static let powers: [String: Int] = [
        "hundred": 2, "k": 3, "тыс": 3, "mln": 6, "mio": 6, "mn": 6, "млн": 6, "bn": 9, "mrd": 9, "млрд": 9, "трлн": 12,
    ]

    private static let powersByBeginning: [(String, Int)] = [
        ("thousand", 3), ("тысяч", 3), ("million", 6), ("миллион", 6), ("billion", 9), ("миллиард", 9),
        ("trillion", 12), ("триллион", 12),
    ]

    private static let months = numbered([
        "january jan январь января январе январю", "february feb февраль февраля феврале февралю",
        "march mar март марта марте марту", "april apr апрель апреля апреле апрелю", "may май мая мае маю",
        "june jun июнь июня июне июню", "july jul июль июля июле июлю", "august aug август августа августе августу",
        "september sep sept сентябрь сентября сентябре сентябрю", "october oct октябрь октября октябре октябрю",
        "november nov ноябрь ноября ноябре ноябрю", "december dec декабрь декабря декабре декабрю",
    ])

    private static let weekdays = numbered([
        "monday mondays понедельник понедельника понедельнику понедельникам понедельники",
        "tuesday tuesdays вторник вторника вторнику вторникам вторники", "wednesday wednesdays средам",
        "thursday thursdays четверг четверга четвергу четвергам четверги",
        "friday fridays пятница пятницы пятницу пятнице пятницам",
        "saturday saturdays суббота субботы субботу субботе субботам",
        "sunday sundays воскресенье воскресенья воскресеньям воскресенью",
    ])

    private static func numbered(_ lists: [String]) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (index, list) in lists.enumerated() {
            for name in list.split(separator: " ") { numbers[String(name)] = index + 1 }
        }
        return numbers
    }
}
