import QuarryCore

/// The headings above each part of a document, and the table headers that chunks may repeat.
///
/// It grows while earlier parts are cut into chunks, which share it.
final class Outline {
    struct Breadcrumb {
        /// Outermost first.
        var titles: [String]
        var tokens: Int
    }

    struct TableHeader {
        var text: String
        var tokens: Int
    }

    /// The first belongs to text above any heading: the document's title, possibly shortened.
    var breadcrumbs: [Breadcrumb]
    var tableHeaders: [TableHeader] = []

    init(title: String?, length: ChunkLength, counter: any TokenCounter) {
        breadcrumbs = [Self.beginning(of: title ?? "", within: length.breadcrumb, counter: counter)]
    }

    /// Tokens of a breadcrumb and of a table header, by their indices.
    func tokens(breadcrumb: Int, tableHeader: Int?) -> Int {
        breadcrumbs[breadcrumb].tokens + (tableHeader.map { tableHeaders[$0].tokens } ?? 0)
    }

    /// The title, shortened to the words that fit.
    private static func beginning(of title: String, within room: Int, counter: any TokenCounter) -> Breadcrumb {
        guard !title.isEmpty else { return Breadcrumb(titles: [], tokens: 0) }
        let whole = counter.tokenCount(of: title)
        if whole <= room { return Breadcrumb(titles: [title], tokens: whole) }
        var end = title.startIndex
        var tokens = 0
        for word in title.split(maxSplits: room + 1, whereSeparator: \.isWhitespace).prefix(room + 1) {
            let sum = tokens + max(1, counter.tokenCount(of: String(word)))
            guard sum <= room else { break }
            (end, tokens) = (word.endIndex, sum)
        }
        return tokens == 0
            ? Breadcrumb(titles: [], tokens: 0) : Breadcrumb(titles: [String(title[..<end])], tokens: tokens)
    }
}
