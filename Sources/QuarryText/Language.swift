/// A language with its own analysis; raw values are ISO 639-1 codes.
///
/// All except the last three have a Snowball stemmer; those three are indexed by pairs of characters.
public enum Language: String, Sendable, Codable, CaseIterable {
    case english = "en"
    case russian = "ru"
    case german = "de"
    case french = "fr"
    case spanish = "es"
    case italian = "it"
    case portuguese = "pt"
    case dutch = "nl"
    case swedish = "sv"
    case danish = "da"
    case norwegian = "no"
    case finnish = "fi"
    case hungarian = "hu"
    case romanian = "ro"
    case turkish = "tr"
    case catalan = "ca"
    case basque = "eu"
    case irish = "ga"
    case lithuanian = "lt"
    case indonesian = "id"
    case serbian = "sr"
    case greek = "el"
    case armenian = "hy"
    case arabic = "ar"
    case hindi = "hi"
    case nepali = "ne"
    case tamil = "ta"
    case yiddish = "yi"
    case chinese = "zh"
    case japanese = "ja"
    case korean = "ko"
}

extension Language {
    /// The script of the language. Serbian counts as Cyrillic.
    package var script: Script {
        switch self {
        case .english, .german, .french, .spanish, .italian, .portuguese, .dutch, .swedish, .danish, .norwegian,
            .finnish, .hungarian, .romanian, .turkish, .catalan, .basque, .irish, .lithuanian, .indonesian:
            .latin
        case .russian, .serbian: .cyrillic
        case .greek: .greek
        case .armenian: .armenian
        case .arabic: .arabic
        case .hindi, .nepali: .devanagari
        case .tamil: .tamil
        case .yiddish: .hebrew
        case .chinese: .han
        case .japanese: .kana
        case .korean: .hangul
        }
    }

    /// The name of its algorithm in libstemmer; nil if there is none.
    var stemmerName: String? {
        switch self {
        case .chinese, .japanese, .korean: nil
        default: rawValue
        }
    }

    /// The index in `allCases`.
    var index: Int { Language.positions[self] ?? 0 }

    private static let positions = Dictionary(
        uniqueKeysWithValues: zip(Language.allCases, 0..<Language.allCases.count))
}

extension Script {
    /// The default language for stemming words of this script.
    package var defaultLanguage: Language? {
        switch self {
        case .latin: .english
        case .cyrillic: .russian
        case .greek: .greek
        case .armenian: .armenian
        case .arabic: .arabic
        case .devanagari: .hindi
        case .tamil: .tamil
        case .hebrew, .thai, .han, .kana, .hangul, .other: nil
        }
    }
}
