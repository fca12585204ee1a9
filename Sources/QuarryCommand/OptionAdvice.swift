import ArgumentParser

/// Suggests the option of this program for an unknown one.
enum OptionAdvice {
    /// The parser's message with a suggestion after its first line; nil if there is none to add.
    ///
    /// - `arguments`: The words of the command line.
    static func message(for error: any Error, arguments: [String]) -> String? {
        var lines = QuarryCommand.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
        let start = "Error: Unknown option '"
        guard let first = lines.first, first.hasPrefix(start),
            let name = first.dropFirst(start.count).split(separator: "'").first
        else { return nil }
        let known = advice(on: name.drop { $0 == "-" }.prefix { $0 != "=" }.lowercased(), usage: lines)
        if known == nil, let excluded = excludedWord(name, arguments, usage: lines) {
            return (["Error: \(excluded)"] + lines.drop { !$0.hasPrefix("Usage:") }).joined(separator: "\n")
        }
        guard let advice = known else { return nil }
        lines[0] = "\(start)\(name)'. \(advice)"
        return lines.joined(separator: "\n")
    }

    /// How to write a question that begins with a word to leave out, such as `-boiler`, which reads as an option; nil if the
    /// unknown option is none.
    private static func excludedWord(
        _ name: Substring, _ arguments: [String], usage lines: [Substring]
    ) -> String? {
        guard lines.contains(where: { $0.hasPrefix("Usage: quarry query ") }),
            let start = arguments.firstIndex(where: { argument in
                // The parser names the first letter alone if the other words can be options.
                argument.count > 2 && (argument == name || argument.prefix(2) == name)
                    && argument.dropFirst().first?.isLetter == true
            })
        else { return nil }
        let words = arguments[start...].prefix { $0 == arguments[start] || !$0.hasPrefix("-") }
        var question = words.joined(separator: " ")
        if !question.contains(where: \.isWhitespace) { question += " leak" }
        return
            "There is no option \(arguments[start].prefix { !$0.isWhitespace }). To leave out a word, write it after "
            + "another one, or write -- before the question:\n\n  quarry query -- \(CommandWords.quoted(question))\n"
    }

    private static func advice(on name: String, usage lines: [Substring]) -> String? {
        for (command, names, text) in ofOneCommand
        where names.contains(name) && lines.contains(where: { $0.hasPrefix("Usage: quarry \(command) ") }) {
            return text
        }
        return advice[name]
    }

    /// The advice for one command.
    private static let ofOneCommand: [(command: String, names: Set<String>, text: String)] = [
        ("index", ["output", "o"], "Did you mean --index?"),
        (
            "index", ["force", "f", "overwrite", "rebuild", "reindex", "full"],
            "Changed files are read again without it. To make an index anew, remove its file first."
        ),
        ("query", ["f", "where"], "Did you mean --filter?"),
        ("query", ["verbose", "debug"], "Did you mean --explain?"),
        ("doctor", ["fix", "rebuild", "recover"], "Did you mean --repair?"),
        ("info", ["q", "quiet", "silent"], "This command prints only its result; no option is needed."),
    ]

    /// By the name of the unknown option, without hyphens.
    private static let advice: [String: String] = {
        var advice: [String: String] = [:]
        for (names, text) in [
            (
                "topk top-k top_k top n k num count results max-results limit size",
                "Did you mean -k? It sets the number of passages of a query."
            ),
            ("db database index-file index-path collection file path", "Did you mean --index?"),
            ("format output j", "Did you mean --json?"),
            ("semantic vectors vector dense", "Did you mean --mode vector?"),
            ("keyword keywords lexical words exact sparse fts", "Did you mean --mode bm25?"),
            ("search passages hits raw sources", "Did you mean --retrieve? It shows passages."),
            ("dry-run", "Did you mean --plan? It shows what an indexing run would do."),
            ("plan", "Did you mean --dry-run? It shows the prompt of a query."),
            ("language-model generate chat gpt", "Did you mean --llm?"),
            ("embedding-model embedder embedding embeddings m", "Did you mean --model?"),
            ("rerank-model reranking", "Did you mean --reranker?"),
            ("rerank", "Passages are re-ranked only by a model: name one with --reranker."),
            ("min-score min-support min-confidence confidence support", "Did you mean --threshold?"),
            ("silent", "Did you mean --quiet?"),
            ("verbose debug", "Notes and progress are shown without it."),
            ("ignore skip", "Did you mean --exclude?"),
            ("offline no-network local", "Did you mean --local-only?"),
            ("lang language languages locale", "The language of a document is recognised; no option is needed."),
            ("recursive r", "Folders are read with their subfolders; no option is needed."),
            ("v version", "Did you mean: quarry --version?"),
        ] {
            for name in names.split(separator: " ") { advice[String(name)] = text }
        }
        return advice
    }()
}
