package import QuarryCore

/// Counts of removed characters that suggest binary data or disguise the order of text.
package struct RemovedCharacters: Sendable, Hashable {
    package var bidirectionalControls = 0
    package var controls = 0
    /// Spaces and joints without width, except a byte-order mark at the start.
    package var zeroWidth = 0
    /// Tag characters (U+E0000 to U+E007F), which are not shown, except those in the flag of a region.
    package var tags = 0
    /// Characters that were repaired before cleaning. The cleaner sets none.
    package var repaired = 0

    package init() {}

    package mutating func add(_ other: RemovedCharacters) {
        bidirectionalControls += other.bidirectionalControls
        controls += other.controls
        zeroWidth += other.zeroWidth
        tags += other.tags
        repaired += other.repaired
    }
}

/// Bytes that are not UTF-8, with the offset of the first.
package struct InvalidUTF8: Error, Hashable {
    package var offset: Int

    package init(offset: Int) { self.offset = offset }
}

/// A cleaned text with its mapping to the source.
package struct CleanedText: Sendable, Hashable {
    package var text: String
    /// Maps the text to the original bytes.
    package var segments: [SourceMap.Segment]
    package var removed: RemovedCharacters

    package init(text: String, segments: [SourceMap.Segment], removed: RemovedCharacters) {
        self.text = text
        self.segments = segments
        self.removed = removed
    }
}

/// Normalises UTF-8 text for documents.
///
/// Line ends, including vertical tab, form feed and U+0085, become `\n`. The text is composed (NFC, UAX #15). No-break,
/// narrow no-break and figure spaces become spaces. A soft hyphen at the end of a line is a hyphen. Other soft hyphens, U+200B, U+2060, U+FEFF, bidirectional controls and
/// all control characters except `\n` and `\t` are removed, and so are tag characters. So are combining acute and grave accents over Cyrillic
/// vowels, which mark stress, unless they compose to a letter (ѐ, ѝ).
///
/// Cleaning is idempotent. For any stretch of the result between units of the map, cleaning its source gives the
/// stretch again.
package enum TextCleaner {
    /// - Parameters:
    ///   - bytes: The text.
    ///   - base: The offset of the first byte in the map.
    /// - Throws: At the first byte that is not UTF-8.
    /// - Complexity: O(bytes). Clean text is read once.
    package static func clean(_ bytes: UnsafeBufferPointer<UInt8>, base: Int = 0) throws(InvalidUTF8) -> CleanedText {
        var pass = CleaningPass(bytes: bytes, base: base)
        try pass.run()
        return pass.finish()
    }

    package static func clean(_ bytes: [UInt8], base: Int = 0) throws(InvalidUTF8) -> CleanedText {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(InvalidUTF8) in try clean(buffer, base: base) }
        }
        return try result.get()
    }
}

/// One pass over the bytes. Clean runs are copied whole. Only around other characters is the text split into clusters,
/// each a starter with the characters that compose with it.
private struct CleaningPass {
    let bytes: UnsafeBufferPointer<UInt8>
    let base: Int
    var output: [UInt8] = []
    var map = SourceMapBuilder()
    var removed = RemovedCharacters()
    var composer = CanonicalComposer()
    var cluster: [Unicode.Scalar] = []
    /// Start of the run that is not copied yet.
    var runStart = 0
    /// The end of the last tag character of a flag.
    var flagEnd = -1
    /// Whether anything was copied; until then the output is the input.
    var isChanged = false

    init(bytes: UnsafeBufferPointer<UInt8>, base: Int) {
        self.bytes = bytes
        self.base = base
    }

    mutating func run() throws(InvalidUTF8) {
        var index = 0
        while true {
            index = try UTF8Scan.firstToClean(in: bytes, from: index)
            if index == bytes.count { break }
            index = try cleanCluster(at: index)
        }
    }

    mutating func finish() -> CleanedText {
        if !isChanged {
            map.append(source: base, count: bytes.count)
            return CleanedText(
                text: String(decoding: bytes, as: UTF8.self), segments: map.segments, removed: removed)
        }
        flush(to: bytes.count)
        return CleanedText(text: String(decoding: output, as: UTF8.self), segments: map.segments, removed: removed)
    }

    private mutating func flush(to end: Int) {
        if !isChanged {
            isChanged = true
            output.reserveCapacity(bytes.count)
        }
        guard end > runStart else { return }
        output.append(contentsOf: bytes[runStart..<end])
        map.append(source: base + runStart, count: end - runStart)
        runStart = end
    }

    /// Cleans from the last character before `index`, which may compose with the next one, to the next starter. Returns
    /// where the scan continues.
    ///
    /// Line ends and tabs are separate clusters, so that a text can be cut after any of them.
    private mutating func cleanCluster(at index: Int) throws(InvalidUTF8) -> Int {
        var next = index
        if bytes[index] == 0x0D {
            flush(to: index)
        } else if runStart < index {
            next -= 1
            while bytes[next] & 0xC0 == 0x80 { next -= 1 }
            flush(to: next)
        } else {
            flush(to: index)
        }
        cluster.removeAll(keepingCapacity: true)
        var start = next
        var end = next
        while next < bytes.count {
            var (scalar, length) = try UTF8Scan.scalar(in: bytes, at: next)
            if scalar.value == 0xAD, isLineEnd(next + length) {
                scalar = "-"
            } else if remove(scalar, at: next) {
                next += length
                continue
            }
            if !cluster.isEmpty, scalar.startsCluster { break }
            switch scalar.value {
            case 0x0D:
                if next + 1 < bytes.count, bytes[next + 1] == 0x0A { length = 2 }
                scalar = "\n"
            case 0x0B, 0x0C, 0x85: scalar = "\n"
            case 0xA0, 0x2007, 0x202F: scalar = " "
            default: break
            }
            if cluster.isEmpty { start = next }
            cluster.append(scalar)
            next += length
            end = next
            if scalar == "\n" || scalar == "\t" { break }
        }
        emitCluster(from: start, to: end)
        runStart = next
        return next
    }

    private func isLineEnd(_ index: Int) -> Bool {
        index == bytes.count || bytes[index] == 0x0A || bytes[index] == 0x0D
    }

    private mutating func emitCluster(from start: Int, to end: Int) {
        guard !cluster.isEmpty else { return }
        let outputStart = output.count
        composer.compose(&cluster)
        for scalar in cluster { output.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped) }
        let length = output.count - outputStart
        if length == end - start, output[outputStart...].elementsEqual(bytes[start..<end]) {
            map.append(source: base + start, count: length)
        } else {
            map.append(source: base + start, cleanUnit: length, sourceUnit: end - start)
        }
    }

    private mutating func remove(_ scalar: Unicode.Scalar, at index: Int) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x85: return false
        case 0x00..<0x20, 0x7F..<0xA0: removed.controls += 1
        case 0xAD: break
        case 0x200B, 0x2060, 0xFEFF: if index > 0 { removed.zeroWidth += 1 }
        case 0xE0000...0xE007F:
            if isInFlag(index) { flagEnd = index + 4 } else { removed.tags += 1 }
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: removed.bidirectionalControls += 1
        default: return false
        }
        return true
    }

    /// Whether a tag character follows a black flag, U+1F3F4, or another tag of it.
    private func isInFlag(_ index: Int) -> Bool {
        index == flagEnd || (index >= 4 && bytes[index - 4..<index].elementsEqual([0xF0, 0x9F, 0x8F, 0xB4]))
    }
}
