public import QuarryProviders

/// After which failures another model is asked.
public struct FallbackPolicy: Sendable {
    /// The codes after which nobody else is asked.
    ///
    /// By default: `invalidInput`, since the next model would be sent the same; `contentFiltered`, since that is a decision
    /// and not a failure. An exceeded budget is none of them: the next model may cost less, or nothing.
    public var final: [ProviderError.Code] = [.invalidInput, .contentFiltered]
    /// Whether another model is asked after errors that are no ``ProviderError``, as of models of one's own. The default
    /// is true.
    public var movesOnAfterForeignErrors = true
    /// Whether the text of a reply is held back until the reply is whole, so that another model is asked after one that
    /// broke off. For those who show nothing before the end. The default is false.
    ///
    /// A reply far longer than was asked for is handed out all the same, for the caller to stop it.
    public var holdsTextBack = false

    public init() {}

    /// A cancellation never moves on.
    public func movesOn(after error: any Error) -> Bool {
        if error is CancellationError { return false }
        guard let error = error as? ProviderError else { return movesOnAfterForeignErrors }
        return !final.contains(error.code)
    }
}
