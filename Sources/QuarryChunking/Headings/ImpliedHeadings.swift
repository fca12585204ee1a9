import QuarryCore

/// Headings that a text has without marking them: questions with their answers, articles of a law, turns of a
/// transcript.
///
/// They are found in lines of plain text, so they hold for every format. A reader could not see them better, and each
/// would have to look for them. Doubtful lines are not headings.
enum ImpliedHeadings {
    /// Levels are below those of marked headings, which end the implied ones.
    private enum Level {
        static let law = 1_000
        static let question = 2_000
        static let turn = 3_000
    }

    /// Whether a heading of this level shares chunks with the text before it, as the turns of a conversation do.
    static func isTurn(level: Int) -> Bool { level == Level.turn }

    private struct Found {
        var range: Range<Int>
        var level: Int
        var title: String
    }

    /// The blocks of a text with the implied headings among them. Paragraphs and lists are divided at the headings.
    ///
    /// Without any such heading, they are the given blocks. Otherwise blocks that are empty, out of order or outside the
    /// text are left out.
    /// - Complexity: O(bytes + blocks), and O(headings · log headings).
    static func blocks(_ blocks: [Block], in bytes: [UInt8]) -> [Block] {
        var end = 0
        let valid = blocks.compactMap { block -> Block? in
            let start = scalarBoundary(atOrBefore: block.range.lowerBound, in: bytes)
            let blockEnd = scalarBoundary(atOrBefore: block.range.upperBound, in: bytes)
            guard start >= end, start < blockEnd else { return nil }
            end = blockEnd
            return Block(kind: block.kind, range: start..<blockEnd)
        }
        let found = bytes.withUnsafeBufferPointer { headings(of: HeadingScan($0, blocks: valid), in: $0) }
        return found.isEmpty ? blocks : merged(valid, with: found)
    }

    /// In text order, not overlapping.
    private static func headings(of scan: HeadingScan, in bytes: UnsafeBufferPointer<UInt8>) -> [Found] {
        func title(_ range: Range<Int>) -> String {
            let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
            return text.replacing("**", with: "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        // One line alone may be a mention.
        let laws = scan.laws.count > 1 ? scan.laws : []
        let sections = laws.first { $0.unit == .section }?.range.lowerBound ?? .max
        let articles = laws.first { $0.unit == .article }?.range.lowerBound ?? .max
        func level(of unit: LawHeading.Unit) -> Int {
            // Contracts and constitutions have sections in articles; laws have articles in sections.
            if unit == .section, articles < sections { return Level.law + 2 * LawHeading.Unit.article.rawValue + 1 }
            return Level.law + 2 * unit.rawValue
        }
        let turns = SpeakerTurn.turns(in: scan.turns, paragraphs: scan.paragraphs)
        // What a speaker asks does not end the turn.
        let questions = QuestionHeading.headings(
            among: turns.isEmpty ? scan.questions : scan.questions.filter { $0.form == .labelled },
            start: scan.start ?? 0, length: bytes.count)
        var found = laws.map { Found(range: $0.range, level: level(of: $0.unit), title: title($0.title)) }
        found += questions.map { Found(range: $0.range, level: Level.question, title: title($0.title)) }
        found += turns.map { Found(range: $0.range, level: Level.turn, title: $0.speaker) }
        found.sort { $0.range.lowerBound < $1.range.lowerBound }
        var end = 0
        return found.filter { heading in
            guard heading.range.lowerBound >= end else { return false }
            end = heading.range.upperBound
            return true
        }
    }

    private static func merged(_ blocks: [Block], with found: [Found]) -> [Block] {
        var merged: [Block] = []
        merged.reserveCapacity(blocks.count + 2 * found.count)
        var next = 0
        func takeHeadings(before end: Int, of block: Block?) {
            var start = block?.range.lowerBound ?? 0
            func addText(to end: Int) {
                if let block, start < end { merged.append(Block(kind: block.kind, range: start..<end)) }
            }
            while next < found.count, found[next].range.lowerBound < end {
                let heading = found[next]
                addText(to: heading.range.lowerBound)
                merged.append(Block(kind: .heading(level: heading.level, title: heading.title), range: heading.range))
                start = heading.range.upperBound
                next += 1
            }
            addText(to: end)
        }
        for block in blocks {
            takeHeadings(before: block.range.lowerBound, of: nil)
            switch block.kind {
            case .paragraph, .list: takeHeadings(before: block.range.upperBound, of: block)
            case .heading, .code, .table, .quote: merged.append(block)
            }
        }
        takeHeadings(before: .max, of: nil)
        return merged
    }
}
