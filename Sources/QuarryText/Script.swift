/// A writing system that the analysis distinguishes.
package enum Script: String, Sendable, Codable, CaseIterable {
    case latin
    case cyrillic
    case greek
    case armenian
    case hebrew
    case arabic
    case devanagari
    case tamil
    case thai
    case han
    case kana
    case hangul
    /// Letters of any other writing system.
    case other
}

/// The writing systems of the letters in a text. Digits, punctuation and symbols belong to none.
///
/// If an index has no document in the script of a question, it cannot answer by words; callers compare the two sets to
/// warn about it.
/// - Complexity: O(bytes).
package func scripts(of text: String) -> Set<Script> {
    let counts = ScriptCounts(text, limit: .max)
    return Set(Script.allCases.filter { counts[$0] > 0 })
}

/// The more frequent of the Latin and Cyrillic scripts in a text; nil if they are equal.
/// - Complexity: O(bytes).
package func dominantScript(of text: String) -> Script? {
    let counts = ScriptCounts(text, limit: .max)
    guard counts[.latin] != counts[.cyrillic] else { return nil }
    return counts[.latin] > counts[.cyrillic] ? .latin : .cyrillic
}

/// The number of letters of each script in a text.
struct ScriptCounts {
    private var counts = [Int](repeating: 0, count: Script.allCases.count)
    private(set) var total = 0

    /// Counts the letters among the first `limit` scalars.
    init(_ text: String, limit: Int) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            var seen = 0
            while offset < bytes.count, seen < limit {
                let (scalar, width) = bytes.scalar(at: offset)
                offset += width
                seen += 1
                guard ScalarClass(of: scalar).isLetter else { continue }
                counts[Script(ofLetter: scalar).index] += 1
                total += 1
            }
        }
    }

    subscript(script: Script) -> Int { counts[script.index] }
}

extension Script {
    /// The index in `allCases`.
    var index: Int {
        switch self {
        case .latin: 0
        case .cyrillic: 1
        case .greek: 2
        case .armenian: 3
        case .hebrew: 4
        case .arabic: 5
        case .devanagari: 6
        case .tamil: 7
        case .thai: 8
        case .han: 9
        case .kana: 10
        case .hangul: 11
        case .other: 12
        }
    }

    /// The script of a letter, by Unicode block.
    init(ofLetter scalar: UInt32) {
        switch scalar {
        case 0..<0x80: self = .latin
        case 0x400..<0x530, 0x1C80..<0x1C90, 0x1D2B, 0x2DE0..<0x2E00, 0xA640..<0xA6A0: self = .cyrillic
        case 0xAA, 0xBA, 0xC0..<0x2B0, 0x1D00..<0x1D26, 0x1E00..<0x1F00, 0x2C60..<0x2C80, 0xA720..<0xA800,
            0xAB30..<0xAB70, 0xFB00..<0xFB07, 0xFF21..<0xFF3B, 0xFF41..<0xFF5B:
            self = .latin
        case 0x370..<0x400, 0x1F00..<0x2000: self = .greek
        case 0x530..<0x590, 0xFB13..<0xFB18: self = .armenian
        case 0x590..<0x600, 0xFB1D..<0xFB50: self = .hebrew
        case 0x600..<0x700, 0x750..<0x780, 0x8A0..<0x900, 0xFB50..<0xFE00, 0xFE70..<0xFEFF: self = .arabic
        case 0x900..<0x980, 0xA8E0..<0xA900: self = .devanagari
        case 0xB80..<0xC00: self = .tamil
        case 0xE00..<0xE80: self = .thai
        case 0x2E80..<0x2FE0, 0x3005..<0x3008, 0x3021..<0x3030, 0x3038..<0x303C, 0x3400..<0x4DC0, 0x4E00..<0xA000,
            0xF900..<0xFB00, 0x20000..<0x323B0:
            self = .han
        case 0x3031..<0x3036, 0x3040..<0x3100, 0x31F0..<0x3200, 0xFF66..<0xFFA0, 0x1B000..<0x1B170: self = .kana
        case 0x1100..<0x1200, 0x3130..<0x3190, 0xA960..<0xA980, 0xAC00..<0xD800, 0xFFA0..<0xFFE0: self = .hangul
        default: self = .other
        }
    }
}
