import QuarryCore
import QuarryText

/// One pass over the bytes of an RTF file.
struct RTFParse {
    /// Where the text of a group goes.
    enum Destination { case body, skip, fonts, styles, info, title, author, listText, footnote }

    /// The state that a group inherits and its end restores.
    struct State {
        var destination = Destination.body
        /// The destination outside of a group that has its text twice (`\upr`).
        var resumed: Destination?
        /// The number of characters after `\u` that repeat it for older programs.
        var fallbackLength = 1
        var font: Int?
        var isHidden = false
        /// Whether the text is a superscript.
        var isRaised = false
        var paragraph = Paragraph()
    }

    struct Paragraph {
        var outlineLevel: Int?
        var style = 0
        var listLevel = 0
        var isInTable = false
    }

    /// Deeper groups have the state of the deepest.
    static let maximumDepth = 1_000

    let bytes: UnsafeBufferPointer<UInt8>
    var offset = 0
    var state = State()
    var charsets = RTFCharsets()
    var defaultFont = 0
    /// The font of the table that is being defined.
    var definedFont = 0
    var output = RTFOutput()

    private var stack: [State] = []
    /// The number of open groups beyond the deepest.
    private var excess = 0
    /// Whether the next control word may be ignored (`\*`).
    var isIgnorable = false
    private var groupStart = 0
    /// The offset of the last sign that only the content of a document has.
    private let lastControl: Int
    /// The offset of the first brace that closes no group, after which the text goes on.
    private(set) var strayBrace: Int?
    /// Characters to skip after `\u`.
    var fallback = 0
    /// Whether the text so far ends with a superscript.
    private var endsRaised = false
    private var highSurrogate: (value: UInt32, start: Int)?
    private var pending: (bytes: [UInt8], start: Int, missing: Int) = ([], 0, 0)

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        lastControl = bytes.lastIndex(of: UInt8(ascii: "\\")) ?? 0
    }

    mutating func read(from start: Int) {
        offset = start
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"): beginGroup()
            case UInt8(ascii: "}"):
                if !endGroup() { return }
            case UInt8(ascii: "\\"): readControl()
            case 0x0D, 0x0A, 0x00: offset += 1
            default: readText()
            }
        }
    }

    consuming func finish() -> RTFOutput {
        endCharacter()
        output.finish()
        return output
    }

    // MARK: Groups

    private mutating func beginGroup() {
        endCharacter()
        (fallback, isIgnorable) = (0, false)
        if stack.count < RTFParse.maximumDepth { stack.append(state) } else { excess += 1 }
        offset += 1
        groupStart = offset
    }

    /// Whether a group is still open.
    private mutating func endGroup() -> Bool {
        endCharacter()
        (fallback, isIgnorable) = (0, false)
        offset += 1
        if excess > 0 {
            excess -= 1
            return true
        }
        if stack.count <= 1, offset < lastControl {
            // The document goes on, so its group is still open.
            strayBrace = strayBrace ?? offset - 1
            return true
        }
        let ended = state.destination
        state = stack.popLast() ?? State()
        if ended != state.destination { output.end(ended) }
        return !stack.isEmpty
    }

    // MARK: Text

    /// Reads letters up to a control sign.
    private mutating func readText() {
        let start = offset
        if bytes[offset] >= 0x80 || pending.missing > 0 {
            offset += 1
            return add(bytes[start], from: start)
        }
        if fallback > 0 {
            fallback -= 1
            offset += 1
            return
        }
        endCharacter()
        while offset < bytes.count {
            let byte = bytes[offset]
            let isLetter =
                byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "{")
                && byte != UInt8(ascii: "}")
            if !isLetter, offset > start { break }
            offset += 1
        }
        write(UnsafeBufferPointer(rebasing: bytes[start..<offset]), from: start)
    }

    /// The code page of the next bytes: that of the font, or of the file in its information.
    private var codePage: Int {
        if state.font == nil, state.destination == .title || state.destination == .author { return charsets.codePage }
        return charsets.codePage(ofFont: state.font ?? defaultFont)
    }

    /// Adds a byte of the font's code page.
    mutating func add(_ byte: UInt8, from start: Int) {
        if fallback > 0 {
            fallback -= 1
            return
        }
        if pending.missing > 0 {
            pending.bytes.append(byte)
            pending.missing -= 1
        } else {
            endSurrogate()
            pending = ([byte], start, RTFCharsets.length(byte, codePage: codePage) - 1)
        }
        if pending.missing == 0 { endPending(codePage) }
    }

    /// Ends a character whose bytes are not complete.
    mutating func endCharacter() {
        endSurrogate()
        if !pending.bytes.isEmpty { endPending(codePage) }
    }

    private mutating func endPending(_ codePage: Int) {
        let (sequence, start, _) = pending
        pending = ([], 0, 0)
        if let scalar = charsets.character(sequence, codePage: codePage) { write(scalar, from: start) }
    }

    private mutating func endSurrogate() {
        guard let high = highSurrogate else { return }
        highSurrogate = nil
        write("\u{FFFD}", from: high.start)
    }

    /// Adds the UTF-16 unit of `\u`.
    mutating func add(unit number: Int, from start: Int) {
        if !pending.bytes.isEmpty { endPending(codePage) }
        let value = UInt32(truncatingIfNeeded: number) & 0xFFFF
        fallback = state.fallbackLength
        if let high = highSurrogate, value & 0xFC00 == 0xDC00 {
            highSurrogate = nil
            let scalar = Unicode.Scalar(0x10000 + (high.value & 0x3FF) << 10 + value & 0x3FF) ?? "\u{FFFD}"
            return write(scalar, from: high.start)
        }
        endSurrogate()
        switch value {
        case 0xD800..<0xDC00: highSurrogate = (value, start)
        // Signs of a font.
        case 0xF020...0xF0FF:
            if let scalar = RTFCharsets.symbol(UInt8(value & 0xFF)) { write(scalar, from: start) }
        default: write(Unicode.Scalar(value) ?? "\u{FFFD}", from: start)
        }
    }

    mutating func write(_ scalar: Unicode.Scalar, from start: Int) {
        var text = String(Character(scalar))
        text.withUTF8 { write($0, from: start) }
    }

    /// Writes the text of the bytes from `start` to here.
    mutating func write(_ text: UnsafeBufferPointer<UInt8>, from start: Int) {
        guard !state.isHidden || state.destination != .body else { return }
        output.write(
            text, source: start..<offset, to: state.destination, paragraph: state.paragraph,
            startsRaised: state.isRaised && !endsRaised)
        endsRaised = state.isRaised
    }

    // MARK: Control

    private mutating func readControl() {
        let start = offset
        offset += 1
        guard offset < bytes.count else { return }
        let sign = bytes[offset]
        guard sign.isASCIILetterOrDigit, !sign.isASCIIDigit else {
            offset += 1
            return readSymbol(sign, from: start)
        }
        while offset < bytes.count, offset - start <= 32, bytes[offset].isASCIILetterOrDigit,
            !bytes[offset].isASCIIDigit
        {
            offset += 1
        }
        let word = String(decoding: bytes[start + 1..<offset], as: UTF8.self)
        let number = readNumber()
        if offset < bytes.count, bytes[offset] == 0x20 { offset += 1 }
        if word == "bin" {
            offset = min(bytes.count, offset + max(0, number ?? 0))
            return
        }
        if word == "u", let number {
            if fallback > 0 { fallback = 0 }
            isIgnorable = false
            return add(unit: number, from: start)
        }
        endCharacter()
        if fallback > 0 { fallback -= 1 }
        let ignorable = isIgnorable
        isIgnorable = false
        apply(word, number, isIgnorable: ignorable, from: start)
    }

    private mutating func readNumber() -> Int? {
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let digits = offset
        while offset < bytes.count, bytes[offset].isASCIIDigit { offset += 1 }
        guard offset > digits else {
            offset = start
            return nil
        }
        // A number of a stranger: longer ones are cut, which no control word has.
        let text = String(decoding: bytes[start..<min(offset, digits + 10)], as: UTF8.self)
        return Int(text)
    }

    private mutating func readSymbol(_ sign: UInt8, from start: Int) {
        if sign == UInt8(ascii: "'") {
            guard offset + 1 < bytes.count, let high = bytes[offset].hexadecimal,
                let low = bytes[offset + 1].hexadecimal
            else { return }
            offset += 2
            return add(high << 4 | low, from: start)
        }
        if sign == UInt8(ascii: "*") {
            // Elsewhere some programs write it before names of styles.
            isIgnorable = start - groupStart <= 8 && bytes[groupStart..<start].allSatisfy { $0 <= 0x20 }
            return
        }
        if pending.missing > 0, sign == UInt8(ascii: "\\") || sign == UInt8(ascii: "{") || sign == UInt8(ascii: "}") {
            return add(sign, from: start)
        }
        endCharacter()
        if fallback > 0 {
            fallback -= 1
            return
        }
        switch sign {
        case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): write(Unicode.Scalar(sign), from: start)
        case UInt8(ascii: "~"): write("\u{A0}", from: start)
        case UInt8(ascii: "_"): write("-", from: start)
        case 0x0A, 0x0D: apply("par", nil, isIgnorable: false, from: start)
        case 0x09: write(" ", from: start)
        default: break
        }
    }
}
