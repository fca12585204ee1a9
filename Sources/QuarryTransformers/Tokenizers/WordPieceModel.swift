/// Greedy longest match of a word from left to right, as in BERT.
///
/// Wu et al., "Google's Neural Machine Translation System" (2016). A word with a part that is not in the vocabulary is
/// one unknown token.
struct WordPieceModel: Sendable {
    private let initial: PieceTable
    private let initialIDs: [Int32]
    private let continuation: PieceTable
    private let continuationIDs: [Int32]
    private let unknown: Int32
    private let maximumCharacters: Int
    let vocabularySize: Int

    /// - `pieces`: The vocabulary's pieces in sequence, split by `offsets`; `ids` has one for each.
    /// - `continuationPrefix`: Marks pieces that continue a word, such as `##`.
    /// - `maximumCharacters`: Longer words are one unknown token.
    init(
        pieces: [UInt8], offsets: [UInt32], ids: [Int32], continuationPrefix: [UInt8], unknown: Int32,
        maximumCharacters: Int
    ) {
        initial = PieceTable(bytes: pieces, offsets: offsets)
        initialIDs = ids
        var tails: [UInt8] = []
        var tailOffsets: [UInt32] = [0]
        var tailIDs: [Int32] = []
        for piece in ids.indices {
            let bytes = pieces[Int(offsets[piece])..<Int(offsets[piece + 1])]
            guard bytes.starts(with: continuationPrefix) else { continue }
            tails += bytes.dropFirst(continuationPrefix.count)
            tailOffsets.append(UInt32(tails.count))
            tailIDs.append(ids[piece])
        }
        continuation = PieceTable(bytes: tails, offsets: tailOffsets)
        continuationIDs = tailIDs
        self.unknown = unknown
        self.maximumCharacters = maximumCharacters
        vocabularySize = Int(max(unknown, ids.max() ?? 0)) + 1
    }

    func withSegmenter<Result>(_ body: (Segmenter) -> Result) -> Result {
        initial.withView { initial in
            continuation.withView { continuation in
                body(
                    Segmenter(
                        initial: initial, initialIDs: initialIDs, continuation: continuation,
                        continuationIDs: continuationIDs, unknown: unknown, maximumCharacters: maximumCharacters))
            }
        }
    }

    struct Segmenter {
        fileprivate let initial: PieceTable.View
        fileprivate let initialIDs: [Int32]
        fileprivate let continuation: PieceTable.View
        fileprivate let continuationIDs: [Int32]
        fileprivate let unknown: Int32
        fileprivate let maximumCharacters: Int

        /// Appends the ids of one non-empty word.
        ///
        /// - Complexity: O(bytes of the word × bytes of the longest piece).
        func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
            if word.count > maximumCharacters, characterCount(of: word) > maximumCharacters {
                ids.append(unknown)
                return
            }
            let first = ids.count
            var start = 0
            while start < word.count {
                var longestEnd = -1
                var longest = 0
                let table = start == 0 ? initial : continuation
                table.forEachPiece(in: word, from: start, isExact: true) { end, piece, _ in
                    longestEnd = end
                    longest = piece
                }
                guard longestEnd > start else {
                    ids.removeSubrange(first...)
                    ids.append(unknown)
                    return
                }
                ids.append(start == 0 ? initialIDs[longest] : continuationIDs[longest])
                start = longestEnd
            }
        }

        private func characterCount(of word: UnsafeBufferPointer<UInt8>) -> Int {
            var count = 0
            for byte in word where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }
}
