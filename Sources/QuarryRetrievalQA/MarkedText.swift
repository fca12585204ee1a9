/// A generated text split into sentences and their markers.
struct MarkedText {
    struct Sentence {
        /// Without markers.
        var text: String
        /// All numbers of its markers, valid or not.
        var numbers: [Int]
        /// The positions of its markers in the list of all markers.
        var markers: [Int]
        /// Where to insert a marker: before the closing punctuation, in offsets of the original text.
        var end: Int
    }

    struct Edit {
        var range: Range<Int>
        var text: String
    }

    private let bytes: [UInt8]
    private let markers: [CitationMarker]
    private(set) var sentences: [Sentence] = []

    init(_ text: String, segmenter: PassageSegmenter) {
        bytes = Array(text.utf8)
        markers = CitationMarkerParser.markers(in: text)
        var bare: [UInt8] = []
        // The position of each byte of the bare text in the original.
        var origin: [Int] = []
        // The position of each marker in the bare text.
        var places: [Int] = []
        var position = 0
        for marker in markers {
            let kept = position..<startWithSpaces(of: marker.range.lowerBound, from: position)
            bare += bytes[kept]
            origin += kept
            places.append(bare.count)
            position = marker.range.upperBound
        }
        bare += bytes[position...]
        origin += position..<bytes.count
        let segments = segmenter.segments(of: String(decoding: bare, as: UTF8.self))
        sentences = segments.map { segment in
            let last = segment.range.upperBound - 1 - MarkedText.closing(bare[segment.range])
            return Sentence(
                text: String(decoding: bare[segment.range], as: UTF8.self), numbers: [], markers: [],
                end: origin.indices.contains(last) ? origin[last] + 1 : bytes.count)
        }
        // If the text begins with a marker, markers come before sentences; otherwise after.
        let leads = places.first.map { place in segments.first.map { place <= $0.range.lowerBound } ?? false } ?? false
        for (index, place) in places.enumerated() {
            let owner =
                leads || opensLine(place, in: bare)
                ? segments.firstIndex { $0.range.upperBound > place } ?? segments.indices.last
                : segments.lastIndex { $0.range.lowerBound < place } ?? segments.indices.first
            if let owner {
                sentences[owner].numbers += markers[index].numbers
                sentences[owner].markers.append(index)
            }
        }
    }

    /// Whether a position is before the text of its line, as of a marker in a list of notes.
    private func opensLine(_ place: Int, in bare: [UInt8]) -> Bool {
        let before = bare[..<place].last { $0 != 0x20 && $0 != 0x09 }
        let after = bare[place...].first { $0 != 0x20 && $0 != 0x09 }
        return before == 0x0A && after != 0x0A && after != nil
    }

    /// Removes numbers outside `1...count` from the markers, and a whole marker if no number is left.
    /// - `forged`: The positions of markers to remove.
    func removals(of forged: Set<Int>, andNumbersOver count: Int) -> [Edit] {
        markers.enumerated().compactMap { index, marker in
            var valid: [Int] = []
            for number in marker.numbers where number >= 1 && number <= count && !valid.contains(number) {
                valid.append(number)
            }
            if forged.contains(index) { valid = [] }
            let canonical = valid.map { "[\($0)]" }.joined()
            guard canonical != String(decoding: bytes[marker.range], as: UTF8.self) else { return nil }
            let start =
                valid.isEmpty ? startWithSpaces(of: marker.range.lowerBound, from: 0) : marker.range.lowerBound
            return Edit(range: start..<marker.range.upperBound, text: canonical)
        }
    }

    /// The original text with the edits applied. Edits must not overlap.
    func applying(_ edits: [Edit]) -> String {
        var result: [UInt8] = []
        var position = 0
        for edit in edits.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            guard edit.range.lowerBound >= position else {
                result += Array(edit.text.utf8)
                continue
            }
            result += bytes[position..<edit.range.lowerBound]
            result += Array(edit.text.utf8)
            position = edit.range.upperBound
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    private func startWithSpaces(of start: Int, from floor: Int) -> Int {
        var start = start
        while start > floor, bytes[start - 1] == 0x20 { start -= 1 }
        return start
    }

    /// Bytes of the sentence's closing punctuation.
    private static func closing(_ sentence: ArraySlice<UInt8>) -> Int {
        let marks: Set<UInt8> = [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")]
        var count = sentence.reversed().prefix { marks.contains($0) }.count
        if count == 0, sentence.suffix(3).elementsEqual([0xE2, 0x80, 0xA6]) { count = 3 }
        return count < sentence.count ? count : 0
    }
}
