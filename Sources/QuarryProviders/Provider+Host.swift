import QuarryHTTP

extension Provider {
    /// The host of its address in lower case; nil if the address is not a URL.
    public var host: String? { (try? HTTPURL(baseURL))?.host }

    /// Its address in one spelling, without a slash at the end; nil if it is not a URL.
    package var address: String? {
        guard var text = (try? HTTPURL(baseURL))?.string else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// Scheme, host and port of its address; nil if it is not a URL.
    package var origin: String? { (try? HTTPURL(baseURL))?.origin }

    /// Whether its address is a loopback address: `localhost`, `127.0.0.0/8` or `::1`. Names are not resolved.
    ///
    /// A loopback address may be that of a gateway to another machine; see ``runsOnThisMachine``.
    public var isOnThisMachine: Bool {
        guard var host else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it is a hosted service, by its name, its host or its key. It stays one behind a local gateway.
    public var isHostedService: Bool {
        Provider.presets.contains { preset in
            !preset.isOnThisMachine
                && (preset.name == name || (preset.host != nil && preset.host == host)
                    || !Set(preset.keyVariables).isDisjoint(with: keyVariables))
        }
    }

    /// Whether its models run on this machine, so that no data leaves it and nothing is billed.
    ///
    /// It must be a local server at a loopback address. A server with a wire format that only hosted services use, such
    /// as Anthropic's, counts as a gateway. Ollama may still forward some models to its cloud.
    public var runsOnThisMachine: Bool { isOnThisMachine && !isHostedService && usesLocalDialects }

    /// Whether local servers support all its wire formats.
    private var usesLocalDialects: Bool {
        let embeddings: [EmbeddingDialect] = [.openAI, .ollama, .tei, .kserve]
        let generations: [GenerationDialect] = [.openAIChat, .openAIResponses, .ollama, .kserve]
        let rerankings: [RerankingDialect] = [.cohere, .jina, .tei]
        return embedding.map(embeddings.contains) ?? true && generation.map(generations.contains) ?? true
            && reranking.map(rerankings.contains) ?? true && transcription != .mistral
    }
}
