/// An upper bound of the work of reading sources with a model, in the units that providers bill by.
public struct ModelWork: Sendable, Hashable, Codable {
    public var files: Int
    /// The length of recordings; 0 for other sources.
    public var audioSeconds: Double
    public var inputTokens: Int
    public var outputTokens: Int

    public init(files: Int = 1, audioSeconds: Double = 0, inputTokens: Int, outputTokens: Int) {
        self.files = files
        self.audioSeconds = audioSeconds
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    public var tokens: Int { inputTokens + outputTokens }

    public static func + (a: ModelWork, b: ModelWork) -> ModelWork {
        ModelWork(
            files: a.files + b.files, audioSeconds: a.audioSeconds + b.audioSeconds,
            inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens)
    }
}
