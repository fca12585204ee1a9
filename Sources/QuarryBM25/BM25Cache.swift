package import GRDB
package import QuarryCore
import Synchronization

/// Decoded lengths and postings, kept between searches of one process, for one state of an index.
///
/// A search of another state, or with other parameters, replaces what is kept. The sum of the chunks' checksums stands
/// for the state, so that commits of any process are noticed.
package final class BM25Cache: Sendable {
    private struct State: Hashable {
        var checksum: UInt64
        var statistics: BM25Statistics
        var parameters: BM25Parameters
    }

    private struct Entry {
        var postings: ScoredPostings
        var lastUse: UInt64
    }

    private struct Content {
        var state: State
        var lengths: ChunkLengths
        var terms: [[String]: Entry] = [:]
        var byteCount = 0
        var uses: UInt64 = 0
    }

    private let limit: Int
    private let content = Mutex<Content?>(nil)

    /// - `limit`: The most bytes of lengths and postings that are kept.
    package init(limit: Int = 256 << 20) { self.limit = limit }

    /// Decodes what the question needs and is not here.
    ///
    /// - Throws: ``BM25Error``.
    package func question(
        _ terms: [QueryTerm], in db: Database, parameters: BM25Parameters = BM25Parameters()
    ) throws -> BM25Question {
        try parameters.validate()
        let merged = BM25Table.merged(terms)
        if merged.isEmpty { return BM25Question() }
        let view = try view(of: db, parameters: parameters)
        var question = BM25Question(lengths: view.lengths)
        for term in merged where !term.forms.isEmpty {
            let postings = try decoded(term.forms, in: view)
            if postings.count == 0 { continue }
            let weight = parameters.inverseFrequency(
                chunksWithTerm: postings.count, chunks: view.statistics.chunks)
            question.add(postings, weight: term.weight * weight)
        }
        return question
    }

    /// For each term, the number of chunks with any of its forms. What is decoded for this is kept for a search.
    ///
    /// - Throws: ``BM25Error``.
    package func frequencies(
        of terms: [QueryTerm], in db: Database, parameters: BM25Parameters = BM25Parameters()
    ) throws -> [Int] {
        if terms.isEmpty { return [] }
        let view = try view(of: db, parameters: parameters)
        return try terms.map { $0.forms.isEmpty ? 0 : try decoded($0.forms, in: view).count }
    }

    /// One state of an index, as a transaction sees it.
    private struct View {
        var db: Database
        var parameters: BM25Parameters
        var statistics: BM25Statistics
        var lengths: ChunkLengths
        var format: BM25Table.Format
        /// Nil for a file of the first versions, of which nothing is kept.
        var state: State?
    }

    private func view(of db: Database, parameters: BM25Parameters) throws -> View {
        let totals = try BM25Table.totals(in: db)
        let statistics = totals.statistics
        let state = totals.checksum.map { State(checksum: $0, statistics: statistics, parameters: parameters) }
        let lengths: ChunkLengths
        if let state, let known = content.withLock({ $0?.state == state ? $0?.lengths : nil }) {
            lengths = known
        } else {
            lengths = try ChunkLengths(db, totals: totals, parameters: parameters)
            if let state {
                content.withLock { $0 = Content(state: state, lengths: lengths, byteCount: lengths.byteCount) }
            }
        }
        return View(
            db: db, parameters: parameters, statistics: statistics, lengths: lengths, format: totals.format,
            state: state)
    }

    private func decoded(_ forms: [String], in view: View) throws -> ScoredPostings {
        if let known = view.state.flatMap({ self.known(forms, in: $0) }) { return known }
        var found: [ScoredPostings] = []
        if forms.count > 1 {
            found = try forms.map { try decoded([$0], in: view) }.filter { $0.count > 0 }
            if found.count == 1 { return found[0] }
        } else if let stored = try StoredPostings(of: forms[0], in: view.db, format: view.format) {
            guard stored.count <= view.statistics.chunks else {
                throw BM25Error.damaged(
                    place: "the totals",
                    reason:
                        "they count \(view.statistics.chunks) chunks, but the term “\(forms[0])” has \(stored.count)"
                )
            }
            found = [try ScoredPostings(stored, lengths: view.lengths, parameters: view.parameters)]
        }
        let postings = found.count == 1 ? found[0] : ScoredPostings(merging: found)
        if let state = view.state { keep(postings, of: forms, in: state) }
        return postings
    }

    private func known(_ forms: [String], in state: State) -> ScoredPostings? {
        content.withLock { content in
            guard let uses = content?.uses, content?.state == state, let entry = content?.terms[forms] else {
                return nil
            }
            content?.uses = uses + 1
            content?.terms[forms]?.lastUse = uses + 1
            return entry.postings
        }
    }

    private func keep(_ postings: ScoredPostings, of forms: [String], in state: State) {
        content.withLock { content in
            guard var kept = content, kept.state == state, kept.terms[forms] == nil, postings.byteCount < limit / 4
            else { return }
            content = nil
            kept.uses += 1
            kept.terms[forms] = Entry(postings: postings, lastUse: kept.uses)
            kept.byteCount += postings.byteCount
            if kept.byteCount > limit {
                // A quarter at once, so that few searches pay for it.
                for (forms, entry) in kept.terms.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                    guard kept.byteCount > limit / 4 * 3 else { break }
                    kept.terms[forms] = nil
                    kept.byteCount -= entry.postings.byteCount
                }
            }
            content = kept
        }
    }
}
