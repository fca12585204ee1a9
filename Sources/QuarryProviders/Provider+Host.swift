import QuarryHTTP

extension Provider {
    /// The host of its address in lower case; nil where it has none or the address is no URL.
    public var host: String? { (try? HTTPURL(baseURL))?.host }

    /// Whether its address is this machine's own loopback. Behind it may be a gateway to another machine; see
    /// ``runsOnThisMachine``.
    ///
    /// Judged by the address as it is written: `localhost`, `127.0.0.0/8`, `::1`. Names are not resolved.
    public var isOnThisMachine: Bool {
        guard var host else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it is a service on somebody else's machines, by its name, its host or the key that it takes; also where
    /// its address was set to a gateway on this machine.
    public var isHostedService: Bool {
        Provider.presets.contains { preset in
            !preset.isOnThisMachine
                && (preset.name == name || (preset.host != nil && preset.host == host)
                    || !Set(preset.keyVariables).isDisjoint(with: keyVariables))
        }
    }

    /// Whether its models run on this machine, so that nothing leaves it and nothing is billed: a server of one's own at
    /// a loopback address. What is asked as only services are asked, such as Anthropic's, is taken for a gateway. Ollama
    /// may still have its cloud answer for some.
    public var runsOnThisMachine: Bool { isOnThisMachine && !isHostedService && isAskedAsServersAre }

    /// Whether servers of one's own understand all the ways in which it is asked.
    private var isAskedAsServersAre: Bool {
        let embeddings: [EmbeddingDialect] = [.openAI, .ollama, .tei, .kserve]
        let generations: [GenerationDialect] = [.openAIChat, .openAIResponses, .ollama, .kserve]
        let rerankings: [RerankingDialect] = [.cohere, .jina, .tei]
        return embedding.map(embeddings.contains) ?? true && generation.map(generations.contains) ?? true
            && reranking.map(rerankings.contains) ?? true && transcription != .mistral
    }
}
