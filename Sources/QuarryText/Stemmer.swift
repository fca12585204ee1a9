import CQuarryStemmer

/// One Snowball stemmer of libstemmer. Not thread-safe: a stemmer has its own buffers.
///
/// The installed libstemmer makes the stems; major versions of Snowball change a few of them.
package final class Stemmer {
    private let stemmer: OpaquePointer

    /// - Returns: Nil if libstemmer has no algorithm for the language.
    package init?(_ language: Language) {
        guard let name = language.stemmerName, let stemmer = sb_stemmer_new(name, "UTF_8") else { return nil }
        self.stemmer = stemmer
    }

    deinit { sb_stemmer_delete(stemmer) }

    /// The stem of one lower-case word in UTF-8; the word itself if libstemmer runs out of memory.
    package func stem(_ word: [UInt8]) -> [UInt8] {
        guard let stem = sb_stemmer_stem(stemmer, word, Int32(clamping: word.count)) else { return word }
        return Array(UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(stemmer))))
    }
}
