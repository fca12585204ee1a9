/// Cuts text into sentences by rules, for texts in English, Russian and languages punctuated like them, and in Chinese or
/// Japanese.
///
/// A full stop, question or exclamation mark or ellipsis, with the quotes and brackets that close after it, ends a sentence
/// when white space and anything but a small letter follow. It does not after an abbreviation, an initial (`А. С. Пушкин`)
/// or the number of a list item. Marks of Chinese and Japanese (。！？) always do. Blank lines end sentences, as do line ends
/// before list items, headings, quotes and table rows and after headings and lines too short to have been wrapped.
package struct SentenceSplitter: Sendable {
    package init() {}

    /// The sentences of a text as UTF-8 ranges in order, without the white space around them. Text without letters counts too.
    /// - Complexity: O(bytes).
    package func sentences(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { bytes in
            var scan = SentenceScan(bytes: bytes)
            return scan.sentences()
        }
    }
}
