import Foundation
public import QuarryCore

/// Stores replies of models and returns them for equal requests.
public protocol AnswerCache: Sendable {
    /// The last reply stored for a key; nil if there is none.
    func reply(for key: AnswerCacheKey) async throws -> CachedReply?
    func store(_ reply: CachedReply, for key: AnswerCacheKey) async throws
}

/// A complete reply of a model.
public struct CachedReply: Sendable, Hashable, Codable {
    public var text: String
    /// The usage of the original request; nil if the provider did not report it.
    public var usage: TokenUsage?

    public init(text: String, usage: TokenUsage? = nil) {
        self.text = text
        self.usage = usage
    }
}

/// All inputs of a reply, in bytes. Keys are equal only if all inputs are equal.
///
/// The whole request is encoded, so every option counts. The bytes are stable across runs and machines;
/// a store should hash them.
public struct AnswerCacheKey: Sendable, Hashable {
    public let bytes: [UInt8]

    private struct Inputs: Encodable {
        var version = 2
        var identity: String
        var indexState: String
        var request: GenerationRequest
    }

    /// - `identity`: Identifies the model and its provider uniquely.
    /// - `indexState`: Changes with every change of the index, and differs between indexes.
    /// - Throws: `EncodingError`, if a number of the request is not finite.
    public init(request: GenerationRequest, identity: String, indexState: String) throws {
        var request = request
        // Equal numbers have equal bytes.
        if request.temperature == 0 { request.temperature = 0 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        bytes = Array(try encoder.encode(Inputs(identity: identity, indexState: indexState, request: request)))
    }
}
