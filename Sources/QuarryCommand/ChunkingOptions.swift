public import ArgumentParser
public import Quarry

/// How documents are cut.
struct ChunkingOptions: ParsableArguments {
    @Option(help: "How to cut documents into passages: \(ChunkingStrategy.names). The default is structure.")
    var chunker: ChunkingStrategy?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Usual length of a passage. The default is 300.", valueName: "tokens"))
    var chunkTarget: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum length of a passage. The default is 400.", valueName: "tokens"))
    var chunkMaximum: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Overlap of consecutive passages. The default is 0.", valueName: "tokens"))
    var chunkOverlap: Int?

    /// More tokens than any model reads.
    static let longest = 1 << 20

    func validate() throws {
        for (name, value) in [
            ("--chunk-target", chunkTarget), ("--chunk-maximum", chunkMaximum), ("--chunk-overlap", chunkOverlap),
        ] {
            if let value, value > Self.longest {
                throw ValidationError("\(name) \(value) is more than \(Self.longest).")
            }
        }
    }

    /// The settings with the values of the options.
    func applied(to base: IndexSettings.Chunking) -> IndexSettings.Chunking {
        IndexSettings.Chunking(
            strategy: chunker ?? base.strategy, target: chunkTarget ?? base.target,
            maximum: chunkMaximum ?? base.maximum, overlap: chunkOverlap ?? base.overlap)
    }
}

extension ChunkingStrategy: ExpressibleByArgument, CaseIterable {
    public static let allCases = ChunkingStrategy.all

    public init?(argument: String) {
        self.init(rawValue: argument)
        guard Self.allCases.contains(self) else { return nil }
    }

    /// The strategies in a sentence.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
