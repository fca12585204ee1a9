/// A unit of measure, of currency or of a share, in English and Russian, as a word, an abbreviation or a sign.
package struct MeasureUnit: Sendable, Hashable {
    /// What is measured, such as a length. Only units of one dimension can be compared.
    package var dimension: String
    /// How many of the dimension's smallest unit it is.
    package var factor: Double

    static let percent = MeasureUnit(dimension: "share", factor: 1)
    /// "20 percentage points" is another change than "20 percent".
    static let percentagePoint = MeasureUnit(dimension: "points", factor: 1)
    static let celsius = MeasureUnit(dimension: "celsius", factor: 1)
    static let hour = MeasureUnit(dimension: "time", factor: 3_600)

    /// The unit that a folded word after a number names.
    ///
    /// - `isAttached`: Whether the word stands without a space after the digits. Some abbreviations are units only then.
    static func unit(of word: String, isAttached: Bool) -> MeasureUnit? {
        if let unit = words[word] { return unit }
        if isAttached, let unit = attached[word] { return unit }
        guard word.count > 3 else { return nil }
        return beginnings.first { word.hasPrefix($0.0) && word.count <= $0.0.count + 3 }?.1
    }

    /// The unit of a sign such as `%`, `€` or `°`.
    static func unit(ofSign sign: String) -> MeasureUnit? { signs[sign] }

    var isCurrency: Bool { ["dollar", "euro", "sterling", "rouble", "yen", "yuan"].contains(dimension) }

    /// The scale that a letter after the sign of degrees names.
    static func scale(of letter: String) -> MeasureUnit? {
        switch letter {
        case "c", "с": celsius
        case "f": MeasureUnit(dimension: "fahrenheit", factor: 1)
        case "k", "к": MeasureUnit(dimension: "kelvin", factor: 1)
        default: nil
        }
    }

    /// Whether this is a temperature whose scale is not named, or the other is, so that only numbers can be compared.
    func mayBe(_ other: MeasureUnit) -> Bool {
        let scales = ["celsius", "fahrenheit", "kelvin"]
        return dimension == "degree" && scales.contains(other.dimension)
            || other.dimension == "degree" && scales.contains(dimension)
    }

    /// The unit for one of this unit in each hour: km/h.
    var perHour: MeasureUnit { MeasureUnit(dimension: dimension + "/h", factor: factor) }
    /// The unit of the square with this side.
    var squared: MeasureUnit { MeasureUnit(dimension: "area", factor: factor * factor) }

    private static let table: [(dimension: String, factor: Double, words: String, beginnings: String)] = [
        ("length", 0.001, "mm мм", "millimet миллиметр"), ("length", 0.01, "cm см", "centimet сантиметр"),
        ("length", 1, "m metre metres meter meters м метр метра метров метре метрах", ""),
        ("length", 1_000, "km км", "kilomet километр"), ("length", 1_609.344, "mi mile miles миля мили миль", ""),
        ("length", 0.3048, "ft foot feet фут фута футов", ""),
        ("length", 0.0254, "inch inches дюйм дюйма дюймов", ""), ("length", 0.9144, "yd yard yards ярд ярда ярдов", ""),
        ("mass", 0.000_001, "mg мг", "milligram миллиграмм"),
        ("mass", 0.001, "g gram grams gramme grammes гр грамм грамма граммов граммах", ""),
        ("mass", 1, "kg kilo kilos кг кило", "kilogram килограмм"),
        ("mass", 1_000, "t ton tons tonne tonnes т тонна тонны тонн тонну", ""),
        ("mass", 0.453_592_37, "lb lbs pound pounds фунт фунта фунтов", ""),
        ("mass", 0.028_349_523, "oz ounce ounces", ""),
        ("time", 0.001, "ms мс", "millisecond миллисекунд"),
        ("time", 1, "sec secs second seconds сек секунда секунды секунд секунду", ""),
        ("time", 60, "min mins minute minutes мин минута минуты минут минуту", ""),
        ("time", 3_600, "h hr hrs hour hours ч час часа часов часы часам", ""),
        ("time", 86_400, "day days день дня дней дни сутки суток дням", ""),
        ("time", 604_800, "week weeks неделя недели недель неделю неделям", ""),
        ("calendar", 1, "month months месяц месяца месяцев месяцам", ""),
        ("calendar", 12, "year years yr yrs год года лет годы годам", ""),
        ("calendar", 120, "decade decades десятилетие десятилетия десятилетий", ""),
        ("volume", 0.001, "ml мл", "millilit миллилитр"),
        ("volume", 1, "l litre litres liter liters л литр литра литров", ""),
        ("volume", 3.785_411_784, "gallon gallons галлон галлона галлонов", ""),
        ("area", 10_000, "ha hectare hectares га", "гектар"), ("area", 4_046.856, "acre acres акр акра акров", ""),
        ("area", 1, "m2 м2", ""), ("area", 1_000_000, "km2 км2", ""),
        ("share", 1, "percent pct", "процент"),
        ("dollar", 1, "usd dollar dollars доллар доллара долларов долларам", ""),
        ("euro", 1, "eur euro euros евро", ""), ("sterling", 1, "gbp", ""),
        ("rouble", 1, "rub rur руб рубль рубля рублей рублям", "rouble ruble"), ("yen", 1, "yen jpy иена иены иен", ""),
        ("yuan", 1, "yuan cny юань юаня юаней", ""),
        ("degree", 1, "degree degrees", "градус"), ("celsius", 1, "celsius centigrade", "цельси"),
        ("fahrenheit", 1, "fahrenheit", "фаренгейт"), ("kelvin", 1, "kelvin kelvins", "кельвин"),
        ("times", 1, "times fold раз раза", ""),
        ("data", 1, "byte bytes байт байта байтов", ""), ("data", 1e3, "kb кб килобайт килобайта", "kilobyte"),
        ("data", 1e6, "mb мб мегабайт мегабайта", "megabyte"), ("data", 1e9, "gb гб гигабайт гигабайта", "gigabyte"),
        ("data", 1e12, "tb тб терабайт терабайта", "terabyte"),
        ("power", 1, "w watt watts вт ватт ватта", ""), ("power", 1e3, "kw квт", "kilowatt киловатт"),
        ("power", 1e6, "mw мвт", "megawatt мегаватт"), ("power", 1e9, "gw гвт", "gigawatt гигаватт"),
        ("energy", 1, "kwh", ""), ("voltage", 1, "v volt volts вольт вольта", ""),
        ("frequency", 1, "hz гц", "hertz герц"), ("frequency", 1e3, "khz кгц", "kilohertz килогерц"),
        ("frequency", 1e6, "mhz мгц", "megahertz мегагерц"), ("frequency", 1e9, "ghz ггц", "gigahertz гигагерц"),
        ("length/h", 1_000, "kph kmh", ""), ("length/h", 1_609.344, "mph", ""),
        ("pressure", 1, "pa па", "pascal паскал"), ("pressure", 100_000, "bar бар", ""),
        ("level", 1, "db дб", "decibel децибел"),
    ]

    private static let words: [String: MeasureUnit] = {
        var units: [String: MeasureUnit] = [:]
        for row in table {
            let unit = MeasureUnit(dimension: row.dimension, factor: row.factor)
            for word in row.words.split(separator: " ") { units[String(word)] = unit }
        }
        return units
    }()

    private static let beginnings: [(String, MeasureUnit)] = table.flatMap { row in
        row.beginnings.split(separator: " ").map {
            (String($0), MeasureUnit(dimension: row.dimension, factor: row.factor))
        }
    }

    private static let attached: [String: MeasureUnit] = [
        "s": MeasureUnit(dimension: "time", factor: 1), "с": MeasureUnit(dimension: "time", factor: 1),
        "г": MeasureUnit(dimension: "mass", factor: 0.001), "in": MeasureUnit(dimension: "length", factor: 0.0254),
        "a": MeasureUnit(dimension: "current", factor: 1),
    ]

    private static let signs: [String: MeasureUnit] = [
        "%": percent, "٪": percent, "$": MeasureUnit(dimension: "dollar", factor: 1),
        "€": MeasureUnit(dimension: "euro", factor: 1), "£": MeasureUnit(dimension: "sterling", factor: 1),
        "₽": MeasureUnit(dimension: "rouble", factor: 1), "¥": MeasureUnit(dimension: "yen", factor: 1),
        "°": MeasureUnit(dimension: "degree", factor: 1), "℃": celsius,
        "℉": MeasureUnit(dimension: "fahrenheit", factor: 1),
    ]
}
