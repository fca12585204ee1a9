package import QuarryCore
import QuarryText

extension Redaction {
    /// The document with a placeholder for each piece of personal data in its text, title, headings, metadata, links
    /// and places. Its id stays.
    ///
    /// Ranges lead to the same bytes as before: a placeholder maps to all bytes of what it replaces.
    /// - Complexity: O(size of the document).
    package func redacted(_ document: Document) -> Document {
        guard !kinds.isEmpty else { return document }
        var document = document
        var headings: [Int: [String: String]] = [:]
        if let redacted = RedactedText(document.text, kinds) {
            let map = SourceMap(segments: redacted.segments, lineStarts: [0])
            headings = redacted.inHeadings(of: document)
            document.sourceMap = document.sourceMap.redacted(by: map)
            document.blocks = document.blocks.map { $0.redacted(by: map) }
            document.text = redacted.text
        }
        // A title is usually the first heading.
        let first = headings.keys.min().flatMap { headings[$0] } ?? [:]
        document.title = document.title?.redacted(kinds, known: first)
        for index in document.blocks.indices {
            guard case .heading(let level, let title) = document.blocks[index].kind else { continue }
            document.blocks[index].kind = .heading(
                level: level, title: title.redacted(kinds, known: headings[index] ?? [:]))
        }
        for index in document.sourceMap.places.indices {
            document.sourceMap.places[index].place.redact(kinds)
        }
        document.links = document.links.map { $0.redacted(kinds) }
        document.metadata = redacted(document.metadata)
        return document
    }

    /// The result with redacted documents and messages.
    func redacted(_ result: ReadResult) -> ReadResult {
        guard !kinds.isEmpty else { return result }
        var result = result
        result.documents = result.documents.map(redacted)
        result.rejected = result.rejected.map(redacted)
        result.warnings = result.warnings.map(redacted)
        result.skipped = result.skipped.map(redacted)
        result.unread = result.unread.map(redacted)
        return result
    }

    private func redacted(_ rejection: Rejection) -> Rejection {
        var rejection = rejection
        rejection.message = rejection.message.redacted(kinds)
        return rejection
    }

    /// The key is read as a word before its value: `{"phone": 4155550132}`.
    private func redacted(_ metadata: [String: MetadataValue]) -> [String: MetadataValue] {
        var redacted: [String: MetadataValue] = [:]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let name = key.redacted(kinds)
            guard redacted[name] == nil else { continue }
            redacted[name] =
                switch value {
                case .string(let text): .string(self.redacted(text, of: key) ?? text)
                case .strings(let texts): .strings(texts.map { self.redacted($0, of: key) ?? $0 })
                case .number(let number): self.redacted(number, of: key).map { .string($0) } ?? value
                case .bool: value
                }
        }
        return redacted
    }

    private func redacted(_ number: Double, of key: String) -> String? {
        guard number.rounded() == number, abs(number) < 1e16 else { return nil }
        return redacted(String(Int64(number)), of: key)
    }

    /// Nil if nothing was replaced.
    private func redacted(_ value: String, of key: String) -> String? {
        let label = "\(key): "
        guard let whole = RedactedText(label + value, kinds),
            whole.matches.contains(where: { $0.range.lowerBound >= label.utf8.count })
        else { return nil }
        // What is found in the key does not reach into the value, which comes after a colon.
        let start = SourceMap(segments: whole.segments, lineStarts: [0])
            .textRange(ofSource: label.utf8.count..<(label + value).utf8.count).lowerBound
        return String(decoding: whole.text.utf8.dropFirst(start), as: UTF8.self)
    }
}

extension RedactedText {
    /// What was replaced within each heading of the original document, by the position of its block.
    fileprivate func inHeadings(of document: Document) -> [Int: [String: String]] {
        var found: [Int: [String: String]] = [:]
        let bytes = Array(document.text.utf8)
        var next = 0
        for (position, block) in document.blocks.enumerated() {
            guard case .heading = block.kind else { continue }
            while next < matches.count, matches[next].range.upperBound <= block.range.lowerBound { next += 1 }
            var index = next
            while index < matches.count, matches[index].range.lowerBound < block.range.upperBound {
                let data = String(decoding: bytes[matches[index].range], as: UTF8.self)
                found[position, default: [:]][data] = replaced[data]
                index += 1
            }
        }
        return found
    }
}

extension Block {
    /// The block of the redacted text.
    fileprivate func redacted(by map: SourceMap) -> Block {
        var kind = kind
        if case .table(let header) = kind {
            let start = map.textRange(ofSource: range).lowerBound
            kind = .table(header: header.isEmpty ? start..<start : map.textRange(ofSource: header))
        }
        return Block(kind: kind, range: map.textRange(ofSource: range))
    }
}

extension SourceMap {
    /// The map of the redacted text, by its map to the original text.
    fileprivate func redacted(by map: SourceMap) -> SourceMap {
        var end = 0
        let places = places.compactMap { placed -> PlacedRange? in
            // A placeholder that reaches over two places belongs to the first.
            let range = map.textRange(ofSource: placed.range)
            let own = max(end, range.lowerBound)..<max(end, range.upperBound)
            guard !own.isEmpty else { return nil }
            end = own.upperBound
            return PlacedRange(range: own, place: placed.place)
        }
        return SourceMap(
            segments: SourceMap.composition(of: map.segments, over: segments), lineStarts: lineStarts,
            firstLine: firstLine, places: places, base: base, member: member)
    }
}

extension Place {
    fileprivate mutating func redact(_ kinds: Set<PersonalData.Kind>) {
        switch self {
        case .chapter(let name): self = .chapter(name.redacted(kinds))
        case .paragraph(let number, let heading?): self = .paragraph(number, heading: heading.redacted(kinds))
        case .message(let name): self = .message(name.redacted(kinds))
        case .cells(let sheet, let range): self = .cells(sheet: sheet.redacted(kinds), range: range)
        case .page, .slide, .paragraph, .line, .time: break
        }
    }
}
