import ArgumentParser
import Quarry
import QuarrySession

struct PromptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt",
        abstract: "Show and check the texts of prompts.",
        discussion: """
            A prompt file has the sections “--- system”, “--- user”, “--- refusal” and any number of “--- example”. Begin with \
            one of the engine's own:

              quarry prompt show few-shot > mine.txt
              quarry prompt lint mine.txt
              quarry query --prompt mine.txt --dry-run "Who signs the lease?"
            """,
        subcommands: [Show.self, Lint.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print a prompt of the engine as a file.")

        @Argument(help: "default, classic or few-shot; without a name they are listed.")
        var name: String?

        @Flag(help: "The Russian texts.")
        var russian = false

        @OptionGroup var output: OutputOptions

        private struct Entry: Encodable {
            var identity: PromptSet.Identity
            var system: String
            var user: String
            var refusal: String
            var examples: [PromptSet.Example]
        }

        private struct Reply: Encodable {
            var schema = "quarry.prompts/1"
            var prompts: [Entry]
        }

        func run() throws {
            guard name == nil || name.flatMap(PromptPreset.init(rawValue:)) != nil else {
                throw ValidationError("There is no prompt \(name ?? ""). \(PromptInput.names)")
            }
            let presets = name.flatMap(PromptPreset.init(rawValue:)).map { [$0] } ?? PromptPreset.allCases
            let sets = try presets.map { try $0.prompts(for: russian ? "Что это?" : "What is it?") }
            if output.json {
                let entries = sets.map { set in
                    Entry(
                        identity: set.identity, system: set.system.text, user: set.user.text, refusal: set.refusal,
                        examples: set.examples)
                }
                try Console.print(JSONOutput.string(Reply(prompts: entries), pretty: true))
            } else if name != nil {
                for set in sets { try Console.print(PromptFile.text(of: set), terminator: "") }
            } else {
                for (preset, set) in zip(presets, sets) {
                    let examples = set.examples.isEmpty ? "" : ", \(Format.count(set.examples.count, "example"))"
                    try Console.print(
                        "\(preset.rawValue)  version \(set.version), \(set.identity.sha256.prefix(12))\(examples)")
                }
            }
        }
    }

    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint", abstract: "Check a prompt file.",
            discussion: """
                Looks for a clear instruction, the context, examples, constraints and the format. What it finds is advice; \
                only for a file that cannot be used the exit code is 2.
                """)

        @Argument(help: "A prompt file.", completion: .file())
        var file: String

        @OptionGroup var output: OutputOptions

        private struct Reply: Encodable {
            var schema = "quarry.prompt.lint/1"
            var file: String
            var identity: PromptSet.Identity?
            var examples: Int
            var findings: [PromptLint.Finding]
            /// Why the file cannot be used.
            var error: String?
        }

        func run() throws {
            let text = try PromptInput.text(of: file)
            let found: PromptFile
            do throws(PromptError) {
                found = try PromptFile(text, name: PromptInput.name(of: file))
            } catch {
                if output.json {
                    try Console.print(
                        JSONOutput.string(Reply(file: file, examples: 0, findings: [], error: "\(error)"), pretty: true)
                    )
                }
                Console.note("\(file): \(error)")
                throw Termination.quarantined
            }
            let lint = PromptLint(found)
            if output.json {
                let reply = Reply(
                    file: file, identity: found.prompts.identity, examples: found.prompts.examples.count,
                    findings: lint.findings)
                try Console.print(JSONOutput.string(reply, pretty: true))
                return
            }
            for finding in lint.findings {
                let place = finding.line.map { "\(file):\($0)" } ?? file
                try Console.prose("\(place): \(finding.principle.rawValue): \(finding.message)")
            }
            let identity = found.prompts.identity
            if !output.quiet {
                try Console.prose(
                    "\(identity.name), version \(identity.version), \(identity.sha256.prefix(12)): "
                        + (lint.findings.isEmpty ? "nothing to say" : Format.count(lint.findings.count, "note")))
            }
        }
    }
}

/// A prompt as an option names it.
enum PromptInput {
    static let names = "The prompts are \(PromptPreset.allCases.map(\.rawValue).joined(separator: ", "))."

    /// Those of a preset or of a file.
    static func texts(_ name: String) throws -> PromptTexts {
        if let preset = PromptPreset(rawValue: name) { return .preset(preset) }
        let text = try text(of: name)
        do throws(PromptError) {
            return try PromptTexts(file: text, name: Self.name(of: name))
        } catch { throw CorpusError(.input, "\(name): \(error)") }
    }

    /// - Throws: ``CorpusError`` if the file cannot be read.
    static func text(of path: String) throws -> String {
        let bytes: [UInt8]
        do {
            bytes = try FoundFile(path: path, id: path).load(maximumBytes: PromptFile.maximumBytes).bytes
        } catch {
            throw CorpusError(
                .input, error.reason == .vanished ? "\(path): There is no such file. \(names)" : "\(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CorpusError(.input, "\(path) is not valid UTF-8. Convert it first, for example with iconv.")
        }
        return text
    }

    /// The file's name without folder and extension.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    }
}
