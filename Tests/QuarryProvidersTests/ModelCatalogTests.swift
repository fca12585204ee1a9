import Foundation
import QuarryProviders
import Testing

@Suite struct ModelCatalogTests {
    private let file: CatalogFile
    private let cards: [ModelCard]

    init() throws {
        file = try #require(ModelCatalog.builtInFile)
        cards = file.cards
    }

    private func day(_ text: String) throws -> Date { try Date(text, strategy: .iso8601.year().month().day()) }

    private func provider(_ name: String) throws -> Provider { try #require(Provider.preset(name)) }

    @Test func `the compiled-in file is a catalogue`() {
        #expect(file.schema == "quarry.catalogue/1")
        #expect(cards.count > 200)
        #expect(ModelCatalog.builtIn.cards == cards)
    }

    @Test func `no model has two cards`() {
        let names = cards.map { "\($0.provider)/\($0.name)" }
        #expect(Set(names).count == names.count)
    }

    @Test func `every date is one of ISO 8601`() {
        let dates =
            [file.asOf] + cards.map(\.asOf) + cards.compactMap { $0.retirement?.date }
            + cards.compactMap { $0.price?.asOf }
        for date in dates {
            let parts = date.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            #expect((2...3).contains(parts.count) && (2020...2035).contains(parts[0]), "\(date)")
            #expect((1...12).contains(parts[1]) && (parts.count == 2 || (1...31).contains(parts[2])), "\(date)")
            #expect(date.utf8.count == (parts.count == 2 ? 7 : 10), "\(date)")
        }
    }

    @Test func `every successor is in service`() {
        for card in cards {
            guard let successor = card.retirement?.successor else { continue }
            let next = cards.first { $0.provider == card.provider && $0.name == successor }
            #expect(next != nil && next?.retirement == nil, "\(card.name) → \(successor)")
            #expect(next.map { !Set($0.tasks).isDisjoint(with: card.tasks) } ?? false, "\(card.name) → \(successor)")
        }
    }

    @Test func `every price has a source and a day`() {
        for card in cards {
            guard let price = card.price else { continue }
            #expect(price.source?.isEmpty == false && price.asOf != nil, "\(card.name)")
            #expect(price.inputPerMillion != nil || price.perAudioMinute != nil, "\(card.name)")
            #expect(card.provider == "local" || (price.inputPerMillion ?? 0) > 0, "\(card.name)")
        }
    }

    @Test func `every provider with its own models has cards for its tasks`() {
        let open: Set = ["azure", "azure-deployments", "huggingface", "openai-responses"]
        for provider in Provider.presets where !provider.isOnThisMachine && !open.contains(provider.name) {
            for task in provider.tasks {
                let known = cards.filter { $0.provider == provider.name && $0.tasks.contains(task) }
                #expect(known.contains { $0.retirement == nil }, "\(provider.name): \(task)")
            }
        }
        let names = Set(Provider.presets.map(\.name)).union(["local"])
        #expect(cards.allSatisfy { names.contains($0.provider) })
    }

    @Test func `only local models keep documents on this machine`() {
        for card in cards { #expect(card.dataLeavesMachine == (card.provider != "local"), "\(card.name)") }
    }

    @Test func `prices are exact decimals`() throws {
        let catalog = ModelCatalog.builtIn
        let deepseek = try #require(catalog.price(of: "deepseek-v4-pro", at: provider("deepseek")))
        #expect(deepseek.cachedInputPerMillion == Decimal(string: "0.003625"))
        #expect(deepseek.cost(of: BilledUsage(input: 1_000_000, output: 500_000)) == Decimal(string: "0.87"))
    }

    @Test func `writing into Anthropic's cache costs a quarter more than reading`() throws {
        let priced = cards.filter { $0.provider == "anthropic" }.compactMap(\.price)
        #expect(priced.count == 3)
        for price in priced {
            let input = try #require(price.inputPerMillion)
            #expect(price.cacheWritePerMillion == input * Decimal(5) / 4)
        }
    }

    @Test func `Voyage's cards agree with its documentation`() throws {
        let catalog = ModelCatalog.builtIn
        #expect(catalog.card(of: "voyage-code-3", at: "voyage")?.dimensions == [1024, 256, 512, 2048])
        #expect(catalog.card(of: "rerank-2-lite", at: "voyage")?.contextTokens == 8000)
        for name in ["voyage-context-3", "voyage-context-4", "voyage-multimodal-3.5"] {
            #expect(try #require(catalog.card(of: name, at: "voyage")).tasks.isEmpty)
        }
    }

    @Test func `re-ranking limits are those that providers document`() throws {
        let limits: [String: (Int?, Int?)] = [
            "cohere": (1000, nil), "voyage": (1000, 600_000), "mixedbread": (1000, nil), "jina": (nil, nil),
        ]
        for (name, (passages, tokens)) in limits {
            let known = try provider(name).limits
            #expect(known.passagesPerReranking == passages && known.tokensPerReranking == tokens, "\(name)")
        }
        #expect(try provider("tei").baseURL == "http://127.0.0.1:3000")
    }

    @Test func `an unconfirmed price is unknown`() throws {
        #expect(ModelCatalog.builtIn.card(of: "text-embedding-3-small", at: "openai") != nil)
        #expect(ModelCatalog.builtIn.price(of: "text-embedding-3-small", at: try provider("openai")) == nil)
        #expect(ModelCatalog.builtIn.price(of: "no-such-model", at: try provider("openai")) == nil)
    }

    @Test(arguments: [
        ("openai", "gpt-3.5", "openai/gpt-6-luna"), ("openai", "GPT-3.5-Turbo", "openai/gpt-6-luna"),
        ("gemini", "PaLM-2", "gemini/gemini-3.8-flash"), ("gemini", "palm", "gemini/gemini-3.8-flash"),
        ("openai", "gpt-3.5-turbo", "openai/gpt-6-luna"), ("openai", "gpt-3.5-turbo-1106", "openai/gpt-6-luna"),
        ("openai", "gpt-4-0613", "openai/gpt-6.2-sol"), ("openai", "o1", "openai/gpt-6.2-sol"),
        ("openai", "gpt-4o-2024-05-13", "openai/gpt-6.2-sol"), ("openai", "text-davinci-003", "openai/gpt-6-luna"),
        ("openai-responses", "o3-mini", "openai-responses/gpt-6.1-terra"),
        ("gemini", "chat-bison-001", "gemini/gemini-3.8-flash"),
        ("gemini", "models/text-bison", "gemini/gemini-3.8-flash"),
        ("gemini", "code-gecko@002", "gemini/gemini-3.8-flash"),
        ("gemini", "chat-bison-32k", "gemini/gemini-3.8-flash"),
        ("gemini", "text-embedding-004", "gemini/gemini-embedding-2"),
        ("gemini", "embedding-001", "gemini/gemini-embedding-2"),
        ("gemini", "textembedding-gecko@003", "gemini/gemini-embedding-2"),
        ("anthropic", "claude-2.1", "anthropic/claude-sonnet-5-5"),
        ("anthropic", "claude-3-opus-20240229", "anthropic/claude-opus-5-5"),
        ("anthropic", "claude-3-5-haiku-latest", "anthropic/claude-haiku-5-5"),
        ("cohere", "command-light", "cohere/command-a-03-2025"),
        ("deepseek", "deepseek-chat", "deepseek/deepseek-v4-flash"),
        ("mistral", "mistral-large-2411", "mistral/mistral-large-2512"),
    ])
    func `a retired name is rejected with its successor`(_ name: String, _ model: String, _ successor: String) throws {
        let provider = try provider(name)
        let today = try day("2026-11-22")
        #expect {
            try ModelCatalog.builtIn.checkRetirement(of: model, at: provider, today: today)
        } throws: { error in
            guard let error = error as? ProviderError else { return false }
            return error.code == .retiredModel && error.message.contains("Use \(successor).")
                && error.message.contains(model)
        }
    }

    @Test(arguments: [
        ("openai", "text-embedding-ada-002"), ("openai", "gpt-4o-2024-08-06"), ("openai", "gpt-4o"),
        ("anthropic", "claude-opus-4-5-20251101"), ("azure", "gpt-4"), ("azure-deployments", "o1"),
        ("ollama", "command-r"), ("openai", "some-new-model"),
    ])
    func `a name in service and a custom name are accepted`(_ name: String, _ model: String) throws {
        try ModelCatalog.builtIn.checkRetirement(of: model, at: provider(name), today: day("2026-11-22"))
    }

    @Test func `an announced retirement is a warning until its day and an error afterwards`() throws {
        let gemini = try provider("gemini")
        let catalog = ModelCatalog.builtIn
        let before = try catalog.warnings(for: "gemini-2.5-pro", at: gemini, today: day("2026-11-30"))
        #expect(
            before == ["gemini will shut gemini-2.5-pro down on 2026-12-01; its successor is gemini/gemini-3.8-flash."])
        try catalog.checkRetirement(of: "gemini-2.5-pro", at: gemini, today: day("2026-11-30"))
        #expect(try catalog.warnings(for: "gemini-2.5-pro", at: gemini, today: day("2026-12-01")).isEmpty)
        #expect(throws: ProviderError.self) {
            try catalog.checkRetirement(of: "gemini-2.5-pro", at: gemini, today: day("2026-12-01"))
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/v1", "http://localhost:11434", "http://[::1]:8080", "http://127.8.9.10",
        "http://gpu.localhost:1",
    ])
    func `a server on this machine is free`(_ address: String) {
        #expect(ModelCatalog.builtIn.price(of: "qwen3", at: .openAICompatible(at: address)) == .free)
    }

    @Test(arguments: ["llamacpp", "lmstudio", "localai", "ollama", "tei", "tgi", "triton", "vllm"])
    func `a local server preset is free on this machine`(_ name: String) throws {
        #expect(try provider(name).runsOnThisMachine)
        #expect(ModelCatalog.builtIn.price(of: "m", at: try provider(name)) == .free)
    }

    @Test func `a custom provider with a service's key is that service's gateway`() throws {
        var own = Provider.openAICompatible(at: "http://127.0.0.1:4000/v1")
        own.name = "gw"
        #expect(own.runsOnThisMachine && ModelCatalog.builtIn.price(of: "m", at: own) == .free)
        own.keyVariables = ["OPENAI_API_KEY"]
        #expect(!own.runsOnThisMachine && ModelCatalog.builtIn.price(of: "m", at: own) == nil)
    }

    @Test func `a hosted service behind a local gateway keeps its price`() throws {
        for preset in Provider.presets where !preset.isOnThisMachine {
            var gateway = preset
            gateway.baseURL = "http://127.0.0.1:4000/v1"
            #expect(gateway.isOnThisMachine && !gateway.runsOnThisMachine, "\(preset.name)")
            #expect(ModelCatalog.builtIn.price(of: "no-such-model", at: gateway) == nil, "\(preset.name)")
        }
        // A custom name for a gateway does not hide its wire format.
        let own = Provider("gateway", at: "http://127.0.0.1:4000", generation: .anthropic)
        #expect(ModelCatalog.builtIn.price(of: "claude-opus-5-5", at: own) == nil)
        var mistral = try provider("mistral")
        mistral.baseURL = "http://localhost:4000/v1"
        #expect(
            ModelCatalog.builtIn.price(of: "mistral-embed", at: mistral)?.inputPerMillion == Decimal(string: "0.1"))
        var openAI = try provider("openai")
        openAI.baseURL = "http://localhost:4000/v1"
        #expect(ModelCatalog.builtIn.price(of: "text-embedding-3-small", at: openAI) == nil)
    }

    @Test func `a service's key is not sent to a local server`() throws {
        let services = Provider.presets.filter { !$0.isOnThisMachine }
        let keys = Set(services.flatMap(\.keyVariables))
        for server in Provider.presets.filter(\.isOnThisMachine) + [.openAICompatible(at: "http://127.0.0.1")] {
            #expect(keys.isDisjoint(with: server.keyVariables), "\(server.name)")
        }
        #expect(try provider("huggingface").keyVariables == ["HF_TOKEN"])
    }

    @Test(arguments: [
        ("mistral", "mistral-embed", 512, "It supports only 1024: omit"),
        ("openai", "text-embedding-ada-002", 256, "It supports only 1536: omit"),
        ("cohere", "embed-english-v3.0", 512, "It supports only 1024: omit"),
        ("cohere", "embed-multilingual-light-v3.0", 512, "It supports only 384: omit"),
        ("cohere", "embed-v4.0", 300, "256, 512, 1024, 1536. The default is 1536."),
        ("voyage", "voyage-4", 1000, "256, 512, 1024, 2048"),
        ("voyage", "voyage-law-2", 512, "It supports only 1024: omit"),
        ("jina", "jina-embeddings-v3", 2048, "1 to 1024"),
        ("jina", "jina-embeddings-v2-base-en", 64, "It supports only 768: omit"),
        ("gemini", "gemini-embedding-2", 64, "128 to 3072"), ("openai", "text-embedding-3-small", 3072, "1 to 1536"),
        ("mistral", "codestral-embed", 3073, "1 to 3072"),
    ])
    func `an unsupported dimension is rejected with the supported ones`(
        _ name: String, _ model: String, _ dimension: Int, _ advice: String
    ) throws {
        #expect {
            try ModelCatalog.builtIn.requestedDimension(dimension, of: model, at: provider(name))
        } throws: { error in
            guard let error = error as? ProviderError, error.code == .invalidConfiguration else { return false }
            return error.message.contains("\(name)/\(model) cannot make vectors of \(dimension) dimensions")
                && error.message.contains(advice)
        }
    }

    @Test func `a supported dimension is requested, and a fixed one is not`() throws {
        let catalog = ModelCatalog.builtIn
        func requested(_ dimension: Int, _ model: String, _ name: String) throws -> Int? {
            try catalog.requestedDimension(dimension, of: model, at: provider(name))
        }
        #expect(try requested(1024, "mistral-embed", "mistral") == nil)
        #expect(try requested(300, "text-embedding-3-large", "openai") == 300)
        #expect(try requested(512, "embed-v4.0", "cohere") == 512)
        #expect(try requested(777, "codestral-embed", "mistral") == 777)
        // These models are unknown.
        #expect(try requested(300, "new-model", "openai") == 300 && requested(300, "mistral-embed", "vllm") == 300)
    }

    @Test func `every embedding model in service has its dimension choice`() {
        for card in cards where card.tasks == [.embedding] && card.provider != "local" && card.retirement == nil {
            #expect(card.dimensionChoice != nil, "\(card.name)")
            if case .range(let range)? = card.dimensionChoice {
                #expect(card.dimensions.allSatisfy(range.contains), "\(card.name)")
            }
            if card.dimensionChoice == .fixed { #expect(card.dimensions.count == 1, "\(card.name)") }
            if card.dimensionChoice == .listed { #expect(card.dimensions.count > 1, "\(card.name)") }
        }
    }

    @Test func `the price of a model in Ollama's cloud is unknown, though the server is local`() throws {
        let ollama = try provider("ollama")
        for name in ["gpt-oss:120b-cloud", "kimi:cloud", "team/Kimi:1T-Cloud"] {
            #expect(ModelCatalog.builtIn.price(of: name, at: ollama) == nil, "\(name)")
        }
        for name in ["gpt-oss:120b", "cloud", "team-cloud", "cloud/kimi:latest"] {
            #expect(ModelCatalog.builtIn.price(of: name, at: ollama) == .free, "\(name)")
        }
    }

    @Test(arguments: [
        "http://192.168.1.7:8080", "https://127.0.0.1.example.org", "http://localhost.example", "", "no url",
        "http://[::2]:1",
    ])
    func `a remote server is not free`(_ address: String) {
        #expect(ModelCatalog.builtIn.price(of: "qwen3", at: .openAICompatible(at: address)) == nil)
    }

    @Test func `a custom provider at a known host has that provider's cards`() throws {
        let own = Provider("work", at: "https://api.deepseek.com/v1", generation: .openAIChat)
        #expect(
            ModelCatalog.builtIn.price(of: "deepseek-v4-flash", at: own)?.inputPerMillion == Decimal(string: "0.14"))
        #expect(throws: ProviderError.self) {
            try ModelCatalog.builtIn.checkRetirement(of: "deepseek-chat", at: own, today: day("2026-11-22"))
        }
    }

    @Test func `a custom card replaces the built-in one`() throws {
        var catalog = ModelCatalog.builtIn
        var card = try #require(catalog.card(of: "text-embedding-3-small", at: "openai"))
        card.price = ModelPrice(inputPerMillion: 3)
        catalog.cards.append(card)
        #expect(catalog.price(of: "text-embedding-3-small", at: try provider("openai"))?.inputPerMillion == 3)
    }
}
