/// Quickly finds certain boundaries of grapheme clusters.
enum GraphemeBoundary {
    /// Whether the scalar never joins another scalar of this kind.
    ///
    /// There is always a boundary between two such scalars. The one exception, CR LF, is left to the caller. The ranges
    /// are those of common scripts; false only means that the full rules must decide.
    @inline(__always)
    static func standsAlone(_ scalar: UInt32) -> Bool {
        if scalar < 0x300 { return true }
        return switch scalar {
        case 0x370...0x482, 0x48A...0x58F, 0x5D0...0x5EA, 0x620...0x64A, 0x671...0x6D3, 0x904...0x939, 0xE01...0xE30,
            0xE40...0xE46, 0x10A0...0x10FF, 0x1E00...0x1FFF, 0x2010...0x2027, 0x2030...0x205E, 0x2070...0x20CF,
            0x2100...0x2BFF, 0x2E00...0x3029, 0x3030...0x3098, 0x309B...0xA48C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFF01...0xFF9D, 0xFFFD, 0x1F300...0x1F3FA, 0x1F400...0x1FAFF, 0x20000...0x2FA1F:
            true
        default: false
        }
    }
}
