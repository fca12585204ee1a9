import QuarryCore

/// Counts the paragraphs below each heading of a document without pages, for their places.
struct ParagraphPlaces {
    private var heading: String?
    private var number = 0
    /// Longer headings are cut, in characters.
    private static let maximumHeading = 60

    /// The place of a heading. It is that of the first paragraph below it.
    mutating func heading(_ text: String) -> Place {
        let title = text.joiningWords()
        heading = title.count > Self.maximumHeading ? title.prefix(Self.maximumHeading) + "…" : title
        number = 0
        return .paragraph(1, heading: heading)
    }

    /// The place of the next paragraph, item or table.
    mutating func next() -> Place {
        number += 1
        return .paragraph(number, heading: heading)
    }
}
