/// The delimiter that encloses document text in one prompt, and the escaping that keeps the text inside.
///
/// The key is a hash of the whole content of the prompt, hashed again until it does not occur in the content. So no
/// document can write a closing tag, because the key occurs in no document. Equal contents give an equal fence, which
/// keeps prompts reproducible and caches effective.
struct Fence: Sendable, Hashable {
    /// 16 hexadecimal digits.
    let key: String

    /// - Parameter texts: The whole content of the prompt except the instructions, unescaped.
    init(around texts: [String]) {
        let texts = texts.map(Fence.escape)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for text in texts {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        var key = Fence.hexadecimal(hash)
        while texts.contains(where: { Fence.occurs(key, in: $0) }) {
            hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            key = Fence.hexadecimal(hash ^ hash >> 29)
        }
        self.key = key
    }

    /// A passage between its tags.
    func enclose(_ text: String, number: Int, source: String, lines: ClosedRange<Int>) -> String {
        """
        <passage-\(key) number="\(number)" source="\(Fence.escapeAttribute(source))" \
        lines="\(lines.lowerBound)-\(lines.upperBound)">
        \(Fence.escape(text))
        </passage-\(key)>
        """
    }

    /// Any other text between tags.
    func enclose(_ text: String, as tag: String) -> String {
        "<\(tag)-\(key)>\n\(Fence.escape(text))\n</\(tag)-\(key)>"
    }

    /// Escapes document text for a prompt.
    ///
    /// Tags that look like the fence and the control marks of chat templates (`<|…|>`, `<｜…｜>`, `[INST]`, `<<SYS>>`,
    /// `<s>`) get look-alike brackets. Characters that hide or reorder text are removed. All other text is unchanged.
    static func escape(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isHidden(scalar) { scalars.append(scalar) }
        var bytes: [UInt8] = []
        let source = Array(String(scalars).utf8)
        bytes.reserveCapacity(source.count + 16)
        var position = 0
        while position < source.count {
            if let mark = controlMarks.first(where: { starts(source, position, with: $0.pattern) }) {
                bytes += mark.replacement
                position += mark.length
            } else {
                bytes.append(source[position])
                position += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escapeAttribute(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in escape(text).unicodeScalars {
            switch scalar {
            case "\"": result.append(contentsOf: "'".unicodeScalars)
            case "<", ">": result.append(contentsOf: (scalar == "<" ? "‹" : "›").unicodeScalars)
            default: result.append(scalar.properties.generalCategory == .control ? " " : scalar)
            }
        }
        return String(result)
    }

    /// Zero-width spaces and marks, bidirectional controls, and tag characters, all of which can carry invisible text.
    /// The joiners U+200C and U+200D, which some scripts need, are kept.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069: true
        case 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }

    private struct ControlMark: Sendable {
        /// ASCII letters are in lower case.
        var pattern: [UInt8]
        var replacement: [UInt8]
        /// The number of pattern bytes to replace; the rest of the pattern is kept.
        var length: Int

        init(_ pattern: String, _ replacement: String, length: Int) {
            self.pattern = Array(pattern.utf8)
            self.replacement = Array(replacement.utf8)
            self.length = length
        }
    }

    private static let controlMarks: [ControlMark] = [
        ControlMark("<passage", "‹", length: 1), ControlMark("</passage", "‹", length: 1),
        ControlMark("<|", "‹", length: 1), ControlMark("|>", "|›", length: 2),
        ControlMark("<｜", "‹", length: 1), ControlMark("｜>", "｜›", length: 4),
        ControlMark("<s>", "‹", length: 1), ControlMark("</s>", "‹", length: 1),
        ControlMark("<bos>", "‹", length: 1), ControlMark("<eos>", "‹", length: 1),
        ControlMark("<<sys>>", "‹‹", length: 2), ControlMark("<</sys>>", "‹‹", length: 2),
        ControlMark("[inst]", "⟦", length: 1), ControlMark("[/inst]", "⟦", length: 1),
        ControlMark("<start_of_turn>", "‹", length: 1), ControlMark("<end_of_turn>", "‹", length: 1),
    ]

    private static func starts(_ source: [UInt8], _ position: Int, with pattern: [UInt8]) -> Bool {
        guard position + pattern.count <= source.count else { return false }
        for offset in pattern.indices {
            let byte = source[position + offset]
            let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            if lower != pattern[offset] { return false }
        }
        return true
    }

    private static func occurs(_ key: String, in text: String) -> Bool {
        let pattern = Array(key.utf8)
        let source = Array(text.utf8)
        guard source.count >= pattern.count else { return false }
        return (0...(source.count - pattern.count)).contains { starts(source, $0, with: pattern) }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
