public import Foundation

/// The settings of the command line, with the names of their flags as origins; nil if not given.
public struct SettingFlags: Sendable, Hashable {
    public var configurationPath: Setting<String>?
    public var model: Setting<String>?
    /// In order of preference.
    public var llm: Setting<[String]>?
    public var rerank: Setting<String>?
    public var transcribe: Setting<String>?
    public var describeImages: Setting<String>?
    public var localOnly: Setting<Bool>?
    public var proxy: Setting<String>?
    /// US dollars.
    public var maximumCost: Setting<Decimal>?
    public var maximumTokens: Setting<Int>?
    public var cacheAnswers: Setting<Bool>?

    public init() {}
}
