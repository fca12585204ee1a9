/// Which of the tokens read came from the prompt cache, or went into it: the same in both of OpenAI's interfaces.
struct OpenAIInputDetails: Decodable {
    var cachedTokens: Int?
    var cacheWriteTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case cachedTokens = "cached_tokens"
        case cacheWriteTokens = "cache_write_tokens"
    }
}
