/// A caption with the time when it is shown, in seconds.
struct CaptionCue {
    enum Piece {
        case text(Range<Int>)
        case speaker(Range<Int>)
        /// A character that is written as an entity.
        case character(String, Range<Int>)
    }

    var start: Double
    var end: Double
    var pieces: [Piece] = []

    /// Whether the last letters are the end of a sentence.
    func endsSentence(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for piece in pieces.reversed() {
            guard case .text(let range) = piece else { continue }
            guard let last = bytes[range].last(where: { $0 > 0x20 && !"\"')]".utf8.contains($0) }) else { continue }
            let letter = bytes[range].suffix(3)
            return ".!?".utf8.contains(last) || ["…", "。", "！", "？"].contains { letter.elementsEqual($0.utf8) }
        }
        return false
    }
}

/// Finds the cues of a text with `\n` line ends.
struct CaptionParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isWebVTT: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        isWebVTT = bytes.starts(with: "WEBVTT".utf8)
    }

    /// - Complexity: O(bytes).
    func cues() -> [CaptionCue] {
        var cues: [CaptionCue] = []
        var lines: [Range<Int>] = []
        var time: (start: Double, end: Double)?
        var previous: (lines: [Range<Int>], end: Double) = ([], 0)
        var start = 0
        var isAfterBlank = false

        func take() {
            guard let time else { return }
            defer { previous = (lines, time.end) }
            var kept = lines[...]
            // A cue that rolls up repeats the last line of the one before.
            if let first = kept.first, let last = previous.lines.last, time.start - previous.end < 0.1,
                kept.count > 1 || time.end - time.start < 0.1, bytes[first].elementsEqual(bytes[last])
            {
                kept.removeFirst()
            }
            var cue = CaptionCue(start: time.start, end: max(time.start, time.end))
            for line in kept { addPieces(of: line, to: &cue) }
            if !cue.pieces.isEmpty { cues.append(cue) }
        }

        while start < bytes.count {
            let end = bytes.lineEnd(from: start)
            let line = bytes.trimmed(start..<end)
            start = end + 1
            if let next = timing(line) {
                // The number of the cue is on the line before.
                if !isWebVTT, let last = lines.last, isNumber(last) { lines.removeLast() }
                take()
                time = next
                lines = []
            } else if line.isEmpty {
                isAfterBlank = true
                continue
            } else if time != nil, !isAfterBlank || !isWebVTT {
                lines.append(line)
            } else if isWebVTT {
                take()
                time = nil
                lines = []
            }
            isAfterBlank = false
        }
        take()
        return cues
    }

    private func isNumber(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { (0x30...0x39).contains($0) } }

    // MARK: Times

    /// The times of a line such as `00:01:02,500 --> 00:01:04,000 X1:40`.
    private func timing(_ line: Range<Int>) -> (start: Double, end: Double)? {
        guard line.count >= 13, (0x30...0x39).contains(bytes[line.lowerBound]),
            let (start, afterStart) = time(line)
        else { return nil }
        var index = afterStart
        while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard bytes[index..<line.upperBound].starts(with: "-->".utf8) else { return nil }
        index += 3
        while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard let (end, _) = time(index..<line.upperBound) else { return nil }
        return (start, end)
    }

    /// A time, with or without hours, and where it ends.
    private func time(_ range: Range<Int>) -> (seconds: Double, end: Int)? {
        var parts: [Double] = []
        var value: Double?
        var scale = 1.0
        var hasFraction = false
        var index = range.lowerBound
        loop: while index < range.upperBound {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39:
                if hasFraction { scale /= 10 }
                value = (value ?? 0) * (hasFraction ? 1 : 10) + Double(byte - 0x30) * (hasFraction ? scale : 1)
            case UInt8(ascii: ":") where value != nil && !hasFraction && parts.count < 2:
                parts.append(value ?? 0)
                value = nil
            case UInt8(ascii: "."), UInt8(ascii: ","):
                guard value != nil, !hasFraction else { return nil }
                hasFraction = true
            default: break loop
            }
            index += 1
        }
        guard let value, !parts.isEmpty else { return nil }
        let seconds = (parts + [value]).reduce(0) { $0 * 60 + $1 }
        return seconds < 1e7 ? ((seconds * 1000).rounded() / 1000, index) : nil
    }

    // MARK: Text

    private func addPieces(of line: Range<Int>, to cue: inout CaptionCue) {
        var start = line.lowerBound
        var index = start
        func flush(_ cue: inout CaptionCue) { if start < index { cue.pieces.append(.text(start..<index)) } }
        while index < line.upperBound {
            if let tag = tag(at: index, before: line.upperBound) {
                flush(&cue)
                if let speaker = tag.speaker { cue.pieces.append(.speaker(speaker)) }
                (start, index) = (tag.end, tag.end)
            } else if let (text, end) = entity(at: index, before: line.upperBound) {
                flush(&cue)
                if !text.isEmpty { cue.pieces.append(.character(text, index..<end)) }
                (start, index) = (end, end)
            } else {
                index += 1
            }
        }
        flush(&cue)
        if !cue.pieces.isEmpty { cue.pieces.append(.character(" ", line.upperBound..<line.upperBound)) }
    }

    /// A tag such as `<i>` or `<v Anna>`, or an override such as `{\an8}`.
    private func tag(at index: Int, before end: Int) -> (speaker: Range<Int>?, end: Int)? {
        guard index + 2 < end else { return nil }
        let next = bytes[index + 1]
        let closing: UInt8
        switch bytes[index] {
        case UInt8(ascii: "{") where next == UInt8(ascii: "\\"): closing = UInt8(ascii: "}")
        case UInt8(ascii: "<"):
            let isLetter = (0x61...0x7A).contains(next | 0x20)
            guard isLetter || (0x30...0x39).contains(next) || next == UInt8(ascii: "/") else { return nil }
            closing = UInt8(ascii: ">")
        default: return nil
        }
        let limit = min(end, index + 512)
        let opening = bytes[index]
        guard let close = bytes[(index + 1)..<limit].firstIndex(where: { $0 == closing || $0 == opening }),
            bytes[close] == closing
        else { return nil }
        // A voice may have classes: <v.loud Anna>.
        guard bytes[index] == UInt8(ascii: "<"), next == UInt8(ascii: "v"),
            bytes[index + 2] == 0x20 || bytes[index + 2] == UInt8(ascii: "."),
            let space = bytes[index..<close].firstIndex(of: 0x20)
        else { return (nil, close + 1) }
        let name = bytes.trimmed(space..<close)
        return (name.isEmpty ? nil : name, close + 1)
    }

    private func entity(at index: Int, before end: Int) -> (String, Int)? {
        guard bytes[index] == UInt8(ascii: "&") else { return nil }
        let entities = [
            ("amp", "&"), ("lt", "<"), ("gt", ">"), ("nbsp", " "), ("quot", "\""), ("lrm", ""), ("rlm", ""),
        ]
        for (name, text) in entities where bytes[(index + 1)..<end].starts(with: (name + ";").utf8) {
            return (text, index + name.utf8.count + 2)
        }
        return nil
    }
}
