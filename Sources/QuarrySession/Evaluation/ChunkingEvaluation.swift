import Foundation
package import Quarry
package import QuarryEvaluation

/// A document whose text can be found by offsets into the text of its source.
package struct EvaluationDocument: Sendable {
    package var document: Document
    /// The UTF-8 offset in the source of each Unicode code point, and of the end. Nil if the source has no such text: its
    /// reader makes the text, it is in another encoding, or it is a file inside of another one.
    private var offsets: [Int]?

    /// The documents of a JSONL file of records with `_id`, `title` and `text`, or of any other file.
    ///
    /// - Throws: The rejection of a file or a record.
    package static func read(_ source: Source, readers: ReaderRegistry) async throws -> [EvaluationDocument] {
        guard source.id.lowercased().hasSuffix(".jsonl") else {
            let result = try await readers.read(source)
            if let rejection = result.rejected.first { throw rejection }
            return result.documents.map { EvaluationDocument($0, source: source.bytes) }
        }
        struct Record: Decodable {
            var _id: String
            var title: String?
            var text: String
        }
        return try source.bytes.split(separator: 0x0A).enumerated().map { number, line in
            guard let record = try? JSONDecoder().decode(Record.self, from: Data(line)) else {
                throw Rejection(
                    source: source.id, line: number + 1, reason: .brokenRecord,
                    message: "A record is a JSON object with “_id” and “text”.")
            }
            // Offsets are counted in the text of the record, not in the bytes of the file.
            let bytes = Array(record.text.utf8)
            let result = PlainTextReader().read(Source(id: record._id, bytes: bytes))
            guard var document = result.documents.first else {
                throw result.rejected.first ?? .empty("\(source.id):\(number + 1)")
            }
            document.title = record.title
            return EvaluationDocument(document, source: bytes)
        }
    }

    private init(_ document: Document, source: [UInt8]) {
        self.document = document
        let isText =
            document.sourceMap.base == .source && document.sourceMap.member == nil
            && String(validating: source, as: UTF8.self) != nil
        offsets = isText ? source.indices.filter { source[$0] & 0xC0 != 0x80 } + [source.count] : nil
    }

    /// The ranges of the text that answer a question: its spans, or the places of its quotes.
    ///
    /// - Throws: ``EvaluationFileError`` for one that is not in the document.
    func ranges(of question: SpanQuestion) throws -> [Range<Int>] {
        guard question.spans.isEmpty else {
            guard let offsets else {
                throw CorpusError(
                    .input,
                    "Question \(question.id): its spans cannot be counted in \(document.id), which is not a file of UTF-8 text. "
                        + "Give “quotes” instead.")
            }
            return try question.spans.map { span in
                guard span.upperBound < offsets.count else {
                    throw CorpusError(
                        .input,
                        "Question \(question.id): \(document.id) has no span \(span.lowerBound) to \(span.upperBound).")
                }
                return document.sourceMap.textRange(ofSource: offsets[span.lowerBound]..<offsets[span.upperBound])
            }
        }
        let text = QuotableText(document.text)
        return try question.quotes.compactMap { QuotableText.Quote($0) }.map { quote in
            guard let range = text.range(of: quote) else {
                throw CorpusError(.input, "Question \(question.id): \(document.id) does not contain its quote.")
            }
            return range
        }
    }
}

/// How well the passages of one way of chunking cover the answers.
package struct ChunkingEvaluation: Sendable, Encodable {
    package var chunker: ChunkingStrategy
    /// Tokens.
    package var target: Int
    package var maximum: Int
    package var overlap: Int
    package var chunks: Int
    /// The mean length of a chunk in tokens.
    package var tokens: Double
    package var questions: Int
    package var recall = 0.0
    package var precision = 0.0
    package var iou = 0.0
    /// The share of the questions whose answer was found whole.
    package var whole = 0.0

    /// - Parameters:
    ///   - documents: Indexed in memory.
    ///   - questions: With the document of each.
    ///   - limit: The number of passages to retrieve for a question.
    ///   - advance: Called after each question.
    package init(
        _ chunking: IndexSettings.Chunking, documents: [EvaluationDocument], questions: [SpanQuestion],
        model: ModelServices.OpenedEmbedder?, limit: Int, advance: () -> Void
    ) async throws {
        let index = try CorpusIndex.inMemory(
            settings: IndexSettings(chunking: chunking, embedding: model?.embedder.fingerprint))
        let indexer = try Indexer(
            index, embedder: model?.embedder, counter: model?.counter ?? WordCounter())
        try await indexer.index(documents.map { .document($0.document) })
        let summary = try index.summary()
        (chunker, target, maximum) = (chunking.strategy, chunking.target, chunking.maximum)
        (overlap, chunks) = (chunking.overlap, summary.chunks)
        tokens = summary.chunks == 0 ? 0 : Double(summary.tokens) / Double(summary.chunks)
        self.questions = questions.count
        let retriever = try index.retriever(
            embedder: model?.embedder,
            options: RetrievalOptions(mode: model == nil ? .bm25 : .hybrid, mergesNeighbours: false))
        let byID = Dictionary(documents.map { ($0.document.id, $0) }, uniquingKeysWith: { first, _ in first })
        for question in questions {
            guard let id = question.document, let document = byID[id] else {
                throw CorpusError(
                    .input, "Question \(question.id): there is no document \(question.document ?? "for it").")
            }
            let wanted = try document.ranges(of: question)
            let hits = try await retriever.retrieve(Query(question.text), limit: limit).hits
            let scores = PassageSpans(
                wanted: [id: wanted],
                found: Dictionary(grouping: hits, by: { $0.chunk.documentID }).mapValues { $0.map(\.chunk.range) })
            recall += scores.recall
            precision += scores.precision
            iou += scores.intersectionOverUnion
            whole += scores.isWhole ? 1 : 0
            advance()
        }
        let count = Double(max(1, questions.count))
        recall /= count
        precision /= count
        iou /= count
        whole /= count
    }
}
