import ArgumentParser
import Foundation

/// Reads a command line as a person means it: a question needs no command, and a wrong command leads to the right one.
enum CommandWords {
    /// The arguments with the command that they need.
    ///
    /// - Throws: `ValidationError` with the command line that was probably meant.
    static func resolved(_ arguments: [String]) throws -> [String] {
        let commands = QuarryCommand.configuration.subcommands
        guard let first = arguments.first, !ofParser(first) else {
            if arguments.first == "help" { try checkHelp(arguments, among: commands.map { $0._commandName }) }
            return arguments
        }
        // A program that writes letters may have made a dash of two hyphens.
        if let dash = arguments.first(where: { $0.wholeMatch(of: /[–—][a-z][a-z-]+/) != nil }) {
            throw ValidationError("“\(dash)” begins with a dash. Options begin with two hyphens: --\(dash.dropFirst())")
        }
        if let command = commands.first(where: { $0._commandName == first }) {
            try check(arguments, of: command)
            return arguments
        }
        if first == "quarry", arguments.count > 1 { return try resolved(Array(arguments.dropFirst())) }
        if arguments.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { throw ValidationError("The question is empty.") }
        let names = commands.map { $0._commandName }
        if first.hasPrefix("-") {
            if arguments.count == 1, first.hasPrefix("--"),
                let name = nearest(to: String(first.dropFirst(2)), among: ["version", "help"])
            {
                throw ValidationError("There is no option \(first). Did you mean:\n\n  \(line(["--" + name]))\n")
            }
            if arguments.count == 1, first.lowercased() == "-v" {
                throw ValidationError("There is no option \(first). To see the version: quarry --version")
            }
            if let name = arguments.first(where: names.contains) {
                let others = arguments.filter { $0 != name }
                throw ValidationError("The command comes first. Did you mean:\n\n  \(line([name] + others))\n")
            }
            return ["query"] + arguments
        }
        if arguments.allSatisfy({ $0.hasPrefix("-") || isPath($0) }) {
            throw unknown(first, meant: (first.hasSuffix(".quarry") ? ["info", "--index"] : ["index"]) + arguments)
        }
        let isQuestion = first.contains(where: \.isWhitespace)
        let asks = arguments.count > 1 && questionWords.contains(first.lowercased())
        if !isQuestion, !asks, let meant = meant(first, among: names, count: arguments.count) {
            throw unknown(first, meant: complete(meant, with: Array(arguments.dropFirst())))
        }
        guard isQuestion || arguments.count > 2 || first.hasSuffix("?") else {
            throw ValidationError(
                "There is no command “\(first)”. To ask a question:\n\n  \(line(["query"] + arguments))\n")
        }
        return ["query"] + arguments
    }

    /// Checks the second word of a command with subcommands, such as `models list`, and an index without its option.
    private static func check(_ arguments: [String], of command: any ParsableCommand.Type) throws {
        if ["info", "doctor"].contains(arguments[0]), arguments.count > 1, !arguments[1].hasPrefix("-") {
            let meant = complete([arguments[0]], with: Array(arguments.dropFirst()))
            throw ValidationError(
                "\(arguments[0]) takes no word “\(arguments[1])”. Did you mean:\n\n  \(line(meant))\n")
        }
        let names = command.configuration.subcommands.map { $0._commandName }
        guard !names.isEmpty, arguments.count > 1, !arguments[1].hasPrefix("-"), arguments[1] != "help",
            !names.contains(arguments[1])
        else { return }
        let synonym = synonyms.first {
            $0.command.first == arguments[0] && $0.words.contains(arguments[1].lowercased())
        }
        guard let name = synonym?.command.last ?? nearest(to: arguments[1], among: names) else {
            throw ValidationError(
                "There is no command “\(arguments[0]) \(arguments[1])”. "
                    + "The commands of \(arguments[0]) are \(names.joined(separator: ", ")).")
        }
        throw unknown(
            arguments.prefix(2).joined(separator: " "), meant: [arguments[0], name] + arguments.dropFirst(2))
    }

    /// Checks the command after `help`.
    private static func checkHelp(_ arguments: [String], among names: [String]) throws {
        guard arguments.count > 1, !arguments[1].hasPrefix("-"), !names.contains(arguments[1]) else { return }
        guard let name = meant(arguments[1], among: names, count: 1)?.first, names.contains(name) else {
            throw ValidationError(
                "There is no command “\(arguments[1])”. The commands are \(names.joined(separator: ", ")).")
        }
        throw unknown(arguments[1], meant: ["help", name])
    }

    private static func isPath(_ word: String) -> Bool { FileManager.default.fileExists(atPath: word) }

    /// A command with the words after it, so that it runs as it is: a word that it does not take becomes an option or
    /// another command, and a placeholder replaces a missing word.
    private static func complete(_ command: [String], with words: [String]) -> [String] {
        let given = words.first.flatMap { $0.hasPrefix("-") && $0 != "-" ? nil : $0 }
        switch command {
        case ["info"], ["doctor"]:
            guard let given else { return command + words }
            let options = words.dropFirst().filter { $0.hasPrefix("-") }
            if given.hasSuffix(".quarry") { return command + ["--index", given] + options }
            let isAnswer = [".json", ".jsonl"].contains { given.hasSuffix($0) }
            return (command == ["doctor"] && isAnswer ? ["verify", given] : command) + options
        case ["index"], ["index", "--plan"]: return command + (words.isEmpty ? ["FOLDER"] : words)
        case ["query"], ["query", "--retrieve"]: return command + (words.isEmpty ? ["…"] : words)
        case ["verify"]: return command + (words.isEmpty ? ["answer.json"] : words)
        case ["eval"]: return words.isEmpty ? ["eval", "--help"] : command + words
        case ["--help"], ["--version"]: return command
        default: return command + words
        }
    }

    private static func unknown(_ name: String, meant: [String]) -> ValidationError {
        ValidationError("There is no command “\(name)”. Did you mean:\n\n  \(line(meant))\n")
    }

    /// Words that the argument parser handles itself.
    private static func ofParser(_ word: String) -> Bool {
        ["help", "-h"].contains(word)
            || ["--help", "--version", "--generate-completion-script", "--experimental-dump-help", "---completion"]
                .contains { word == $0 || word.hasPrefix($0 + "=") || word.hasPrefix($0 + "-") }
    }

    /// Words that begin a question, some of which are one letter from a command: "how" from "show", "what" from "chat".
    private static let questionWords: Set<String> = [
        "how", "what", "when", "where", "which", "who", "whom", "whose", "why",
    ]

    /// Other programs' names of commands, by the command of this program.
    private static let synonyms: [(command: [String], words: Set<String>)] = [
        (["query"], ["ask", "answer", "question", "q", "search", "find", "retrieve", "grep", "lookup"]),
        (
            ["index"],
            [
                "add", "build", "create", "import", "ingest", "init", "load", "reindex", "rebuild", "refresh", "scan",
                "sync", "update", "upsert",
            ]
        ),
        (["eval"], ["benchmark", "bench", "measure"]),
        (["models", "pull"], ["pull", "download", "install", "fetch"]),
        (["models", "compare"], ["compare"]),
        (["--generate-completion-script"], ["completion", "completions"]),
    ]

    /// The same for words that also begin questions. They count only without further words.
    private static let shortSynonyms: [(command: [String], words: Set<String>)] = [
        (["chat"], ["talk", "converse", "repl"]),
        (["summarize"], ["summarise", "summary", "tldr"]),
        (["info"], ["status", "stats", "stat", "describe", "about"]),
        (["ls"], ["list", "documents", "dir"]),
        (["show"], ["cat", "view", "print"]),
        (["rm"], ["remove", "delete", "del", "drop", "forget", "purge"]),
        (["doctor"], ["check", "verify-index", "fsck", "diagnose", "repair", "test"]),
        (["--version"], ["version"]),
        (["config"], ["configure", "configuration", "settings", "options", "set"]),
        (["models"], ["model"]),
        (["prompt"], ["prompts", "template", "templates"]),
        (["index", "--plan"], ["plan"]),
        (["--help"], ["man", "manual"]),
    ]

    private static func meant(_ word: String, among names: [String], count: Int) -> [String]? {
        let word = word.lowercased()
        let known = synonyms + (count <= 2 ? shortSynonyms : [])
        if let found = known.first(where: { $0.words.contains(word) }) {
            return found.command + (["search", "find", "retrieve", "grep"].contains(word) ? ["--retrieve"] : [])
        }
        if let name = nearest(to: word, among: names) { return [name] }
        // Typing errors in longer words only: “what” is not “chat”.
        let words = known.flatMap(\.words).filter { $0.count >= 6 }.sorted()
        return nearest(to: word, among: words).flatMap { $0 == word ? nil : meant($0, among: names, count: count) }
    }

    /// The name that a word abbreviates, or from which it differs by a typing error or two.
    static func nearest(to word: String, among names: [String]) -> String? {
        let word = word.lowercased()
        if word.count >= 3, let name = names.first(where: { $0.hasPrefix(word) }) { return name }
        let near = names.map { (name: $0, edits: edits(word, $0)) }.min { $0.edits < $1.edits }
        guard let near, near.edits <= (word.count < 5 ? 1 : 2) else { return nil }
        return near.name
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
    private static func edits(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        guard abs(a.count - b.count) <= 2, !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%".unicodeScalars)

    /// A command line to copy.
    private static func line(_ arguments: [String]) -> String {
        (["quarry"] + arguments.map(quoted)).joined(separator: " ").visibleInLine
    }

    /// A word as a shell reads it.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy {
                plain.contains($0) || $0.value > 0x7F && $0.properties.isAlphabetic
            }
        if word == "…" { return "\"…\"" }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
