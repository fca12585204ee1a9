import QuarryCore
import QuarryText

/// A text with placeholders, and where its parts come from.
struct RedactedText {
    private(set) var text: String
    /// What was replaced, in the original text.
    let matches: [PersonalData.Match]
    /// From the text to the original text. A placeholder is one unit.
    private(set) var segments: [SourceMap.Segment] = []
    /// The strings that were replaced, with their placeholders.
    private(set) var replaced: [String: String] = [:]

    /// Nil if there is nothing to replace.
    init?(_ original: String, _ kinds: Set<PersonalData.Kind>) {
        matches = PersonalData.find(in: original).filter { kinds.contains($0.kind) }
        guard !matches.isEmpty else { return nil }
        let bytes = Array(original.utf8)
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var map = SourceMapBuilder()
        var start = 0
        for match in matches {
            let placeholder = match.kind.placeholder
            kept += bytes[start..<match.range.lowerBound]
            kept += placeholder.utf8
            map.append(source: start, count: match.range.lowerBound - start)
            map.append(
                source: match.range.lowerBound, cleanUnit: placeholder.utf8.count, sourceUnit: match.range.count)
            replaced[String(decoding: bytes[match.range], as: UTF8.self)] = placeholder
            start = match.range.upperBound
        }
        kept += bytes[start...]
        map.append(source: start, count: bytes.count - start)
        text = String(decoding: kept, as: UTF8.self)
        segments = map.segments
    }
}

extension String {
    /// The text with placeholders, of what is found in it and of `known` strings.
    func redacted(_ kinds: Set<PersonalData.Kind>, known: [String: String] = [:]) -> String {
        var text = RedactedText(self, kinds)?.text ?? self
        // The longest first, so that none hides a part of another.
        let known = known.sorted { ($1.key.utf8.count, $0.key) < ($0.key.utf8.count, $1.key) }
        for (data, placeholder) in known where text.contains(data) {
            text = text.split(separator: data, omittingEmptySubsequences: false).joined(separator: placeholder)
        }
        return text
    }
}
