/// The supported text encodings.
public enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"

    // One byte a character
    case windows1250 = "windows-1250"
    case windows1251 = "windows-1251"
    case windows1252 = "windows-1252"
    case windows1253 = "windows-1253"
    case windows1254 = "windows-1254"
    case windows1255 = "windows-1255"
    case windows1256 = "windows-1256"
    case windows1257 = "windows-1257"
    case iso88592 = "ISO-8859-2"
    case iso88595 = "ISO-8859-5"
    case iso88596 = "ISO-8859-6"
    case iso88597 = "ISO-8859-7"
    case iso885915 = "ISO-8859-15"
    case koi8R = "KOI8-R"
    case koi8U = "KOI8-U"
    case cp850 = "IBM850"
    case cp852 = "IBM852"
    case cp855 = "IBM855"
    case cp866 = "IBM866"
    case macCyrillic = "x-mac-cyrillic"
    case macRoman = "macintosh"
    case tis620 = "TIS-620"

    // Several bytes a character
    case shiftJIS = "Shift_JIS"
    case eucJP = "EUC-JP"
    case gb18030 = "GB18030"
    case big5 = "Big5"
    case eucTW = "EUC-TW"
    case eucKR = "EUC-KR"
    case johab = "Johab"

    // Seven bits and escape sequences
    case iso2022JP = "ISO-2022-JP"
    case iso2022KR = "ISO-2022-KR"
    case iso2022CN = "ISO-2022-CN"

    /// The name of its table, or of a superset of it, in both glibc and libiconv; nil for Unicode and ISO 2022.
    var charset: String? {
        switch self {
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian: nil
        case .iso2022JP, .iso2022KR, .iso2022CN: nil
        case .shiftJIS: "CP932"
        case .eucKR: "CP949"
        #if canImport(Glibc)
            case .macCyrillic: "MAC-CYRILLIC"
        #else
            case .macCyrillic: "MacCyrillic"
        #endif
        case .windows1250, .windows1251, .windows1252, .windows1253, .windows1254, .windows1255, .windows1256,
            .windows1257:
            "CP" + rawValue.suffix(4)
        case .cp850, .cp852, .cp855, .cp866: "CP" + rawValue.suffix(3)
        default: rawValue.uppercased()
        }
    }

    /// Bytes of a code unit.
    var unit: Int {
        switch self {
        case .utf16LittleEndian, .utf16BigEndian: 2
        case .utf32LittleEndian, .utf32BigEndian: 4
        default: 1
        }
    }

    var isLittleEndian: Bool { self == .utf16LittleEndian || self == .utf32LittleEndian }
}
