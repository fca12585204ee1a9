import Foundation

/// Calls `body` with the text in which HTML entities of letters, spaces and invisible characters are these characters:
/// `caf&eacute;`, `M&#252;ller`, `12&nbsp;500`, `inter&shy;national`. Others stay.
/// - Complexity: O(bytes).
func withDecodedEntities<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    let ampersand = UInt8(ascii: "&")
    guard var next = bytes.firstIndex(of: ampersand) else { return body(bytes) }
    var decoded: [UInt8] = []
    var copied = 0
    while next < bytes.count {
        if bytes[next] == ampersand, let (scalar, end) = entity(in: bytes, at: next) {
            decoded.append(contentsOf: bytes[copied..<next])
            decoded.append(scalar: scalar.value)
            (copied, next) = (end, end)
        } else {
            next += 1
        }
    }
    guard copied > 0 else { return body(bytes) }
    decoded.append(contentsOf: bytes[copied...])
    return decoded.withUnsafeBufferPointer(body)
}

extension String {
    /// The text in which HTML entities of letters, marks, spaces and invisible characters are these characters.
    /// - Complexity: O(length).
    package var decodingHTMLEntities: String {
        guard utf8.contains(UInt8(ascii: "&")) else { return self }
        var text = self
        return text.withUTF8 { bytes in withDecodedEntities(bytes) { String(decoding: $0, as: UTF8.self) } }
    }
}

/// The character of the entity at an ampersand, and the offset after its semicolon.
private func entity(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (Unicode.Scalar, end: Int)? {
    let limit = min(bytes.count, start + 17)
    guard let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: ";")) else { return nil }
    let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
    return scalar(ofEntity: name).map { ($0, end + 1) }
}

private func scalar(ofEntity name: String) -> Unicode.Scalar? {
    if name.hasPrefix("#x") || name.hasPrefix("#X") {
        return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    }
    if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init) }
    if let scalar = namedEntities[name] { return scalar }
    // A letter and its diacritic: eacute, Scaron.
    guard let letter = name.first, letter.isASCII, letter.isLetter, let mark = diacritics[String(name.dropFirst())]
    else {
        return nil
    }
    let composed = "\(letter)\(mark)".precomposedStringWithCanonicalMapping.unicodeScalars
    return composed.count == 1 ? composed.first : nil
}

private let diacritics: [String: Unicode.Scalar] = [
    "grave": "\u{300}", "acute": "\u{301}", "circ": "\u{302}", "tilde": "\u{303}", "macr": "\u{304}",
    "breve": "\u{306}", "dot": "\u{307}", "uml": "\u{308}", "ring": "\u{30A}", "dblac": "\u{30B}", "caron": "\u{30C}",
    "cedil": "\u{327}", "ogon": "\u{328}",
]

private let namedEntities: [String: Unicode.Scalar] = [
    "szlig": "ß", "aelig": "æ", "AElig": "Æ", "oelig": "œ", "OElig": "Œ", "oslash": "ø", "Oslash": "Ø", "eth": "ð",
    "ETH": "Ð", "thorn": "þ", "THORN": "Þ", "lstrok": "ł", "Lstrok": "Ł", "dstrok": "đ", "Dstrok": "Đ", "inodot": "ı",
    "imath": "ı", "ordf": "ª", "ordm": "º", "micro": "µ", "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«",
    "raquo": "»", "ndash": "–", "mdash": "—", "hellip": "…", "euro": "€", "pound": "£", "deg": "°", "times": "×",
    "hyphen": "\u{2010}", "nbsp": "\u{A0}", "ensp": "\u{2002}", "emsp": "\u{2003}",
    "thinsp": "\u{2009}", "ZeroWidthSpace": "\u{200B}", "shy": "\u{AD}", "zwnj": "\u{200C}", "zwj": "\u{200D}",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "omicron": "ο", "pi": "π", "rho": "ρ",
    "sigma": "σ", "sigmaf": "ς", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Alpha": "Α", "Beta": "Β", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
]
