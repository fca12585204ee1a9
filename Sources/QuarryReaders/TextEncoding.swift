/// The encodings that text is read from.
public enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"
    case windows1251 = "windows-1251"
    case koi8R = "KOI8-R"
    case cp866 = "IBM866"
    case iso88595 = "ISO-8859-5"
    case macCyrillic = "x-mac-cyrillic"
    case windows1252 = "windows-1252"

    /// Bytes 0x80...0xFF as code points, 0 where a byte means nothing; nil for Unicode encodings.
    var table: [UInt16]? {
        switch self {
        case .windows1251: SingleByteTable.windows1251
        case .koi8R: SingleByteTable.koi8R
        case .cp866: SingleByteTable.cp866
        case .iso88595: SingleByteTable.iso88595
        case .macCyrillic: SingleByteTable.macCyrillic
        case .windows1252: SingleByteTable.windows1252
        case .utf8, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian: nil
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
