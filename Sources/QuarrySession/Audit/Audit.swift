package import Foundation
package import Quarry
package import QuarryEvaluation
import QuarryText

/// Looks over files and folders before someone relies on them: what is there, what cannot be read, what repeats, what is old,
/// what is personal, and what it answers.
package struct Audit: Sendable {
    package struct Options: Sendable {
        /// The files to take.
        package var input = InputOptions()
        /// Documents of more years than this count as old. The default is 3.
        package var yearLimit = 3
        /// The day of the audit. The default is today.
        package var today = Date()

        package init() {}
    }

    /// Which part of the work goes on.
    package enum Stage: Sendable {
        case reading, questions
    }

    package let readers: ReaderRegistry
    package let options: Options

    package init(readers: ReaderRegistry, options: Options = Options()) {
        self.readers = readers
        self.options = options
    }

    /// Reads the files and makes the report.
    ///
    /// Documents are reduced to their facts one after the other. With questions, all their texts are in memory.
    /// - Parameters:
    ///   - inputs: Files and folders.
    ///   - questions: Nil measures no coverage.
    ///   - onProgress: Called after every file.
    /// - Throws: ``CorpusError`` if an input does not exist or a pattern is invalid; `CancellationError`; the errors of
    ///   temporary files.
    package func report(
        on inputs: [String], questions: [EvaluationQuery]? = nil,
        onProgress: @escaping @Sendable (Stage, IndexingProgress) -> Void = { _, _ in }
    ) async throws -> AuditReport {
        let walk = try self.walk(inputs)
        var tally = try AuditTally(
            inputs: inputs, walk: walk, readers: readers, day: DocumentDate.day(of: options.today),
            limit: options.yearLimit)
        var progress = IndexingProgress()
        progress.totalBytes = walk.files.reduce(0) { $0 + $1.size }
        let folders = FolderLinks(inputs: inputs)
        let width = ProcessInfo.processInfo.activeProcessorCount
        var ready: [Int: SourceFacts] = [:]
        var (begun, taken) = (0, 0)
        try await withThrowingTaskGroup(of: (Int, SourceFacts).self) { group in
            while taken < walk.files.count {
                // Facts that wait for their turn are in memory too.
                while begun < walk.files.count, begun - taken < 2 * width {
                    let (number, file) = (begun, walk.files[begun])
                    begun += 1
                    group.addTask { (number, try await facts(of: file, folders)) }
                }
                guard let (number, facts) = try await group.next() else { break }
                ready[number] = facts
                while let facts = ready.removeValue(forKey: taken) {
                    progress.bytes += facts.file.size
                    progress.documents += facts.documents.count
                    progress.source = facts.file.id
                    try tally.add(facts)
                    taken += 1
                    onProgress(.reading, progress)
                }
            }
        }
        let coverage: AuditReport.Questions? =
            if let questions { try await coverage(of: questions, inputs) { onProgress(.questions, $0) } } else { nil }
        return try tally.finish(questions: coverage)
    }

    private func walk(_ inputs: [String]) throws -> WalkResult {
        let walker = FileWalker(
            roots: inputs, include: options.input.include, exclude: options.input.exclude,
            maximumBytes: options.input.maximumFileBytes, readers: readers)
        do {
            return try walker.files()
        } catch {
            throw CorpusError(.input, "\(error.source): \(error.message)", underlyingError: error)
        }
    }

    @concurrent private func facts(of file: FoundFile, _ folders: FolderLinks) async throws -> SourceFacts {
        do {
            let source = try file.load(maximumBytes: options.input.maximumFileBytes)
            return SourceFacts(of: file, source, try await readers.read(source), folders: folders)
        } catch let error as Rejection {
            return SourceFacts(unread: file, error)
        } catch  where !(error is CancellationError) {
            return SourceFacts(
                unread: file, Rejection(source: file.id, reason: .unreadable, message: "It could not be read: \(error)")
            )
        }
    }

    /// Asks the questions of an index in memory, by words, and lets the extractive reader answer.
    private func coverage(
        of questions: [EvaluationQuery], _ inputs: [String],
        onProgress: @escaping @Sendable (IndexingProgress) -> Void
    ) async throws -> AuditReport.Questions {
        var configuration = Corpus.Configuration()
        configuration.embedding = .wordsOnly
        configuration.readers = readers
        let corpus = try await Corpus.inMemory(configuration: configuration)
        try await corpus.index(inputs, options: options.input, onProgress: onProgress)
        var asked: [AuditReport.Questions.Question] = []
        try await questions.ask {
            try await corpus.answer($0.text)
        } then: { question, result in
            switch result {
            case .success(let answer):
                let cited = answer.citations.first?.documentID ?? answer.hits.first?.chunk.documentID
                asked.append(
                    .init(
                        text: question.text, isAnswered: answer.refusal == nil, support: answer.support,
                        document: cited))
            case .failure:
                asked.append(.init(text: question.text, isAnswered: false, support: 0, document: nil))
            }
        }
        return AuditReport.Questions(asked: asked.count, answered: asked.count { $0.isAnswered }, questions: asked)
    }
}
