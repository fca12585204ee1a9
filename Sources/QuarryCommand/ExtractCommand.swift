import ArgumentParser
import Quarry
import QuarrySession

struct ExtractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Extract data from documents as JSON, with a language model.",
        usage: "quarry extract [options] --schema file [document ...]",
        discussion: """
            A language model (--llm) fills in a JSON Schema for each document. A reply that does not fit is sent back once. \
            Each text and number of the result is looked for in the document, and cited or listed as unsupported. Prints one \
            JSON object a line. If a document gives nothing that fits, the exit code is 3.

              quarry extract --schema invoice.json --llm ollama/llama3 'invoices/*.pdf'
              quarry extract --schema invoice.json --examples examples.jsonl --llm ollama/llama3 bill.pdf
            """)

    @Argument(help: "Ids of documents, files, folders, or patterns; without one all documents are read.")
    var documents: [String] = []

    @Option(
        help: ArgumentHelp(
            "A JSON Schema: types, properties, required, items, enum and bounds.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var schema: String

    @Option(
        help: ArgumentHelp(
            "Examples for the model as JSON Lines: {\"text\": …, \"value\": …}.", valueName: "file"),
        completion: .file())
    var examples: String?

    @OptionGroup var task: TaskOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let extractor = try Extractor(schema: TaskInput.text(schema), examples: readExamples())
        let session = try await task.session(output)
        defer { if let spent = session.ledger.spending.summary { output.note(spent) } }
        guard session.isGenerating else {
            throw CorpusError(.input, "Only a language model can fill in a schema. Name one with --llm.")
        }
        var isComplete = true
        for document in try await task.documents(documents, of: session.index) {
            let reply = try await session.extraction(from: document, by: extractor)
            for warning in reply.warnings { output.note("warning: \(warning)") }
            for problem in reply.problems { Console.note("\(document.id.visibleInLine): \(problem.visibleInLine)") }
            if !reply.unsupported.isEmpty {
                output.note(
                    "note: not found in \(document.id.visibleInLine): \(reply.unsupported.joined(separator: ", ").visibleInLine)"
                )
            }
            if reply.value == nil { isComplete = false }
            try Console.print(JSONOutput.string(reply, pretty: output.json))
        }
        if !isComplete { throw Termination.notInDocuments }
    }

    private func readExamples() throws -> [Extractor.Example] {
        guard let examples else { return [] }
        do {
            return try Extractor.examples(jsonl: TaskInput.text(examples))
        } catch let error as ExtractionError { throw CorpusError(.input, "\(examples): \(error)") }
    }
}
