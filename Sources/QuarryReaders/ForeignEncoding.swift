/// Encodings that are recognised in order to be rejected.
enum ForeignEncoding: String, CaseIterable {
    case windows1250 = "WINDOWS-1250"
    case iso88592 = "ISO-8859-2"
    case windows1254 = "WINDOWS-1254"
    case windows1257 = "WINDOWS-1257"
    case iso88597 = "ISO-8859-7"
    case windows1253 = "WINDOWS-1253"
    case windows1255 = "WINDOWS-1255"
    case windows1256 = "WINDOWS-1256"
    case iso88596 = "ISO-8859-6"
    case tis620 = "TIS-620"
    case koi8U = "KOI8-U"
    case iso885915 = "ISO-8859-15"
    case cp852 = "IBM852"
    case cp855 = "IBM855"
    case cp850 = "IBM850"
    case macRoman = "MACINTOSH"

    /// Bytes 0x80...0xFF as code points, 0 where a byte means nothing.
    var table: [UInt16] {
        switch self {
        case .windows1250: ForeignByteTable.windows1250
        case .iso88592: ForeignByteTable.iso88592
        case .windows1254: ForeignByteTable.windows1254
        case .windows1257: ForeignByteTable.windows1257
        case .iso88597: ForeignByteTable.iso88597
        case .windows1253: ForeignByteTable.windows1253
        case .windows1255: ForeignByteTable.windows1255
        case .windows1256: ForeignByteTable.windows1256
        case .iso88596: ForeignByteTable.iso88596
        case .tis620: ForeignByteTable.tis620
        case .koi8U: ForeignByteTable.koi8U
        case .iso885915: ForeignByteTable.iso885915
        case .cp852: ForeignByteTable.cp852
        case .cp855: ForeignByteTable.cp855
        case .cp850: ForeignByteTable.cp850
        case .macRoman: ForeignByteTable.macRoman
        }
    }

    /// The languages that are written in it and told by their letters.
    var languages: [LanguageProfile] {
        switch self {
        case .windows1250, .iso88592: [.czech, .slovak, .polish, .hungarian, .romanian, .croatian, .slovene]
        case .cp852: [.czech, .slovak, .polish, .hungarian]
        case .windows1254: [.turkish]
        case .windows1257: [.lithuanian, .latvian, .estonian]
        case .iso88597, .windows1253: [.greek]
        case .windows1255: [.hebrew]
        case .windows1256, .iso88596: [.arabic]
        case .tis620: [.thai]
        case .koi8U: [.ukrainian]
        case .cp855: [.russian]
        case .iso885915: [LanguageProfile.english, .french, .german].map { $0.blended() }
        case .cp850, .macRoman:
            [LanguageProfile.german, .french, .spanish, .swedish, .danish, .italian, .portuguese].map { $0.blended() }
        }
    }

    /// How much less likely it is met than the others, as a logarithm: encodings of DOS and of the old Macintosh.
    var prior: Double {
        switch self {
        case .cp850, .cp852, .cp855, .macRoman: -6
        default: 0
        }
    }
}
