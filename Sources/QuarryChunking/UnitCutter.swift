import QuarryText

/// Created once: its word lists cost more than cutting a short document.
private let sentenceSplitter = SentenceSplitter()

/// Cuts units into smaller ones.
struct UnitCutter {
    let text: MeasuredText
    /// Giant words are cut into pieces of about this many tokens.
    private let pieceTokens: Int

    init(text: MeasuredText, length: ChunkLength) {
        self.text = text
        pieceTokens = max(1, length.target / 8)
    }

    /// The unit of everything in a range; nil if it is only white space.
    func unit(_ range: Range<Int>, form: TextUnit.Form) -> TextUnit? {
        let words = text.words(touching: range)
        guard !words.isEmpty else { return nil }
        let trimmed = text.range(of: words, within: range)
        return TextUnit(range: trimmed, words: words, tokens: text.tokens(in: trimmed, words: words), form: form)
    }

    /// Two or more smaller units; nil if the unit cannot be cut. It may be a single scalar, or `sparingSentences` may
    /// require sentences, rows and lines of code to stay whole.
    /// - Complexity: O(bytes of the unit) for each form tried.
    func cut(_ unit: TextUnit, sparingSentences: Bool = false) -> [TextUnit]? {
        var form = unit.form
        while true {
            if sparingSentences && form.cutsSentences { return nil }
            var pieces = pieces(of: unit, form: form)
            if pieces.count > 1 {
                for index in pieces.indices.dropFirst() { pieces[index].opensChunk = false }
                return pieces
            }
            guard let next = form.next else { return nil }
            form = next
        }
    }

    private func pieces(of unit: TextUnit, form: TextUnit.Form) -> [TextUnit] {
        switch form {
        case .paragraphs: cutBefore(unit, form, to: .lines) { text.gap(before: $0) == .paragraph }
        case .codeParagraphs: cutBefore(unit, form, to: .codeLines) { text.gap(before: $0) == .paragraph }
        case .lines: cutBefore(unit, form, to: .sentences) { text.gap(before: $0) != .space }
        case .codeLines: cutBefore(unit, form, to: .words) { text.gap(before: $0) != .space }
        case .rows(let headerEnd, let header): rows(of: unit, headerEnd: headerEnd, header: header)
        case .items: items(of: unit, form, outermostOnly: true)
        case .nestedItems: items(of: unit, form, outermostOnly: false)
        case .sentences: sentences(of: unit)
        case .words: cutBefore(unit, form, to: .scalars) { _ in true }
        case .scalars: scalars(of: unit)
        }
    }

    /// The number of pieces in a stretch, more than any chunk contains.
    ///
    /// A text of more than two stretches is first cut into stretches, which are cut when their turn comes. So its pieces
    /// are never in memory all at once.
    private static let stretch = 1 << 14

    /// - `skipping`: How many of the first cuts to leave out.
    private func cutBefore(
        _ unit: TextUnit, _ form: TextUnit.Form, to next: TextUnit.Form, skipping: Int = 0,
        where isCut: (Int) -> Bool
    ) -> [TextUnit] {
        var count = -skipping
        for index in unit.words.dropFirst() where isCut(index) { count += 1 }
        let step = count > 2 * Self.stretch ? Self.stretch : 1
        var starts = [unit.words.lowerBound]
        var number = -skipping
        for index in unit.words.dropFirst() where isCut(index) {
            number += 1
            // The last stretch is not shorter than the others.
            if number > 0, number.isMultiple(of: step), number <= count + 1 - step { starts.append(index) }
        }
        return pieces(of: unit, startingAt: starts, form: step == 1 ? next : form)
    }

    private func pieces(of unit: TextUnit, startingAt starts: [Int], form: TextUnit.Form) -> [TextUnit] {
        guard starts.count > 1 else { return [] }
        return starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] : unit.words.upperBound
            return piece(of: unit, words: starts[index]..<end, form: form)
        }
    }

    private func piece(of unit: TextUnit, words: Range<Int>, form: TextUnit.Form) -> TextUnit {
        var piece = unit
        piece.words = words
        piece.range = text.range(of: words, within: unit.range)
        piece.tokens = text.tokens(in: piece.range, words: words)
        piece.form = form
        return piece
    }

    private func rows(of unit: TextUnit, headerEnd: Int, header: Int?) -> [TextUnit] {
        // The first row stays with the header.
        let skipping = unit.range.lowerBound < headerEnd ? 1 : 0
        var pieces = cutBefore(unit, unit.form, to: .words, skipping: skipping) {
            text.gap(before: $0) != .space && text.start(of: $0) >= headerEnd
        }
        for index in pieces.indices.dropFirst() { pieces[index].tableHeader = header }
        return pieces
    }

    private func items(of unit: TextUnit, _ form: TextUnit.Form, outermostOnly: Bool) -> [TextUnit] {
        let outermost = indentation(before: text.start(of: unit.words.lowerBound))
        return cutBefore(unit, form, to: outermostOnly ? .nestedItems : .lines) { word in
            guard text.gap(before: word) != .space, isListMarker(word) else { return false }
            return !outermostOnly || indentation(before: text.start(of: word)) <= outermost
        }
    }

    private func indentation(before start: Int) -> Int {
        var index = start
        while index > 0, text.bytes[index - 1] == 0x20 || text.bytes[index - 1] == 0x09 { index -= 1 }
        return start - index
    }

    /// `-`, `*`, `+`, or digits followed by `.` or `)`.
    private func isListMarker(_ word: Int) -> Bool {
        let bytes = text.bytes[text.start(of: word)..<text.end(of: word)]
        guard let first = bytes.first, let last = bytes.last else { return false }
        if bytes.count == 1 { return first == 0x2D || first == 0x2A || first == 0x2B }
        return (last == 0x2E || last == 0x29) && bytes.dropLast().allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Calls `body` for each sentence of a unit.
    func forEachSentence(of unit: TextUnit, _ body: (TextUnit) -> Void) {
        var pending = [unit]
        while let unit = pending.popLast() {
            let sentences = sentences(of: unit)
            if sentences.isEmpty {
                body(unit)
            } else if case .sentences = sentences[0].form {
                // Stretches of sentences.
                pending.append(contentsOf: sentences.reversed())
            } else {
                sentences.forEach(body)
            }
        }
    }

    private func sentences(of unit: TextUnit) -> [TextUnit] {
        let sentences = sentenceSplitter.sentences(in: text.string(unit.range))
        let isLong = sentences.count > 2 * Self.stretch
        let starts = sentences.indices.dropFirst().filter { !isLong || $0.isMultiple(of: Self.stretch) }
            .map { unit.range.lowerBound + sentences[$0].lowerBound }
        return pieces(of: unit, cutAt: starts, form: isLong ? .sentences : .words)
    }

    /// Giant words are cut by length alone.
    private func scalars(of unit: TextUnit) -> [TextUnit] {
        let count = min(unit.range.count, max(2, unit.tokens / pieceTokens))
        let length = max(1, unit.range.count / count)
        var cuts: [Int] = []
        var offset = unit.range.lowerBound
        while offset < unit.range.upperBound {
            var end = min(offset + length, unit.range.upperBound)
            while end < unit.range.upperBound, text.bytes[end] & 0xC0 == 0x80 { end += 1 }
            if end < unit.range.upperBound { cuts.append(end) }
            offset = end
        }
        return pieces(of: unit, cutAt: cuts, form: .scalars)
    }

    /// Pieces between byte offsets, which may lie inside words.
    private func pieces(of unit: TextUnit, cutAt offsets: [Int], form: TextUnit.Form) -> [TextUnit] {
        guard !offsets.isEmpty else { return [] }
        var pieces: [TextUnit] = []
        var start = unit.range.lowerBound
        var word = unit.words.lowerBound
        for end in offsets + [unit.range.upperBound] where end > start {
            while word < unit.words.upperBound, !text.extends(word, beyond: start) { word += 1 }
            var last = word
            while last < unit.words.upperBound, text.start(of: last) < end { last += 1 }
            if last > word {
                var piece = unit
                piece.words = word..<last
                piece.range = text.range(of: piece.words, within: start..<end)
                piece.tokens = text.tokens(in: piece.range, words: piece.words)
                piece.form = form
                pieces.append(piece)
                word = last - 1
            }
            start = end
        }
        return pieces
    }
}
