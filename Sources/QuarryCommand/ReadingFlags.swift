public import ArgumentParser
public import Quarry

/// How documents are read: options that an index keeps.
struct ReadingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The member of JSON and JSONL records with the text, such as body or message.body.", valueName: "path"))
    var jsonText: RecordPath?

    @Option(help: ArgumentHelp("The member of JSON and JSONL records with the id.", valueName: "path"))
    var jsonID: RecordPath?

    @Option(help: ArgumentHelp("The member of JSON and JSONL records with the title.", valueName: "path"))
    var jsonTitle: RecordPath?

    @Option(
        name: .customLong("table"),
        help: ArgumentHelp(
            "A table of SQLite files, whose rows are read as documents. Can be repeated. The --json options name its columns.",
            valueName: "name"))
    var tables: [String] = []

    /// The options of an index with those named here.
    func applied(to options: ReadingOptions) -> ReadingOptions {
        var options = options
        options.records.text = jsonText ?? options.records.text
        options.records.id = jsonID ?? options.records.id
        options.records.title = jsonTitle ?? options.records.title
        options.tables = tables.isEmpty ? options.tables : tables
        return options
    }
}

extension RecordPath: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
