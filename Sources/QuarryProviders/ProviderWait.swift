/// A wait that a provider's limits impose, told at its beginning. Only those of 5 seconds or more are.
public struct ProviderWait: Sendable, Hashable, CustomStringConvertible {
    /// `provider/model`, or the provider alone.
    public var model: String
    public var duration: Duration
    /// Such as “its limit of 100 requests is used up”.
    public var reason: String

    public init(model: String, duration: Duration, reason: String) {
        self.model = model
        self.duration = duration
        self.reason = reason
    }

    /// `openai/gpt-6-luna has to be waited for, 288 s: its limit of 100 requests is used up.`
    public var description: String {
        let seconds = duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)
        let end = reason.hasSuffix(".") ? "" : "."
        return "\(model) has to be waited for, \(seconds) s: \(reason)\(end)"
    }
}
