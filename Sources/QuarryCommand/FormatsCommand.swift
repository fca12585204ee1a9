import ArgumentParser
import Quarry
import QuarrySession

struct FormatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats", abstract: "List the formats that are read, and what is missing on this machine.",
        discussion: """
              quarry formats
              quarry formats --json
            """)

    @OptionGroup var configuration: ConfigurationOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Reply: Encodable {
        var schema = "quarry.formats/1"
        var read: [ReaderRegistry.Format]
        /// Read too if text recognition is asked for.
        var withOCR: [ReaderRegistry.Format]
        var notRead: [ReaderRegistry.Format]
    }

    func run() async throws {
        let settings = try configuration.settings()
        let registry = settings.readers()
        var options = ReadingOptions()
        options.ocr = TextRecognition()
        let names = Set(registry.formats.map(\.name))
        let recognised = settings.readers(options).formats.filter { !names.contains($0.name) }
        if json {
            let reply = Reply(read: registry.formats, withOCR: recognised, notRead: registry.unreadFormats)
            try Console.print(JSONOutput.string(reply, pretty: true))
            return
        }
        for format in registry.formats { try Console.prose(Self.line(for: format)) }
        try Console.print("")
        for format in recognised {
            try Console.prose("with --ocr, as are scanned pages of PDF: " + Self.line(for: format))
        }
        for format in registry.unreadFormats { try Console.prose("not read: " + Self.line(for: format)) }
        try Console.prose(
            "\nRecordings and pictures are read with --transcribe and --describe-images. Files of unknown extensions are "
                + "read if they begin like one of these formats, or hold text.")
    }

    private static func line(for format: ReaderRegistry.Format) -> String {
        let why = format.obstacle.map { " (\($0))" } ?? ""
        return "\(format.name)\(why): \(format.pathExtensions.joined(separator: " "))"
    }
}
