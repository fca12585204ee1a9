extension TextEncoding {
    /// The encoding with a name of the WHATWG Encoding Standard, of IANA or of Windows, such as `latin1`; nil for one that
    /// is not supported. ISO 8859-1, -8 and -9 are read as the supersets of Windows.
    init?(label: String) {
        let name = String(label.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(40))
        func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
        if let known = Self.aliases[name] ?? Self.allCases.first(where: { plain($0.rawValue) == name }) {
            self = known
            return
        }
        for prefix in ["cp", "xcp", "ibm", "windows", "win"] where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count)
            if let known = Self.allCases.first(where: { $0.charset == "CP\(number)" }) {
                self = known
                return
            }
        }
        return nil
    }

    /// By names in lower case with letters and digits only.
    private static let aliases: [String: TextEncoding] = [
        "ascii": .windows1252, "usascii": .windows1252, "iso88591": .windows1252, "latin1": .windows1252,
        "xansi": .windows1252, "ansi": .windows1252, "iso88599": .windows1254, "latin5": .windows1254,
        "latin2": .iso88592, "latin9": .iso885915, "iso88598": .windows1255, "iso88598i": .windows1255,
        "iso885911": .tis620, "windows874": .tis620, "cp874": .tis620, "koi": .koi8R, "koi8": .koi8R,
        "ksc56011987": .eucKR, "ksc5601": .eucKR, "uhc": .eucKR, "cp949": .eucKR, "windows949": .eucKR,
        "gb2312": .gb18030, "gb231280": .gb18030, "gbk": .gb18030, "xgbk": .gb18030, "cp936": .gb18030,
        "euccn": .gb18030, "sjis": .shiftJIS, "xsjis": .shiftJIS, "windows31j": .shiftJIS, "ms932": .shiftJIS,
        "mskanji": .shiftJIS, "xeucjp": .eucJP, "big5hkscs": .big5, "cp950": .big5, "xxbig5": .big5,
        "iso2022jp1": .iso2022JP, "iso2022jp2": .iso2022JP, "iso2022jpms": .iso2022JP, "csiso2022jp": .iso2022JP,
        "xmacroman": .macRoman, "macroman": .macRoman, "maccyrillic": .macCyrillic, "utf16": .utf16LittleEndian,
    ]
}
