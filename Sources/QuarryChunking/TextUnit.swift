/// A stretch of text that is kept whole where it fits, and knows how it may be cut where it does not.
struct TextUnit {
    /// How a unit is cut next, from the kindest cut to the unkindest.
    enum Form {
        case paragraphs
        case lines
        case sentences
        /// Cut before the items of the outermost list.
        case items
        /// Cut before items of any depth.
        case nestedItems
        case codeParagraphs
        case codeLines
        /// Cut before rows. The first row stays with the heading rows, which end at the offset; later ones repeat the
        /// header of the index.
        case rows(headerEnd: Int, header: Int?)
        case words
        case scalars
    }

    /// UTF-8 offsets, without white space at either end.
    var range: Range<Int>
    /// Indices of the words that `range` touches.
    var words: Range<Int>
    var tokens: Int
    var form: Form
    /// Index of the breadcrumb that stands above the unit's text.
    var breadcrumb = 0
    /// Index of the table header to repeat where a chunk begins with this unit.
    var tableHeader: Int?
    var isHeading = false

    /// Prose and lists may be cut to go with a short text before them; code and tables may not.
    var mayFollowIntroduction: Bool {
        switch form {
        case .paragraphs, .lines, .sentences, .items, .nestedItems: true
        case .codeParagraphs, .codeLines, .rows, .words, .scalars: false
        }
    }
}

extension TextUnit.Form {
    /// The next cut to try where this one finds nothing.
    var next: TextUnit.Form? {
        switch self {
        case .paragraphs: .lines
        case .lines: .sentences
        case .sentences: .words
        case .items: .nestedItems
        case .nestedItems: .lines
        case .codeParagraphs: .codeLines
        case .codeLines: .words
        case .rows: .words
        case .words: .scalars
        case .scalars: nil
        }
    }

    /// Whether a cut of this form goes through a sentence, a row or a line of code.
    var cutsSentences: Bool {
        switch self {
        case .words, .scalars: true
        default: false
        }
    }
}
