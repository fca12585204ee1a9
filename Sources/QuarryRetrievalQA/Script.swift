/// A writing system, as far as overlap of words depends on it.
enum Script: Sendable, Hashable {
    case latin
    case cyrillic

    /// The script of most letters of a text; nil where neither has more.
    init?(of text: String) {
        var latin = 0
        var cyrillic = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F: latin += 1
            case 0x400...0x52F: cyrillic += 1
            default: break
            }
        }
        guard latin != cyrillic else { return nil }
        self = latin > cyrillic ? .latin : .cyrillic
    }
}
