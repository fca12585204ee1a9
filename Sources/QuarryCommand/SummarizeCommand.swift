import ArgumentParser
import Quarry
import QuarrySession

struct SummarizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summarize",
        abstract: "Summarize documents of an index.",
        usage: "quarry summarize [options] [document ...]",
        discussion: """
            Chooses the most important sentences of the documents, each with its file and lines. Without a document all of \
            the index are summarized. With --llm a language model writes the summary, a long text in several requests, and \
            sentences that the documents do not support are left out. If there is nothing to show, the exit code is 3.

              quarry summarize notes/lease.md
              quarry summarize --sentences 10 'reports/*.pdf'
              quarry summarize --key-points --filter year=2026
              quarry summarize --llm ollama/llama3 book.epub
            """)

    @Argument(help: "Ids of documents, files, folders, or patterns.")
    var documents: [String] = []

    @Option(name: [.long, .customShort("n")], parsing: .unconditional, help: "The number of sentences.")
    var sentences = 5

    @Flag(help: "List the sentences from the most important one.")
    var keyPoints = false

    @OptionGroup var task: TaskOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(sentences) else {
            throw ValidationError("--sentences \(sentences) is not between 1 and 1000.")
        }
    }

    func run() async throws {
        let session = try await task.session(output)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        let chosen = try await task.documents(documents, of: session.index)
        let reply = try await session.summary(of: chosen, sentences: sentences)
        for warning in reply.warnings { output.note("warning: \(warning)") }
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: true))
        } else {
            try show(reply)
        }
        if reply.sentences.isEmpty { throw Termination.notInDocuments }
    }

    private func show(_ reply: SummaryReply) throws {
        let isWritten = reply.generator.kind == "model"
        let points = keyPoints ? reply.sentences.sorted { $0.rank < $1.rank } : reply.sentences
        for sentence in points {
            let line = "\(sentence.text) \(sentence.markers.map { "[\($0)]" }.joined())"
            try Console.prose(keyPoints ? "- \(line)" : isWritten ? "│ \(line)" : line)
        }
        let isRussian = reply.sentences.first?.text.isMostlyCyrillic == true
        if reply.sentences.isEmpty { try Console.prose("No sentence of the summary is supported by the documents.") }
        if !reply.citations.isEmpty { try Console.print("") }
        for citation in reply.citations {
            try Console.prose(citation.line(quotes: reply.generator.kind == "model", isRussian: isRussian))
        }
        for sentence in reply.unsupported {
            try Console.prose("left out, not supported by the documents: \(sentence.visibleInLine)")
        }
        guard !output.quiet else { return }
        var parts = [
            isWritten
                ? "written by \(reply.generator.name) in \(Format.count(reply.requests, "request"))"
                : "\(reply.sentences.count) of \(Format.count(reply.candidates ?? 0, "sentence"))",
            Format.count(reply.documents.count, "document"),
        ]
        parts.append("\(Format.decimal(reply.time / 1000, digits: 1)) s")
        try Console.print("\n" + parts.joined(separator: " · "))
    }
}
