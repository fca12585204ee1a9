/// Splits text into sentences by rules, for English, Russian and languages with similar punctuation, and for Chinese
/// and Japanese.
///
/// A sentence ends at a full stop, question or exclamation mark or ellipsis, with its closing quotes and brackets, if
/// white space and anything but a small letter follow. It does not end after an abbreviation, an initial (`А. С.
/// Пушкин`) or the number of a list item. Marks of Chinese and Japanese (。！？) always end a sentence. So do blank lines,
/// and line ends before list items, headings, quotes, table rows and messages (`Anna: yes`). Line ends after headings, and
/// after lines too short to be wrapped, also end a sentence, unless the line ends in a comma or a word such as "of", or
/// the sentence went on in a small letter on a line before.
package struct SentenceSplitter: Sendable {
    package init() {}

    /// The sentences of a text as UTF-8 ranges in order, without the white space around them. Text without letters is
    /// included.
    /// - Complexity: O(bytes).
    package func sentences(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var scan = SentenceScan(bytes: bytes)
            return scan.sentences()
        }
    }
}
