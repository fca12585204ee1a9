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
/// Every part is preceded by its length, so that no two requests share their bytes. The bytes are stable across runs
/// and machines; a store should hash them.
public struct AnswerCacheKey: Sendable, Hashable {
    public let bytes: [UInt8]

    /// - `identity`: Identifies the model and its provider uniquely.
    /// - `indexState`: Changes with every change of the index.
    public init(request: GenerationRequest, identity: String, indexState: String) {
        var writer = Writer()
        writer.write("answer 1")
        writer.write(identity)
        writer.write(indexState)
        writer.write(UInt64(bitPattern: Int64(request.maximumTokens)))
        // Equal numbers have equal bytes.
        writer.write((request.temperature == 0 ? 0 : request.temperature).bitPattern)
        writer.write(count: request.stop.count)
        for text in request.stop { writer.write(text) }
        writer.write(count: request.seed == nil ? 0 : 1)
        if let seed = request.seed { writer.write(UInt64(bitPattern: Int64(seed))) }
        writer.write(count: request.messages.count)
        for message in request.messages {
            writer.write(message.role.rawValue)
            writer.write(message.content)
            writer.write(count: message.images.count)
            for image in message.images {
                writer.write(image.mediaType)
                writer.write(bytes: image.bytes)
            }
        }
        bytes = writer.bytes
    }

    private struct Writer {
        var bytes: [UInt8] = []

        /// Eight bytes, little-endian.
        mutating func write(_ number: UInt64) {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }

        mutating func write(count: Int) { write(UInt64(count)) }

        mutating func write(bytes new: some Collection<UInt8>) {
            write(count: new.count)
            bytes += new
        }

        mutating func write(_ text: String) { write(bytes: text.utf8) }
    }
}
