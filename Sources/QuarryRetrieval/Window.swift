import QuarryCore

extension RetrievalOptions {
    /// What is read around a hit, so that small passages are found and large ones are read.
    ///
    /// A window never leaves the heading path of its hit, and with its hit has at most 1200 tokens.
    public enum Window: Sendable, Hashable, Codable {
        /// This many passages before the hit and as many after it: 0 to ``maximumPassages``.
        case passages(Int)
        /// All passages around the hit under the same headings.
        case section

        public static let maximumPassages = 100
    }
}

/// `2` or `section`.
extension RetrievalOptions.Window: LosslessStringConvertible {
    public init?(_ text: String) {
        if text == "section" {
            self = .section
        } else if let count = Int(text), (0...Self.maximumPassages).contains(count) {
            self = .passages(count)
        } else {
            return nil
        }
    }

    /// The texts that ``init(_:)`` accepts.
    package static let wanted = "“section” or a number of passages from 0 to \(maximumPassages)"

    public var description: String {
        switch self {
        case .passages(let count): "\(count)"
        case .section: "section"
        }
    }
}

extension RetrievalOptions {
    /// ``window``, unless it holds nothing.
    var openWindow: Window? { window == .passages(0) ? nil : window }
}

extension RetrievalOptions.Window {
    /// The passages that are read with a hit, in any order and without it.
    ///
    /// They have no score and are of no leg.
    func passages(around hit: ScoredChunk, in snapshot: any Snapshot) async throws -> [ScoredChunk] {
        let most = if case .passages(let count) = self { min(max(0, count), Self.maximumPassages) } else { Int.max }
        var radius = min(most, 8)
        while radius > 0 {
            let surroundings = try await Surroundings(of: hit, radius: radius, in: snapshot)
            guard surroundings.isCut, radius < min(most, mergedTokens) else { return surroundings.passages }
            radius = min(4 * radius, most, mergedTokens)
        }
        return []
    }
}

/// The passages before and after a hit under the same headings.
private struct Surroundings {
    private(set) var passages: [ScoredChunk] = []
    /// Whether there may be more of them than the radius allows.
    private(set) var isCut = false

    init(of hit: ScoredChunk, radius: Int, in snapshot: any Snapshot) async throws {
        let ordinal = hit.chunk.ordinal
        let last = ordinal.addingReportingOverflow(radius)
        let fetched = try await snapshot.passages(
            ofDocument: hit.chunk.documentID,
            at: max(0, ordinal - radius)...max(0, last.overflow ? ordinal : last.partialValue))
        let byOrdinal = Dictionary(
            fetched.map { ($0.value.chunk.ordinal, $0) }, uniquingKeysWith: { first, _ in first })
        var tokens = hit.chunk.tokenCount
        // The chunks at which the text read so far ends and begins, as long as it can grow there.
        var edges = [1: hit.chunk, -1: hit.chunk]
        for distance in 1...radius {
            for step in [1, -1] {
                guard let edge = edges[step] else { continue }
                guard let (id, passage) = byOrdinal[ordinal + step * distance],
                    step > 0 ? edge.isContinued(by: passage.chunk) : passage.chunk.isContinued(by: edge),
                    tokens + passage.chunk.tokenCount <= mergedTokens
                else {
                    edges[step] = nil
                    continue
                }
                tokens += passage.chunk.tokenCount
                edges[step] = passage.chunk
                passages.append(ScoredChunk(id: id, passage: passage, score: 0))
            }
        }
        isCut = !edges.isEmpty
    }
}

extension Chunk {
    /// Whether the following chunk of the document goes on under the heading at which this one ends.
    ///
    /// The headings of a chunk are those above its beginning, so the first chunk of a section has fewer than the others.
    func isContinued(by next: Chunk) -> Bool { next.headings.starts(with: headings) && !next.beginsWithHeading }

    private var beginsWithHeading: Bool {
        let lines = text.utf8.split(separator: 0x0A, maxSplits: 2)
        guard let first = lines.first else { return false }
        let marks = first.prefix { $0 == 0x23 }.count
        if (1...6).contains(marks), first.dropFirst(marks).first == 0x20 { return true }
        // The underline of a heading.
        guard lines.count > 1, let mark = lines[1].first, mark == 0x3D || mark == 0x2D else { return false }
        return lines[1].allSatisfy { $0 == mark }
    }
}
