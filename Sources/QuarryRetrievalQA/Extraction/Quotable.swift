/// What the reader may quote as one answer: a segment, or a list, code block or paragraph with the line that introduces
/// it.
struct Quotable: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case heading
        case sentence
        case listItem
        case list
        case tableRow
        case code
    }

    var kind: Kind
    /// Its segments, as positions in the passage.
    var segments: ClosedRange<Int>
    /// UTF-8 offsets into the passage.
    var range: Range<Int>
    /// As a person reads it; the items of a list are lines with their number or `-`.
    var text: String
    /// The words that say what it is about: ``text``, or only the introduction of a list.
    var subject: String
    /// What it answers by its place: the question before it, or the heading right above it.
    var topic: String?
    /// Whether ``topic`` is a question, which it may answer with any words.
    var isReply = false
    /// Whether it is a short field without a topic: it answers only a question about its key.
    var isField = false

    /// Longer ones are not quoted: tables without rows, dumps, text without sentences. In UTF-8 bytes.
    private static let longest = 1_200
    /// The most that is quoted of a list, in UTF-8 bytes and in segments.
    private static let longestList = 2_000
    private static let mostSegments = 40
    /// A question is answered by at most this many of the segments that follow.
    private static let longestReply = 6

    /// What can be quoted of a passage, in text order.
    ///
    /// A question is not an answer, and neither is a line that ends in a colon, nor a code line unless it is asked for.
    /// - `question`: A question that the first segments answer, such as the title of the record.
    /// - Complexity: O(length of the segments).
    static func all(in segments: [Segment], answering question: String? = nil, withCode: Bool) -> [Quotable] {
        var found: [Quotable] = []
        var topic = question.map { Topic(text: $0, end: longestReply) }
        for (index, segment) in segments.enumerated() {
            if isQuestion(segment.text) {
                // "The lamp flickers. Does anyone know why?" asks about the lamp.
                let lead = index > 0 && segments[index - 1].block == segment.block ? segments[index - 1].text : nil
                topic = Topic(
                    text: lead.map { "\($0) \(segment.text)" } ?? segment.text, end: index + 1 + longestReply)
                continue
            }
            if segment.kind == .heading {
                topic = Topic(text: title(of: segment), end: segments.count, isHeading: true)
                found.append(Quotable(.heading, index, segment))
                if let changes = changes(under: index, in: segments) { found.append(changes) }
                continue
            }
            if segment.kind == .sentence {
                if Courtesy.isGreeting(segment.text) { continue }
                if Courtesy.isClosing(segment.text) {
                    // What follows is a name.
                    topic = nil
                    continue
                }
            }
            if topic?.covers(segment, at: index) == false { topic = nil }
            if let list = list(from: index, in: segments, topic: topic?.text)
                ?? record(from: index, in: segments, topic: topic?.text)
            {
                found.append(list)
            }
            let isBare = topic == nil && isFragment(segment)
            let isField = isBare && Field(withoutLabel(segment.text)) != nil
            guard let kind = Kind(segment.kind), isQuotable(segment, withCode: withCode), !isBare || isField
            else { continue }
            var quotable = Quotable(kind, index, segment)
            quotable.isField = isField
            quotable.topic = topic?.text
            quotable.isReply = topic?.isHeading == false
            found.append(quotable)
        }
        return found
    }

    /// A question or heading, and the segments that it is about.
    private struct Topic {
        var text: String
        /// The position after the last segment that may answer.
        var end: Int
        var isHeading = false
        private var block: Int?

        init(text: String, end: Int, isHeading: Bool = false) {
            self.text = text
            self.end = end
            self.isHeading = isHeading
        }

        /// A heading names the first paragraph, list or table under it.
        mutating func covers(_ segment: Segment, at index: Int) -> Bool {
            guard isHeading else { return index < end }
            if block == nil { block = segment.block }
            return block == segment.block || segment.kind != .sentence
        }
    }

    private init(_ kind: Kind, _ index: Int, _ segment: Segment) {
        let text = Self.withoutLabel(segment.text)
        self.init(
            kind: kind, segments: index...index, range: segment.range, text: text, subject: text, topic: nil)
    }

    private init(
        kind: Kind, segments: ClosedRange<Int>, range: Range<Int>, text: String, subject: String, topic: String?
    ) {
        self.kind = kind
        self.segments = segments
        self.range = range
        self.text = text
        self.subject = subject
        self.topic = topic
    }

    /// A line that introduces a list, code block, table or paragraph, with these; or a list right under its topic. What
    /// is too long is cut after a member, with an ellipsis.
    private static func list(from index: Int, in segments: [Segment], topic: String?) -> Quotable? {
        let first = segments[index]
        guard first.kind == .sentence || first.kind == .listItem else { return nil }
        let introduces = first.text.hasSuffix(":") || first.text.hasSuffix("：")
        let opensList = index == 0 || segments[index - 1].kind != .listItem
        guard introduces || topic != nil && first.kind == .listItem && opensList else { return nil }
        // What follows the introduction decides what belongs to it.
        let following = segments[(index + 1)...]
        guard let kind = introduces ? following.first?.memberKind : .listItem, kind != .heading else { return nil }
        var text = introduces ? first.text : first.asItem
        var last = index
        for (next, segment) in zip(following.indices, following) {
            guard segment.memberKind == kind, kind != .sentence || segment.block == following.first?.block else {
                break
            }
            guard text.utf8.count + segment.text.utf8.count <= longestList, next - index <= mostSegments else {
                text += "\n…"
                break
            }
            if kind == .codeLine {
                text += "\n" + segment.text
            } else if kind == .sentence || segment.block == segments[last].block {
                text += " " + segment.text
            } else if segment.kind != .tableHeader {
                text += "\n" + segment.asItem
            }
            last = next
        }
        guard last > index else { return nil }
        return Quotable(
            kind: .list, segments: index...last, range: first.range.lowerBound..<segments[last].range.upperBound,
            text: text, subject: introduces ? first.text : "", topic: topic)
    }

    /// The lines of a paragraph of short fields with different keys, which describe one thing.
    private static func record(from index: Int, in segments: [Segment], topic: String?) -> Quotable? {
        let first = segments[index]
        guard first.kind == .sentence, index == 0 || segments[index - 1].block != first.block else { return nil }
        let lines = segments[index...].prefix { $0.block == first.block }
        let keys = lines.compactMap { Field($0.text)?.key }
        let text = lines.map(\.text).joined(separator: "\n")
        guard let last = lines.last, lines.allSatisfy(isFragment), keys.count > 1, keys.count == lines.count,
            Set(keys).count == keys.count,
            text.utf8.count <= longest, SurfaceWord.words(of: text).count >= fewestWords
        else { return nil }
        return Quotable(
            kind: .list, segments: index...(lines.endIndex - 1), range: first.range.lowerBound..<last.range.upperBound,
            text: text, subject: text, topic: topic)
    }

    /// A heading with the number of the version above it, as in "2.1.0: Removed".
    private static func title(of heading: Segment) -> String {
        let versions = heading.headings.filter { AnswerType.isVersion(heading: $0, notIn: []) }
        return (versions.suffix(1) + [heading.text]).joined(separator: ": ")
    }

    /// All that stands under the heading of a version, with the headings in between.
    private static func changes(under heading: Int, in segments: [Segment]) -> Quotable? {
        let title = segments[heading]
        guard AnswerType.isVersion(heading: title.text, notIn: []) else { return nil }
        let depth = title.headings.count
        var text = "\(title.text):"
        var last: Int?
        for (index, segment) in zip(segments.indices, segments).dropFirst(heading + 1) {
            guard segment.headings.count > depth, segment.headings[depth] == title.text else { break }
            guard text.utf8.count + segment.text.utf8.count <= longestList, index - heading <= mostSegments else {
                text += "\n…"
                break
            }
            switch segment.kind {
            case .heading: text += "\n\(segment.text):"
            case .listItem where segment.block != segments[index - 1].block: text += "\n\(segment.asItem)"
            case .listItem: text += " \(segment.text)"
            case .tableHeader: continue
            default: text += "\n\(segment.text)"
            }
            if segment.kind != .heading { last = index }
        }
        guard let last else { return nil }
        return Quotable(
            kind: .list, segments: heading...last, range: title.range.lowerBound..<segments[last].range.upperBound,
            text: text, subject: "\(title.text) \(AnswerType.impliedByChanges)", topic: nil)
    }

    private static func isQuotable(_ segment: Segment, withCode: Bool) -> Bool {
        guard segment.text.utf8.count <= longest, !segment.text.hasSuffix(":"), !segment.text.hasSuffix("："),
            segment.text.contains(where: { $0.isLetter || $0.isNumber })
        else { return false }
        return (segment.kind != .codeLine || withCode) && !hasPayload(segment.text)
    }

    /// Whether a paragraph is not a sentence, such as the caption of a file: it has few words and no mark at its end.
    private static func isFragment(_ segment: Segment) -> Bool {
        segment.kind == .sentence && SurfaceWord.words(of: segment.text).count < fewestWords
            && !endsSentence(segment.text)
    }

    private static func endsSentence(_ text: String) -> Bool { text.last.map { ".!…。！\"”»)".contains($0) } ?? false }

    /// Whether it may be a title: a paragraph without a mark at its end that answers no question.
    var mayBeTitle: Bool { kind == .sentence && !isReply && !Self.endsSentence(text) }

    private static let fewestWords = 6

    /// Whether a text has a run of characters that is not words, such as encoded data.
    private static func hasPayload(_ text: String) -> Bool {
        text.utf8.split(separator: 0x20).contains { run in
            run.count > 120 && run.allSatisfy { $0 < 0x80 } && !run.starts(with: "http".utf8)
        }
    }

    static func isQuestion(_ text: String) -> Bool {
        text.reversed().first { !"\"'”’»)]* ".contains($0) }.map { "?？؟".contains($0) } ?? false
    }

    /// A reply without the mark that calls it one.
    private static func withoutLabel(_ text: String) -> String {
        guard let end = text.prefix(16).firstIndex(where: { ":.)".contains($0) }),
            labels.contains(text[..<end].lowercased())
        else { return text }
        let rest = text[text.index(after: end)...].drop { $0 == " " }
        return rest.isEmpty ? text : String(rest)
    }

    private static let labels: Set<String> = ["a", "answer", "reply", "о", "ответ", "antwort", "réponse", "respuesta"]
}

extension Segment {
    /// What it is as a member of a list: the header of a table belongs to its rows.
    fileprivate var memberKind: Kind { kind == .tableHeader ? .tableRow : kind }

    /// As a line of a list, with its number or a dash.
    fileprivate var asItem: String { "\(mark ?? "-") \(text)" }
}

extension Quotable.Kind {
    init?(_ kind: Segment.Kind) {
        switch kind {
        case .heading, .tableHeader: return nil
        case .sentence: self = .sentence
        case .listItem: self = .listItem
        case .tableRow: self = .tableRow
        case .codeLine: self = .code
        }
    }

    var isProse: Bool { self == .sentence || self == .listItem || self == .list }
}
