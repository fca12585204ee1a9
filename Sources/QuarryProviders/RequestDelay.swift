/// A delay of a request because of a provider's limits, reported at its start. Delays under 5 seconds are reported
/// only if they add up.
public struct RequestDelay: Sendable, Hashable, CustomStringConvertible {
    /// `provider/model`, or the provider alone.
    public var model: String
    public var duration: Duration
    /// The earlier delays of the same request.
    public var waited: Duration
    /// The reason, such as “its limit of 100 requests is used up”.
    public var reason: String

    public init(model: String, duration: Duration, waited: Duration = .zero, reason: String) {
        self.model = model
        self.duration = duration
        self.waited = waited
        self.reason = reason
    }

    /// `Waiting 288 s for openai/gpt-6-luna: its limit of 100 requests is used up.`
    public var description: String {
        let seconds = duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)
        let end = reason.hasSuffix(".") ? "" : "."
        return "Waiting \(seconds) s for \(model): \(reason)\(end)"
    }
}
