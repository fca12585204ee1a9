import ArgumentParser
import Quarry

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove documents from an index. Their files stay.",
        usage: "quarry rm [options] document ...",
        discussion: """
            A document stays out until its file is read again: because it changed, or because the options of reading did. To keep a file out for good, name it with --exclude or in a \
            .gitignore file.

              quarry rm notes/old.md
              quarry rm 'drafts/*' --plan
            """)

    @Argument(help: "Ids, files, folders, or patterns such as 'drafts/*'.")
    var names: [String]

    @OptionGroup var file: IndexFileOptions

    @Flag(help: "Show what would be removed, and change nothing.")
    var plan = false

    @OptionGroup var output: OutputOptions

    private struct Reply: Encodable {
        var schema = "quarry.rm/1"
        var index: String
        var plan: Bool
        var removed: [String]
    }

    func run() async throws {
        let path = try file.existing()
        let index = try CorpusIndex.open(at: path, readOnly: plan)
        let documents = try await index.documents()
        let removed = try DocumentSelection(documents: documents).all(names, in: path).map(\.id)
        if !plan { _ = try await index.removeDocuments(removed) }
        if output.json {
            try Console.print(
                JSONOutput.string(Reply(index: path, plan: plan, removed: removed), pretty: true))
            return
        }
        guard !output.quiet || plan else { return }
        for id in removed { try Console.print("\(plan ? "would remove" : "removed") \(id)") }
    }
}
