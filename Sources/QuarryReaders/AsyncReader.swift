/// Makes documents of the bytes of one source with the help of something that takes its time, such as a model behind a
/// network.
///
/// What is wrong with the source is part of the result; what is wrong with the helper, such as a server that cannot be
/// reached, is thrown, so that the source is read another time. Cancelling the task stops the work.
public protocol AsyncReader: Sendable {
    /// The extensions of the files it reads, in lower case and without their dots.
    var pathExtensions: Set<String> { get }
    /// How many sources it may read at a time. The default is 1.
    var concurrency: Int { get }
    /// Names the model that reads beyond doubt. What a model made nothing of, see ``Rejection/model``, is left to it until
    /// one of another identity is there. The default is nil: there is no model to tell from another.
    var identity: String? { get }
    /// What reading a source would take at most, by looking at its bytes alone. The default is nil: unknown.
    func work(on source: Source) -> ModelWork?
    func read(_ source: Source) async throws -> ReadResult
}

extension AsyncReader {
    public var concurrency: Int { 1 }
    public var identity: String? { nil }
    public func work(on source: Source) -> ModelWork? { nil }
}
