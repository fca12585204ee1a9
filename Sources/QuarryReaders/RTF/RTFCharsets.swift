/// Decodes the bytes of RTF, whose code page is that of the font.
struct RTFCharsets {
    /// The code page of the file (`\ansicpg`).
    var codePage = 1252
    /// The code pages of fonts, by number; 0 means an ANSI font.
    private var fonts: [Int: Int] = [:]
    private var knownCodePages: Set<Int> = []
    private var readers: [Int: CharsetTable.Reader?] = [:]
    /// Of further code pages the bytes are read as Windows-1252.
    private static let maximumTables = 32
    private static let maximumFonts = 10_000
    /// Fonts of signs, in which bytes are not letters.
    static let symbols = 42

    mutating func setCodePage(_ codePage: Int, ofFont font: Int) {
        guard fonts.count < RTFCharsets.maximumFonts else { return }
        fonts[font] = codePage
        knownCodePages.insert(codePage)
    }

    mutating func setCharset(_ charset: Int, ofFont font: Int) {
        setCodePage(RTFCharsets.codePages[charset] ?? codePage, ofFont: font)
    }

    func codePage(ofFont font: Int) -> Int {
        guard let known = fonts[font] else { return codePage }
        guard known == 0 else { return known }
        // Word has other fonts for the letters of the file's code page. Without such fonts, this font has them.
        return knownCodePages.contains(codePage) ? 1252 : codePage
    }

    /// The code page of `\fcharset`.
    private static let codePages = [
        0: 0, 2: symbols, 77: 10_000, 78: 932, 79: 949, 80: 936, 81: 950, 89: 10_007, 128: 932, 129: 949, 130: 1361,
        134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874,
        238: 1250, 254: 437, 255: 850,
    ]

    /// The number of bytes of a character, by its first.
    static func length(_ lead: UInt8, codePage: Int) -> Int {
        switch codePage {
        case 932: (0x81...0x9F).contains(lead) || (0xE0...0xFC).contains(lead) ? 2 : 1
        case 936, 949, 950, 1361: (0x81...0xFE).contains(lead) ? 2 : 1
        case 65_001: lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        default: 1
        }
    }

    /// The character of a sequence; U+FFFD if it is invalid, nil if it is a sign of a font.
    mutating func character(_ bytes: [UInt8], codePage: Int) -> Unicode.Scalar? {
        if codePage == RTFCharsets.symbols { return bytes.first.flatMap(RTFCharsets.symbol) }
        if let byte = bytes.first, bytes.count == 1, byte < 0x80 { return Unicode.Scalar(byte) }
        if codePage == 65_001 { return String(decoding: bytes, as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}" }
        if readers[codePage] == nil {
            let isAllowed = readers.count < RTFCharsets.maximumTables
            readers[codePage] = .some(isAllowed ? RTFCharsets.table(codePage).map(CharsetTable.Reader.init) : nil)
        }
        guard var reader = readers[codePage] ?? nil else { return "\u{FFFD}" }
        return bytes.withUnsafeBufferPointer { reader.character(in: $0, at: 0)?.scalar } ?? "\u{FFFD}"
    }

    /// A letter of a font of signs, of which only ASCII and bullets are known.
    static func symbol(_ byte: UInt8) -> Unicode.Scalar? {
        byte == 0xB7 || byte == 0xA7 ? "•" : byte < 0x80 ? Unicode.Scalar(byte) : nil
    }

    private static func table(_ codePage: Int) -> CharsetTable? {
        let encoding: TextEncoding? =
            switch codePage {
            case 932: .shiftJIS
            case 936, 54_936: .gb18030
            case 949: .eucKR
            case 950: .big5
            case 1361: .johab
            case 874: .tis620
            case 10_000: .macRoman
            case 10_007: .macCyrillic
            case 20_866: .koi8R
            case 21_866: .koi8U
            default: TextEncoding.allCases.first { $0.charset == "CP\(codePage)" }
            }
        if let encoding { return CharsetTable.available[encoding] }
        return CharsetTable(charset: "CP\(codePage)") ?? CharsetTable.available[.windows1252]
    }
}
