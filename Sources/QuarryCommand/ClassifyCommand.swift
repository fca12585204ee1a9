import ArgumentParser
import Quarry
import QuarrySession

struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Give texts the labels of what they resemble.",
        usage: "quarry classify [options] text",
        discussion: """
            The labels are those of examples (--examples, a file of {"text", "label"}), or a metadata value of the documents \
            of the index (--by). The most similar examples or passages vote. With --llm a language model chooses among the \
            labels. A text that resembles nothing gets no label, and the exit code is 3.

              quarry classify --examples intents.jsonl "Where is my parcel?"
              quarry classify --by topic --document inbox/letter.md
              quarry classify --examples intents.jsonl --llm ollama/llama3 - < mail.txt
            """)

    @Argument(help: ArgumentHelp("The text; - for standard input.", valueName: "text"))
    var words: [String] = []

    @Option(
        help: ArgumentHelp("Examples as JSON Lines: {\"text\": …, \"label\": …}.", valueName: "file"),
        completion: .file())
    var examples: String?

    @Option(help: ArgumentHelp("The metadata of documents whose values are the labels.", valueName: "key"))
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Classify documents of the index. Repeatable; ids, files, folders or patterns.", valueName: "name"))
    var document: [String] = []

    @Option(help: ArgumentHelp("With --llm: the labels, separated by commas.", valueName: "labels"))
    var labels: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("How many of the most similar vote.", valueName: "count"))
    var neighbours = 5

    @OptionGroup var task: TaskOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(neighbours) else {
            throw ValidationError("--neighbours \(neighbours) is not between 1 and 1000.")
        }
        guard words.isEmpty != document.isEmpty else { throw ValidationError("Give either a text or --document.") }
        guard (examples == nil) != (by == nil) || labels != nil && by == nil else {
            throw ValidationError("The labels are those of --examples or of --by: give one of them.")
        }
        if by != nil, !task.writing.llm.isEmpty {
            throw ValidationError("--by takes no --llm. Use --examples or --labels.")
        }
    }

    private struct Example: Decodable {
        var text: String
        var label: String
    }

    func run() async throws {
        let known = try examples.map {
            try TaskInput.lines($0, as: Example.self, form: "an object with “text” and “label”")
        }
        let session = try await task.session(output)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        if examples == nil, by == nil, !session.isGenerating {
            throw CorpusError(.input, "Without examples only a language model can choose a label. Name one with --llm.")
        }
        let inputs = try await inputs(of: session)
        let reply =
            if let by {
                try await session.labels(of: inputs, byMetadata: by, neighbours: neighbours)
            } else {
                try await session.labels(
                    of: inputs, byExamples: (known ?? []).map { .init(text: $0.text, label: $0.label) },
                    among: (labels ?? "").split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") },
                    neighbours: neighbours)
            }
        if output.json {
            try Console.print(JSONOutput.string(reply, pretty: true))
        } else {
            for item in reply.items { try show(item) }
        }
        if reply.items.contains(where: { $0.label == nil }) { throw Termination.notInDocuments }
    }

    private func inputs(of session: QuerySession) async throws -> [ClassificationInput] {
        guard !document.isEmpty else {
            guard words == ["-"] else { return [ClassificationInput(text: words.joined(separator: " "))] }
            let bytes = try await StandardInput.read(maximumBytes: 1 << 20).bytes
            return [ClassificationInput(text: String(decoding: bytes, as: UTF8.self))]
        }
        var inputs: [ClassificationInput] = []
        for summary in try await task.documents(document, of: session.index) {
            let text = try await session.index.storedDocument(summary.id)?.document.text ?? ""
            inputs.append(ClassificationInput(document: summary.id, text: text))
        }
        return inputs
    }

    private func show(_ item: ClassificationReply.Item) throws {
        let name = item.document.map { "\($0.visibleInLine): " } ?? ""
        let confidence = item.confidence.map { " (\(Int(($0 * 100).rounded())) %)" } ?? ""
        try Console.prose(name + (item.label?.visibleInLine ?? "no label: nothing similar has one") + confidence)
        guard !output.quiet else { return }
        for neighbour in item.neighbours {
            let place = neighbour.location.map { "\($0.shown(isRussian: false)): " } ?? ""
            try Console.prose("  \(neighbour.label.visibleInLine): \(place)“\(neighbour.text.excerpt(80))”")
        }
    }
}
