public import Foundation

/// What the command line says; nil where it does not.
public struct SettingFlags: Sendable, Hashable {
    /// `--config`
    public var configurationPath: String?
    /// `--model`
    public var model: String?
    /// `--llm`, the first that can answer.
    public var llm: [String]?
    /// `--rerank`
    public var rerank: String?
    /// `--transcribe`
    public var transcribe: String?
    /// `--describe-images`
    public var describeImages: String?
    /// `--local-only`
    public var localOnly: Bool?
    /// `--proxy`
    public var proxy: String?
    /// `--max-cost`, in US dollars.
    public var maximumCost: Decimal?
    /// `--max-tokens`
    public var maximumTokens: Int?
    /// `--cache` and `--no-cache`
    public var cacheAnswers: Bool?

    public init() {}
}
