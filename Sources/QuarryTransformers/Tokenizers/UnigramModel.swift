/// The unigram language model of SentencePiece: the segmentation of a word whose pieces have the largest summed
/// log-probability.
///
/// Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates" (2018),
/// with the conventions of the reference implementations. A character without a piece costs ten less than the rarest
/// piece. Of equal paths the first one found wins. Adjacent unknown characters are one token.
struct UnigramModel: Sendable {
    private let table: PieceTable
    private let unknown: Int32
    private let unknownScore: Double
    let vocabularySize: Int

    /// - `pieces`: All pieces in the order of their ids, in sequence, split by `offsets`.
    /// - `scores`: Log-probabilities, finite, one for each piece.
    init(pieces: [UInt8], offsets: [UInt32], scores: [Double], unknown: Int32) {
        table = PieceTable(bytes: pieces, offsets: offsets, scores: scores)
        self.unknown = unknown
        unknownScore = (scores.min() ?? 0) - 10
        vocabularySize = scores.count
    }

    /// The best segmentation so far of a word's bytes up to a position.
    struct Node {
        var score: Double
        /// The start of the path's last piece; −1 if no path ends here.
        var start: Int
        var piece: Int32
    }

    /// Calls `body` with a segmenter that has its own scratch memory.
    func withSegmenter<Result>(_ body: (inout Segmenter) -> Result) -> Result {
        table.withView { view in
            var segmenter = Segmenter(
                lattice: Lattice(table: view, unknown: unknown, unknownScore: unknownScore))
            return body(&segmenter)
        }
    }

    struct Segmenter {
        fileprivate let lattice: Lattice
        private var nodes: [Node] = []
        private var memo = WordMemo()

        fileprivate init(lattice: Lattice) { self.lattice = lattice }

        /// Appends the ids of one word.
        ///
        /// - Complexity: O(bytes of the word × bytes of the longest piece).
        mutating func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
            if memo.appendIDs(of: word, to: &ids) { return }
            let first = ids.count
            search(word, &ids)
            memo.remember(word, ids[first...])
        }

        private mutating func search(_ word: UnsafeBufferPointer<UInt8>, _ ids: inout [Int32]) {
            if nodes.count <= word.count {
                let missing = max(64, word.count + 1) - nodes.count
                nodes.append(contentsOf: repeatElement(Node(score: 0, start: -1, piece: 0), count: missing))
            }
            let lattice = lattice
            nodes.withUnsafeMutableBufferPointer { nodes in
                lattice.fill(nodes, word, isExact: false)
                if !lattice.isSpelled(nodes, word) { lattice.fill(nodes, word, isExact: true) }
                lattice.appendBestPath(nodes, end: word.count, to: &ids)
            }
        }
    }

    /// The Viterbi search over one word.
    fileprivate struct Lattice {
        let table: PieceTable.View
        let unknown: Int32
        let unknownScore: Double

        @inline(__always)
        func fill(
            _ nodes: UnsafeMutableBufferPointer<Node>, _ word: UnsafeBufferPointer<UInt8>, isExact: Bool
        ) {
            for index in 0...word.count { nodes[index].start = -1 }
            nodes[0].score = 0
            var start = 0
            while start < word.count {
                let scoreSoFar = nodes[start].score
                let characterEnd = min(word.count, start + utf8Length(ofLead: word[start]))
                var isSpelled = false
                table.forEachPiece(in: word, from: start, isExact: isExact) { end, piece, pieceScore in
                    let score = pieceScore + scoreSoFar
                    if nodes[end].start < 0 || score > nodes[end].score {
                        nodes[end] = Node(score: score, start: start, piece: Int32(truncatingIfNeeded: piece))
                    }
                    if end == characterEnd { isSpelled = true }
                }
                if !isSpelled {
                    let score = unknownScore + scoreSoFar
                    if nodes[characterEnd].start < 0 || score > nodes[characterEnd].score {
                        nodes[characterEnd] = Node(score: score, start: start, piece: unknown)
                    }
                }
                start = characterEnd
            }
        }

        /// Whether the pieces of the best path equal the text.
        @inline(__always)
        func isSpelled(_ nodes: UnsafeMutableBufferPointer<Node>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
            var end = word.count
            while end > 0 {
                let node = nodes[end]
                if node.piece != unknown, !table.spells(Int(node.piece), word, node.start..<end) { return false }
                end = node.start
            }
            return true
        }

        func appendBestPath(_ nodes: UnsafeMutableBufferPointer<Node>, end: Int, to ids: inout [Int32]) {
            let first = ids.count
            var end = end
            while end > 0 {
                let node = nodes[end]
                if node.piece != unknown || ids.count == first || ids[ids.count - 1] != unknown {
                    ids.append(node.piece)
                }
                end = node.start
            }
            ids[first...].reverse()
        }
    }
}
