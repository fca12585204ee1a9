import QuarryText

/// The labels of link reference definitions, `[label]: target` (CommonMark 0.31, section 4.7).
///
/// Every line that looks like a definition counts, within code too: the labels only decide whether brackets in a
/// heading are a link.
struct LinkLabels {
    private var labels: Set<ExactText> = []

    init() {}

    /// - Complexity: O(bytes).
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            if let label = LinkLabels.definition(bytes[start..<end]) { labels.insert(ExactText(label)) }
            start = end + 1
        }
    }

    func contains(_ label: some Collection<UInt8>) -> Bool {
        !labels.isEmpty && labels.contains(ExactText(LinkLabels.normalized(label)))
    }

    private static func definition(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        let content = line.drop { $0 == 0x20 }
        guard content.startIndex - line.startIndex <= 3, content.first == UInt8(ascii: "[") else { return nil }
        let inner = content.dropFirst()
        // Footnotes are no links.
        guard inner.first != UInt8(ascii: "^"), let close = inner.prefix(1_000).firstIndex(of: UInt8(ascii: "]")),
            close + 1 < line.endIndex, line[close + 1] == UInt8(ascii: ":")
        else { return nil }
        let label = normalized(line[inner.startIndex..<close])
        return label.isEmpty ? nil : label
    }

    /// Labels match without regard to case and to how much white space is in them.
    private static func normalized(_ label: some Collection<UInt8>) -> String {
        String(decoding: label, as: UTF8.self).joiningWords().lowercased()
    }
}
