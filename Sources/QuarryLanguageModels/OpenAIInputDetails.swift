/// The input tokens read from the prompt cache or written into it, as in both of OpenAI's interfaces.
struct OpenAIInputDetails: Decodable {
    var cachedTokens: Int?
    var cacheWriteTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case cachedTokens = "cached_tokens"
        case cacheWriteTokens = "cache_write_tokens"
    }
}
