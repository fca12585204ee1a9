/// The unigram language model of SentencePiece: the segmentation of a word whose pieces have the largest summed
/// log-probability.
///
/// Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates" (2018),
/// with the conventions of the reference implementations: a character that no piece spells costs ten less than the
/// rarest piece, of equal paths the one found first wins, and neighbouring unknown characters are one token.
struct UnigramModel: Sendable {
    private let table: PieceTable
    private let scores: [Double]
    private let unknown: Int32
    private let unknownScore: Double

    /// - Parameters:
    ///   - pieces: Finds pieces; ids are indices into `scores`.
    ///   - scores: Log-probabilities, finite.
    init(pieces: PieceTable, scores: [Double], unknown: Int32) {
        table = pieces
        self.scores = scores
        self.unknown = unknown
        unknownScore = (scores.min() ?? 0) - 10
    }

    var vocabularySize: Int { scores.count }

    /// The best way found so far to spell a word's bytes up to a place.
    struct Node {
        var score: Double
        /// Where the path's last piece starts; −1 where no path ends here.
        var start: Int
        var piece: Int32
    }

    /// Calls `body` with a segmenter that works in scratch memory of its own.
    func withSegmenter<Result>(_ body: (inout Segmenter) -> Result) -> Result {
        table.withView { view in
            scores.withUnsafeBufferPointer { scores in
                var segmenter = Segmenter(
                    lattice: Lattice(table: view, scores: scores, unknown: unknown, unknownScore: unknownScore))
                return body(&segmenter)
            }
        }
    }

    struct Segmenter {
        fileprivate let lattice: Lattice
        private var nodes: [Node] = []

        fileprivate init(lattice: Lattice) { self.lattice = lattice }

        /// Appends the ids of one word.
        ///
        /// - Complexity: O(bytes of the word × bytes of the longest piece).
        mutating func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
            if nodes.count <= word.count {
                let missing = max(64, word.count + 1) - nodes.count
                nodes.append(contentsOf: repeatElement(Node(score: 0, start: -1, piece: 0), count: missing))
            }
            let lattice = lattice
            nodes.withUnsafeMutableBufferPointer { nodes in
                for index in 0...word.count { nodes[index].start = -1 }
                nodes[0].score = 0
                lattice.fill(nodes, word)
                lattice.appendBestPath(nodes, end: word.count, to: &ids)
            }
        }
    }

    /// The Viterbi search over one word.
    fileprivate struct Lattice {
        let table: PieceTable.View
        let scores: UnsafeBufferPointer<Double>
        let unknown: Int32
        let unknownScore: Double

        @inline(__always)
        func fill(_ nodes: UnsafeMutableBufferPointer<Node>, _ word: UnsafeBufferPointer<UInt8>) {
            var start = 0
            while start < word.count {
                let scoreSoFar = nodes[start].score
                let characterEnd = min(word.count, start + utf8Length(ofLead: word[start]))
                var isSpelled = false
                table.forEachPiece(in: word, from: start) { end, id in
                    let score = scores[Int(id)] + scoreSoFar
                    if nodes[end].start < 0 || score > nodes[end].score {
                        nodes[end] = Node(score: score, start: start, piece: id)
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
