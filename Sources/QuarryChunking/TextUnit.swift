/// A stretch of text that is kept whole if possible, with the ways to cut it.
struct TextUnit {
    /// The next way to cut a unit, from the least to the most harmful.
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
        /// Cut before rows. The first row stays with the header rows, which end at the offset. Later rows repeat the
        /// header with the given index.
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
    /// Index of the breadcrumb of the unit's text.
    var breadcrumb = 0
    /// Index of the table header to repeat if a chunk begins with this unit.
    var tableHeader: Int?
    var isHeading = false
    /// Whether a chunk begins with this unit, unless the text before it is too short for a chunk.
    var opensChunk = false

    /// Whether the unit may be cut to fill a chunk after a short text: true for prose and lists, false for code and
    /// tables.
    var mayFollowIntroduction: Bool {
        switch form {
        case .paragraphs, .lines, .sentences, .items, .nestedItems: true
        case .codeParagraphs, .codeLines, .rows, .words, .scalars: false
        }
    }
}

extension TextUnit {
    /// This unit with the next one, cut between sentences.
    func joined(to next: TextUnit) -> TextUnit {
        var unit = self
        unit.range = range.lowerBound..<next.range.upperBound
        unit.words = words.lowerBound..<next.words.upperBound
        unit.tokens += next.tokens
        unit.form = .sentences
        return unit
    }
}

extension TextUnit.Form {
    /// The next way to cut if this one finds no place.
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

    /// Whether this way of cutting splits a sentence, a row or a line of code.
    var cutsSentences: Bool {
        switch self {
        case .words, .scalars: true
        default: false
        }
    }
}
