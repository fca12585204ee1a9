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
        /// The sentence with its markers, in offsets of the original text.
        var range: Range<Int>
        var isCode: Bool
        /// Whether it is the header of a table.
        var isHeader = false
        /// The position of the header of the table that it is a row of.
        var header: Int?
        /// Whether it is text of a paragraph, and not of a list, table, heading or code block.
        var isProse = false
    }

    struct Edit {
        var range: Range<Int>
        var text: String
    }

    private let bytes: [UInt8]
    private let lineStarts: [Int]
    private let markers: [CitationMarker]
    private(set) var sentences: [Sentence] = []

    init(_ text: String, segmenter: PassageSegmenter) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
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
            let range = origin[segment.range.lowerBound]..<origin[segment.range.upperBound - 1] + 1
            return Sentence(
                text: String(decoding: bare[segment.range], as: UTF8.self), numbers: [], markers: [],
                end: origin.indices.contains(last) ? origin[last] + 1 : bytes.count, range: range,
                isCode: segment.kind == .codeLine,
                isHeader: segment.kind == .tableHeader, isProse: segment.kind == .sentence)
        }
        var header: Int?
        for (index, segment) in segments.enumerated() {
            if segment.kind == .tableHeader { header = index }
            if segment.kind == .tableRow { sentences[index].header = segment.introduction == nil ? nil : header }
        }
        // If the text begins with a marker, markers come before sentences; otherwise after.
        let leads = places.first.map { place in segments.first.map { place <= $0.range.lowerBound } ?? false } ?? false
        func clamped(_ index: Int) -> Int? { segments.isEmpty ? nil : min(max(0, index), segments.count - 1) }
        for (index, place) in places.enumerated() {
            let owner =
                leads || opensLine(place, in: bare)
                ? clamped(segments.partitionPoint { $0.range.upperBound > place })
                : clamped(segments.partitionPoint { $0.range.lowerBound >= place } - 1)
            if let owner {
                sentences[owner].numbers += markers[index].numbers
                sentences[owner].markers.append(index)
                let (range, marker) = (sentences[owner].range, markers[index].range)
                sentences[owner].range =
                    min(range.lowerBound, marker.lowerBound)..<max(range.upperBound, marker.upperBound)
            }
        }
    }

    /// Whether a position is before the text of its line, as of a marker in a list of notes.
    private func opensLine(_ place: Int, in bare: [UInt8]) -> Bool {
        let before = bare[..<place].last { $0 != 0x20 && $0 != 0x09 }
        let after = bare[place...].first { $0 != 0x20 && $0 != 0x09 }
        return before == 0x0A && after != 0x0A && after != nil
    }

    // MARK: Edits

    /// Gives a sentence other markers: numbers that it has stay where they are, further ones follow at its end.
    func marking(_ sentence: Sentence, with numbers: [Int]) -> [Edit] {
        var left = Set(numbers)
        var edits: [Edit] = []
        let added = numbers.filter { !sentence.numbers.contains($0) }
        // A marker none of whose numbers stays gives way to one at the end of the sentence.
        let hasPlace = !left.isDisjoint(with: sentence.numbers)
        var texts: [String] = []
        for (position, index) in sentence.markers.enumerated() {
            var kept: [Int] = []
            for number in markers[index].numbers where left.remove(number) != nil { kept.append(number) }
            if position == 0, hasPlace {
                kept += added
                left.subtract(added)
            }
            texts.append(kept.map { "[\($0)]" }.joined())
        }
        for (position, index) in sentence.markers.enumerated() {
            let marker = markers[index]
            guard texts[position] != String(decoding: bytes[marker.range], as: UTF8.self) else { continue }
            // The space before a removed marker stays for one that follows it directly.
            let next = position + 1 < texts.count ? position + 1 : nil
            let isFollowed = next.map {
                !texts[$0].isEmpty && markers[sentence.markers[$0]].range.lowerBound == marker.range.upperBound
            }
            let start =
                texts[position].isEmpty && isFollowed != true
                ? startWithSpaces(of: marker.range.lowerBound, from: 0) : marker.range.lowerBound
            edits.append(Edit(range: start..<marker.range.upperBound, text: texts[position]))
        }
        if !hasPlace, !numbers.isEmpty {
            edits.append(
                Edit(range: sentence.end..<sentence.end, text: " " + numbers.map { "[\($0)]" }.joined()))
        }
        return edits
    }

    /// Takes a sentence out: with its line, if nothing else is on it but the mark of a list or heading.
    func removing(_ sentence: Sentence) -> Edit {
        var start = sentence.range.lowerBound
        var end = sentence.range.upperBound
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        let lineStart = self.lineStart(of: start)
        let isLineEnd = end == bytes.count || bytes[end] == 0x0A || bytes[end] == 0x0D
        let isAlone = bytes[lineStart..<start].allSatisfy { " \t-*+>#0123456789.)|•–—".utf8.contains($0) }
        if isLineEnd, isAlone {
            start = lineStart
            if end < bytes.count, bytes[end] == 0x0D { end += 1 }
            if end < bytes.count { end += 1 }
            // One blank line stays between what is before and after.
            let isAfterBlank = start < 2 || bytes[start - 2] == 0x0A
            while isAfterBlank, end < bytes.count, bytes[end] == 0x0A { end += 1 }
            while end == bytes.count, start > 0, bytes[start - 1] == 0x0A { start -= 1 }
        } else if isLineEnd {
            start = startWithSpaces(of: start, from: 0)
        }
        return Edit(range: start..<end, text: "")
    }

    /// Takes a code block out, with its fences.
    ///
    /// - `lines`: Its first and last line.
    func removing(blockFrom first: Sentence, to last: Sentence) -> Edit {
        var start = lineStart(of: first.range.lowerBound)
        var end = lineEnd(of: last.range.upperBound)
        if start > 0, isFence(from: lineStart(of: start - 1)) { start = lineStart(of: start - 1) }
        if end < bytes.count, isFence(from: end) { end = lineEnd(of: end) }
        while start > 1, bytes[start - 1] == 0x0A, bytes[start - 2] == 0x0A { start -= 1 }
        return Edit(range: start..<end, text: "")
    }

    private func lineStart(of position: Int) -> Int { lineStarts[lineStarts.partitionPoint { $0 > position } - 1] }

    /// The position after the line break of a line.
    private func lineEnd(of position: Int) -> Int {
        let next = lineStarts.partitionPoint { $0 > position }
        return next < lineStarts.count ? lineStarts[next] : bytes.count
    }

    private func isFence(from start: Int) -> Bool {
        let line = bytes[start...].drop { $0 == 0x20 || $0 == 0x3E }
        return line.starts(with: "```".utf8) || line.starts(with: "~~~".utf8)
    }

    /// The original text with edits applied, and where each position of the original is in it.
    /// - `edits`: Where two overlap, both take effect.
    func applying(_ edits: [Edit]) -> (text: String, position: (Int) -> Int) {
        var result: [UInt8] = []
        var position = 0
        // Where kept stretches of the original begin, there and in the result.
        var stretches: [(original: Int, result: Int)] = [(0, 0)]
        for edit in edits.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) where edit.range.upperBound > position || edit.range.lowerBound == position {
            result += bytes[position..<max(position, edit.range.lowerBound)]
            result += Array(edit.text.utf8)
            position = edit.range.upperBound
            stretches.append((position, result.count))
        }
        result += bytes[position...]
        let length = result.count
        return (
            String(decoding: result, as: UTF8.self),
            { original in
                let after = stretches.partitionPoint { $0.original > original }
                let stretch = stretches[max(0, after - 1)]
                let next = after < stretches.count ? stretches[after].result : length
                return min(stretch.result + original - stretch.original, next)
            }
        )
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

extension Array {
    /// The index of the first element that satisfies a condition which all later elements satisfy too.
    fileprivate func partitionPoint(_ condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
