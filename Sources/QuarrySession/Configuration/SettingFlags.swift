package import Foundation
package import QuarryRetrieval

/// The settings of the command line, with the names of their flags as origins; nil if not given.
package struct SettingFlags: Sendable, Hashable {
    package var configurationPath: Setting<String>?
    package var model: Setting<String>?
    /// In order of preference.
    package var llm: Setting<[String]>?
    package var rerank: Setting<String>?
    package var readerModel: Setting<String>?
    package var window: Setting<RetrievalOptions.Window>?
    package var fusion: Setting<Fusion>?
    package var transcribe: Setting<String>?
    package var describeImages: Setting<String>?
    package var localOnly: Setting<Bool>?
    package var proxy: Setting<String>?
    /// US dollars.
    package var maximumCost: Setting<Decimal>?
    package var maximumTokens: Setting<Int>?
    package var cacheAnswers: Setting<Bool>?

    package init() {}
}
