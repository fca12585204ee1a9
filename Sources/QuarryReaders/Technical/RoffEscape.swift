/// An escape sequence of roff, such as `\fB`, `\(em` and `\[u2014]`.
struct RoffEscape {
    /// What it prints.
    private(set) var text = ""
    /// The offset after it.
    private(set) var end: Int

    /// - `offset`: That of the backslash.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, before limit: Int, strings: [String: String]) {
        end = min(offset + 2, limit)
        guard offset + 1 < limit else { return }
        switch bytes[offset + 1] {
        case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "g"), UInt8(ascii: "k"), UInt8(ascii: "m"),
            UInt8(ascii: "M"), UInt8(ascii: "n"), UInt8(ascii: "V"), UInt8(ascii: "Y"):
            _ = name(bytes, from: offset + 2, before: limit)
        case UInt8(ascii: "*"):
            let name = name(bytes, from: offset + 2, before: limit)
            text = strings[name] ?? Self.strings[name] ?? ""
        case UInt8(ascii: "("), UInt8(ascii: "["):
            let name = name(bytes, from: offset + 1, before: limit)
            text = Self.character(name)
        case UInt8(ascii: "s"):
            end = offset + 2
            if end < limit, "+-".utf8.contains(bytes[end]) { end += 1 }
            if end < limit, "([".utf8.contains(bytes[end]) {
                _ = name(bytes, from: end, before: limit)
            } else {
                var digits = 0
                while end < limit, digits < 2, bytes[end].isASCIIDigit {
                    end += 1
                    digits += 1
                }
            }
        case UInt8(ascii: "h"), UInt8(ascii: "v"), UInt8(ascii: "w"), UInt8(ascii: "l"), UInt8(ascii: "L"),
            UInt8(ascii: "o"), UInt8(ascii: "b"), UInt8(ascii: "D"), UInt8(ascii: "X"), UInt8(ascii: "Z"),
            UInt8(ascii: "N"), UInt8(ascii: "S"), UInt8(ascii: "H"), UInt8(ascii: "x"):
            guard offset + 2 < limit else { return }
            let quote = bytes[offset + 2]
            end = offset + 3
            while end < min(limit, offset + 256), bytes[end] != quote { end += 1 }
            end = min(end + 1, limit)
        case UInt8(ascii: "\""), UInt8(ascii: "#"): end = limit
        case UInt8(ascii: "-"), UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: "`"):
            text = String(UnicodeScalar(bytes[offset + 1]))
        case UInt8(ascii: "e"), UInt8(ascii: "E"): text = "\\"
        case UInt8(ascii: " "), UInt8(ascii: "~"), UInt8(ascii: "0"): text = " "
        case UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: "/"), UInt8(ascii: ","),
            UInt8(ascii: "%"), UInt8(ascii: ":"), UInt8(ascii: "c"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "d"), UInt8(ascii: "u"), UInt8(ascii: "r"), UInt8(ascii: "p"), UInt8(ascii: "t"),
            UInt8(ascii: "a"), UInt8(ascii: "z"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ")"):
            text = bytes[offset + 1] == UInt8(ascii: "t") ? " " : ""
        default:
            // An escaped letter is that letter.
            end = offset + 1
        }
    }

    /// A name of one letter, of two after `(`, or in brackets. The end of the escape follows it.
    private mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, before limit: Int) -> String {
        var range = min(start, limit)..<min(start + 1, limit)
        end = range.upperBound
        if bytes.byte(start) == UInt8(ascii: "(") {
            range = min(start + 1, limit)..<min(start + 3, limit)
            end = range.upperBound
        } else if bytes.byte(start) == UInt8(ascii: "["), start < limit {
            var close = start + 1
            while close < min(limit, start + 64), bytes[close] != UInt8(ascii: "]") { close += 1 }
            range = start + 1..<max(start + 1, close)
            end = min(close + 1, limit)
        } else if bytes.byte(start) == UInt8(ascii: "+") || bytes.byte(start) == UInt8(ascii: "-") {
            end = min(start + 2, limit)
        }
        return bytes.string(range)
    }

    private static func character(_ name: String) -> String {
        if let known = characters[name] { return known }
        if name.hasPrefix("u"), name.utf8.count >= 5,
            let value = UInt32(name.dropFirst().prefix { $0 != "_" }, radix: 16),
            let scalar = Unicode.Scalar(value)
        {
            return String(scalar)
        }
        // A letter with an accent: `'e`, `:u`, `,c`.
        let letters = Array(name.unicodeScalars)
        if letters.count == 2, let accent = accents[letters[0]] { return "\(letters[1])\(accent)" }
        return ""
    }

    private static let accents: [Unicode.Scalar: Unicode.Scalar] = [
        "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}", ":": "\u{308}", ",": "\u{327}", "o": "\u{30A}",
        "v": "\u{30C}",
    ]
    private static let characters: [String: String] = [
        "em": "—", "en": "–", "hy": "-", "bu": "•", "co": "©", "rg": "®", "tm": "™", "aq": "'", "dq": "\"", "lq": "“",
        "rq": "”", "oq": "‘", "cq": "’", "ga": "`", "ha": "^", "ti": "~", "rs": "\\", "sl": "/", "at": "@", "sh": "#",
        "Do": "$", "Eu": "€", "Po": "£", "Ye": "¥", "ct": "¢", "de": "°", "+-": "±", "mu": "×", "di": "÷", "<=": "≤",
        ">=": "≥", "!=": "≠", "->": "→", "<-": "←", "ua": "↑", "da": "↓", "<>": "↔", "if": "∞", "Fo": "«", "Fc": "»",
        "fo": "‹", "fc": "›", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "/o": "ø", "/O": "Ø", "12": "½",
        "14": "¼", "34": "¾", "sc": "§", "ps": "¶", "dg": "†", "dd": "‡", "lB": "[", "rB": "]", "lC": "{", "rC": "}",
        "la": "⟨", "ra": "⟩", "ba": "|", "br": "|", "or": "|", "ul": "_", "**": "*", "pl": "+", "mi": "−", "eq": "=",
        "*a": "α",
        "*b": "β", "*g": "γ", "*d": "δ", "*p": "π", "*m": "μ", "*l": "λ", "*W": "Ω", "Bq": "„", "bq": "‚", "S2": "²",
        "S3": "³", "S1": "¹", "~~": "≈", "~=": "≅", "no": "¬", "sq": "□", "r!": "¡", "r?": "¿", "OK": "✓",
    ]
    private static let strings: [String: String] = [
        "lq": "“", "rq": "”", "L\"": "“", "R\"": "”", "R": "®", "Tm": "™", "Aq": "'", "C+": "C++", "C`": "\"",
        "C'": "\"",
        "-": "-", "--": "–", "PI": "π", "Gt": ">", "Lt": "<", "Ba": "|",
    ]
}

extension String {
    /// The text with its escape sequences of roff replaced.
    func replacingRoffEscapes() -> String {
        let source = Array(utf8)
        var text: [UInt8] = []
        source.withUnsafeBufferPointer { bytes in
            var offset = 0
            while offset < bytes.count {
                guard bytes[offset] == 0x5C else {
                    text.append(bytes[offset])
                    offset += 1
                    continue
                }
                let escape = RoffEscape(bytes, at: offset, before: bytes.count, strings: [:])
                text += escape.text.utf8
                offset = max(offset + 1, escape.end)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
