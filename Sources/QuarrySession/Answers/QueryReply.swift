package import QuarryCore
package import QuarryIndex
package import QuarryProviders
package import QuarryRetrieval
package import QuarryRetrievalQA

/// A reply as JSON: the hits, and the answer if one was requested.
///
/// The schema is `quarry.query/1`. Fields may be added to it, but not changed or removed.
package struct QueryReply: Sendable, Codable {
    package struct Hit: Sendable, Codable {
        /// From 1.
        package var rank: Int
        package var score: Double
        /// The rank and score by leg (`bm25`, `vector`). A chunk that a leg scored without finding it has no rank. A leg
        /// that has no score for the chunk is missing.
        package var legs: [String: LegScore]
        package var chunk: Int64
        package var document: String
        package var title: String?
        /// The language in which the document's words are stemmed, as an ISO 639-1 code; nil if it is not known, and each
        /// word has the default language of its script.
        package var language: String?
        package var headings: [String]
        package var text: String
        /// The sentences that say most about the question.
        package var snippet: Excerpt?
        package var location: Location
        /// The parts of the text that the search found, if more was read around them.
        package var found: [Part]?
        /// Other places with the same text, or a part of it. Nil if there are none.
        package var alsoIn: [Elsewhere]?
    }

    /// Sentences of a hit on one line.
    package struct Excerpt: Sendable, Codable {
        package var text: String
        /// Start and end of each word of the question in the bytes of the text, without the end.
        package var matches: [[Int]]

        init(_ snippet: Snippet) {
            text = snippet.text
            matches = snippet.matches.map { [$0.lowerBound, $0.upperBound] }
        }
    }

    package struct Location: Sendable, Codable {
        package var source: String
        /// The file inside of the source, such as one of an archive; lines and bytes count in it.
        package var member: String?
        /// The absolute path of the file when it was indexed; nil without a file.
        package var path: String?
        /// Whether the file changed or disappeared since it was indexed; nil if it did not, or cannot be looked at.
        package var change: SourceChange?
        /// First and last line, from 1.
        package var lines: [Int]
        /// Start and end in bytes, without the end.
        package var bytes: [Int]
        /// Pages, times and the like, in text order. Empty for text, which has lines.
        package var places: [Place]
        /// The text that lines and bytes refer to: `source`, or `text` for the text that a reader made from the source.
        package var base: SourceMap.Base

        init(_ location: SourceLocation) {
            source = location.source
            member = location.member
            path = location.path
            places = location.places
            base = location.base
            lines = [location.lines.lowerBound, location.lines.upperBound]
            bytes = [location.bytes.lowerBound, location.bytes.upperBound]
        }

        /// The source with its member: `docs.zip/notes/a.md`.
        package var name: String { member.map { "\(source)/\($0)" } ?? source }
    }

    package struct Citation: Sendable, Codable {
        /// The number of the marker in the answer, such as 1 for [1].
        package var marker: Int
        package var document: String
        package var chunk: Int64
        package var location: Location
        /// The quoted text, after cleaning.
        package var quote: String
        /// SHA-256 of the quote in hexadecimal.
        package var quoteSHA256: String
        /// SHA-256 of the whole source at the time of indexing.
        package var sourceSHA256: String?
        /// Other places with the same words. Nil if there are none.
        package var alsoIn: [Elsewhere]?
    }

    /// The author of the answer.
    package struct Generator: Sendable, Codable {
        /// `extractive` or `model`.
        package var kind: String
        package var name: String
    }

    /// Milliseconds.
    package struct Timings: Sendable, Codable {
        package var load = 0.0
        package var retrieve = 0.0
        package var answer = 0.0
        package var total = 0.0

        package init() {}
    }

    package var schema = "quarry.query/1"
    package var id: String?
    package var question: String
    /// The question as it was searched for and answered, if words of earlier turns of a conversation were added to it.
    package var standalone: String?
    /// How the operators of the question were understood; nil if it has none.
    package var understood: QueryExpression?
    /// Words of the question that no document has, each with the word that was searched for too. Nil if there are none.
    package var corrections: [WordCorrection]?
    /// In a batch: why there is no answer and no hit. The question is invalid, or the model failed.
    package var error: String?
    package var mode: String
    /// How the legs of a hybrid search were combined, such as `0.6:z`; nil for one leg.
    package var fusion: String?
    package var hits: [Hit]
    package var warnings: [String]
    /// How many passages have a vector; nil if no vectors were searched.
    package var vectorCoverage: VectorCoverage?
    package var answer: String?
    package var citations: [Citation]?
    package var refused: Bool?
    package var refusalReason: String?
    /// A model's reply that was rejected because no passage supports it.
    package var draft: String?
    /// The estimated probability that the documents contain the answer.
    package var support: Double?
    /// Sentences of a generated answer that no passage supports, also if they were taken out of it.
    package var unsupported: [String]?
    /// The sentences of the answer in its order, each with its support, and those that were taken out of it.
    package var sentences: [Sentence]?
    package var generator: Generator?
    /// How the language model read the passages; nil without one.
    package var chain: Chain?
    /// The second search, for a question whose parts no single passage holds; nil if there was none.
    package var hop: QuarryRetrievalQA.Answer.Hop?
    /// What a language model wrote to search for beside the question; nil if it was not asked to.
    package var transform: Transform?
    /// The texts of the last prompt: their name, version and hash; nil if no prompt was made.
    package var prompt: PromptSet.Identity?
    /// Models that failed before this one.
    package var switches: [ModelSwitch]?
    /// Why the model stopped: `stop`, `length` (the answer is cut off), `content_filter`, or the server's own word.
    package var finish: String?
    /// The tokens of the language model: 0 if no model was used; nil if its server did not report them.
    package var usage: TokenUsage?
    /// The cost of this question; nil if no remote model was used.
    package var spending: Spending?
    package var timings: Timings
    /// Whether the reply is from the cache; nil if no language model was used.
    package var cached: Bool?
    /// The earlier question whose cached answer this is.
    package var similarQuestion: SimilarQuestion?

    /// An earlier question.
    package struct SimilarQuestion: Sendable, Codable {
        package var question: String
        /// The cosine of the two questions' vectors.
        package var similarity: Double
    }

    package init(
        id: String? = nil, question: String, mode: RetrievalOptions.Mode, fusion: Fusion? = nil, retrieval: Retrieval,
        timings: Timings
    ) {
        self.id = id
        self.question = question
        self.mode = mode.rawValue
        self.fusion = mode == .hybrid ? fusion?.written : nil
        understood = retrieval.expression
        corrections = retrieval.corrections.isEmpty ? nil : retrieval.corrections
        warnings = retrieval.warnings
        vectorCoverage = retrieval.vectorCoverage
        self.timings = timings
        let snippets = retrieval.snippets()
        hits = retrieval.hits.enumerated().map { index, hit in
            Hit(
                rank: index + 1, score: hit.score,
                legs: Dictionary(uniqueKeysWithValues: hit.legs.map { ($0.key.rawValue, $0.value) }),
                chunk: hit.id.rawValue,
                document: hit.chunk.documentID, title: hit.documentTitle, language: hit.language,
                headings: hit.chunk.headings,
                text: hit.chunk.text, snippet: Excerpt(snippets[index]), location: Location(hit.location),
                found: hit.found?.map { range in
                    Part(range: [range.lowerBound, range.upperBound], location: Location(hit.location(of: range)))
                },
                alsoIn: Elsewhere.places(hit.duplicates.map(\.place)))
        }
    }

    /// The warning of a reply from an index without documents.
    package static let emptyIndex = "This index holds no documents yet."

    package var isFromEmptyIndex: Bool { hits.isEmpty && warnings.contains(Self.emptyIndex) }

    mutating func markEmptyIndex() {
        warnings = [Self.emptyIndex]
        if refused == true { refusalReason = Self.emptyIndex }
    }
}
