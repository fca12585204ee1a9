/// The headings above each part of a document, and the table headers that chunks may repeat.
struct Outline {
    struct Breadcrumb {
        /// Outermost first.
        var titles: [String]
        var tokens: Int
    }

    struct TableHeader {
        var text: String
        var tokens: Int
    }

    /// The first is that of text above any heading.
    var breadcrumbs = [Breadcrumb(titles: [], tokens: 0)]
    var tableHeaders: [TableHeader] = []
}
