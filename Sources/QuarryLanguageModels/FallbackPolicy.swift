public import QuarryProviders

/// The failures after which another model is called.
public struct FallbackPolicy: Sendable {
    /// Codes that end the fallback.
    ///
    /// By default: `invalidInput`, because the next model would receive the same request; `contentFiltered`, because
    /// that is a decision and not a failure. An exceeded budget is not included: the next model may cost less, or
    /// nothing.
    public var final: [ProviderError.Code] = [.invalidInput, .contentFiltered]
    /// Whether to call the next model after an error that is not a `ProviderError`, such as one of a custom model.
    /// The default is true.
    public var movesOnAfterForeignErrors = true
    /// Whether to hold back the text of a reply until it is complete, so that another model can replace one that broke
    /// off. It suits callers that show only complete replies. The default is false.
    ///
    /// A reply far beyond the requested length is passed on anyway, so that the caller can stop it.
    public var holdsTextBack = false

    public init() {}

    /// A cancellation never triggers fallback.
    public func movesOn(after error: any Error) -> Bool {
        if error is CancellationError { return false }
        guard let error = error as? ProviderError else { return movesOnAfterForeignErrors }
        return !final.contains(error.code)
    }
}
