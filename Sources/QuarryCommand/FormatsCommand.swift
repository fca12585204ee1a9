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
        let formats = registry.formats.map { (format: $0, option: Self.option(for: $0)) }
        let withOption = recognised.map { (format: $0, option: Optional("--ocr, also for scanned pages of PDF")) }
        try Self.print("Read, in alphabetical order:", formats.filter { $0.format.obstacle == nil })
        try Self.print(
            "\nRead with an option:", formats.filter { $0.option != nil } + withOption)
        try Self.print(
            "\nRead with a program that is missing here:",
            formats.filter { $0.format.obstacle != nil && $0.option == nil })
        // Pictures are named once: a format that an option reads is not among those that are not read.
        let optional = Set(recognised.flatMap(\.pathExtensions))
        let unread = registry.unreadFormats.map { format in
            var format = format
            format.pathExtensions.removeAll(where: optional.contains)
            return (format: format, option: String?.none)
        }
        try Self.print("\nNot read:", unread.filter { !$0.format.pathExtensions.isEmpty })
        try Console.prose(
            "\nRecordings and pictures are read with --transcribe and --describe-images. Files of unknown extensions are "
                + "read if they begin like one of these formats, or hold text.")
    }

    /// The option without which files of a format are not read; nil if they need none.
    private static func option(for format: ReaderRegistry.Format) -> String? {
        format.pathExtensions.contains("sqlite") && format.obstacle != nil ? "--table" : nil
    }

    /// Prints formats in the order of their names below a heading; nothing without formats.
    private static func print(
        _ heading: String, _ formats: [(format: ReaderRegistry.Format, option: String?)]
    ) throws {
        guard !formats.isEmpty else { return }
        try Console.prose(heading)
        for (format, option) in formats.sorted(by: { $0.format.name.lowercased() < $1.format.name.lowercased() }) {
            try Console.prose("  \(line(for: format, option))", indent: 2)
        }
    }

    private static func line(for format: ReaderRegistry.Format, _ option: String?) -> String {
        let why = [option, format.obstacle].compactMap(\.self).joined(separator: "; ")
        return "\(format.name)\(why.isEmpty ? "" : " (\(why))"): \(format.pathExtensions.joined(separator: " "))"
    }
}
