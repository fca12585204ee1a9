import Foundation
public import QuarryCore
import QuarryPrograms

/// Reads a format with a program of the user's choice, such as `djvutxt`, which prints the text of a file.
///
/// The program runs in a process of its own, without a shell, with limits on time, memory and output. Its output is
/// read as Markdown. Offsets and lines count in that text.
public struct ConverterReader: Reader {
    /// The place of the file's path in a command.
    public static let input = "{input}"

    public let pathExtensions: Set<String>
    private let command: [String]
    private let program: Program?
    private let environment: [String: String]

    /// - Parameters:
    ///   - pathExtension: The extension of the files, without a dot.
    ///   - command: The program and its arguments. Each `{input}` in an argument becomes the path of the file, which is
    ///     the last argument if there is none. The program's name must not be empty.
    ///   - environment: The variables that the program sees; nil for those of this process.
    public init(
        pathExtension: String, command: [String],
        environment: [String: String]? = nil
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        pathExtensions = [pathExtension.lowercased()]
        self.command = command
        self.environment = environment
        program = command.first.flatMap { Program.find($0, environment: environment) }
    }

    private var name: String { command.first ?? "" }

    public var formatName: String { "by \(name)" }
    public var obstacle: String? { program == nil ? "\(name) is not installed" : nil }
    /// With the command, so that files are read again when it changes.
    public var version: String {
        let digest = ContentHash(of: Array(command.joined(separator: "\0").utf8)).description.prefix(12)
        return "converter/\(program == nil ? 0 : 1) \(digest)"
    }

    private static let limits = ProgramLimits(duration: .seconds(300), outputBytes: 256 << 20, memoryBytes: 4 << 30)

    public func read(_ source: Source) async throws -> ReadResult {
        guard let program else {
            return rejected(source, .unsupportedFormat, "It cannot be read here: \(obstacle ?? "").")
        }
        let file = "input." + (pathExtensions.first ?? "")
        let output: ProgramOutput
        do {
            output = try await withTemporaryFile(source.bytes, named: file) {
                (path: String) async throws -> ProgramOutput in
                var arguments = command.dropFirst().map { $0.replacing(Self.input, with: path) }
                if !command.contains(where: { $0.contains(Self.input) }) { arguments.append(path) }
                return try await program.run(arguments, environment: environment, limits: Self.limits)
            }
        } catch let error as ProgramError {
            return rejected(source, .undecodable, "It cannot be read: \(error)")
        }
        guard output.succeeded else {
            let reason = String(decoding: output.errors, as: UTF8.self).split(separator: "\n").last ?? ""
            return rejected(
                source, .undecodable, "\(name) ended with \(output.end)\(reason.isEmpty ? "." : ": \(reason)")")
        }
        var result = MarkdownReader().read(Source(id: source.id, bytes: output.bytes))
        for index in result.documents.indices { result.documents[index].sourceMap.base = .text }
        return result
    }

    private func rejected(_ source: Source, _ reason: Rejection.Reason, _ message: String) -> ReadResult {
        ReadResult(rejected: [Rejection(source: source.id, reason: reason, message: message)])
    }
}
