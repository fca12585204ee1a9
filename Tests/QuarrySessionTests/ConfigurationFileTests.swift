import Foundation
import QuarryProviders
import QuarryReaders
import QuarrySession
import Testing

@Suite struct ConfigurationFileTests {
    private let example = """
        # Who does what
        model: openai/text-embedding-3-small
        llm:
          - deepseek/deepseek-v4-flash
          - http://127.0.0.1:8080/v1
        rerank: cohere/rerank-v3.5
        transcribe: openai/gpt-transcribe
        localOnly: false
        proxy: environment
        certificateAuthorities: ca.pem
        timeouts: {connect: 2.5, idle: 30}
        budget: {cost: 2.50, tokens: 1_000_000}
        cache: {answers: no, semantic: 0.97, directory: ~/quarry-cache, maximumMegabytes: 64}
        providers:
          acme:
            baseURL: https://api.acme.example/v1
            embedding: openAI
            generation: openAIChat
            authorization: x-acme-key
            key: {environment: ACME_TOKEN}
            headers: {X-Team: search}
            paths: {embedding: /vectors}
            chat: {tokenLimitField: max_completion_tokens, seedField: none}
            limits: {inputsPerRequest: 16, passagesPerReranking: 50, tokensPerReranking: 9000, concurrency: 2}
          azure:
            baseURL: https://work.openai.azure.com/openai/v1
        models:
          - provider: acme
            name: acme-embed
            tasks: embedding
            dimensions: [768, 256]
            contextTokens: 2048
            price: {inputPerMillion: 0.015, cacheWritePerMillion: 0.02}
          - provider: openai
            name: text-embedding-3-small
            asOf: 2026-11-20
            price: {inputPerMillion: 0.02, source: the invoice}
        keys:
          openai: {command: [pass, show, openai]}
        """

    @Test func `a whole file is read`() throws {
        let settings = try InMemoryFiles.settings(example)
        #expect(settings.model?.value == "openai/text-embedding-3-small")
        #expect(settings.llm?.value == ["deepseek/deepseek-v4-flash", "http://127.0.0.1:8080/v1"])
        #expect(settings.rerank?.value == "cohere/rerank-v3.5")
        #expect(settings.transcribe?.value == "openai/gpt-transcribe")
        #expect(settings.localOnly.value == false)
        #expect(settings.certificateAuthorities?.value == "/home/ilves/.config/quarry/ca.pem")
        let options = settings.connectionOptions
        #expect(options.proxy == .environment)
        #expect(options.connectTimeout == .seconds(2.5) && options.idleTimeout == .seconds(30))
        #expect(options.firstByteTimeout == .seconds(600))
        #expect(settings.budget == Budget(maximumCost: Decimal(string: "2.5"), maximumTokens: 1_000_000))
        #expect(settings.cacheAnswers.value == false && settings.semanticThreshold.value == 0.97)
        #expect(settings.cacheDirectory.value == "/home/ilves/quarry-cache" && settings.cacheMegabytes.value == 64)
    }

    @Test func `a new provider needs only data`() throws {
        let settings = try InMemoryFiles.settings(example)
        let acme = try settings.reference("acme/acme-embed").provider
        #expect(acme.baseURL == "https://api.acme.example/v1")
        #expect(acme.embedding == .openAI && acme.generation == .openAIChat && acme.reranking == nil)
        #expect(acme.authorization == .header("x-acme-key") && acme.needsKey)
        #expect(acme.headers == ["X-Team": "search"] && acme.paths == [.embedding: "vectors"])
        #expect(acme.chat == ChatVariation(tokenLimitField: "max_completion_tokens", seedField: nil))
        #expect(acme.limits.inputsPerRequest == 16 && acme.limits.concurrency == 2)
        #expect(acme.limits.passagesPerReranking == 50 && acme.limits.tokensPerReranking == 9000)
    }

    @Test func `a preset keeps what the file does not change`() throws {
        let settings = try InMemoryFiles.settings(example)
        let azure = try #require(settings.providers.first { $0.name == "azure" })
        let preset = try #require(Provider.preset("azure"))
        #expect(azure.baseURL == "https://work.openai.azure.com/openai/v1")
        #expect(azure.keyVariables == preset.keyVariables && azure.limits == preset.limits)
        #expect(settings.providers.count == Provider.presets.count + 1)
    }

    @Test func `a custom price is merged into the catalogue`() throws {
        let settings = try InMemoryFiles.settings(example)
        let own = try #require(settings.catalog.card(of: "acme-embed", at: "acme"))
        #expect(own.price?.inputPerMillion == Decimal(string: "0.015"))
        #expect(own.price?.cacheWritePerMillion == Decimal(string: "0.02"))
        #expect(own.price?.source?.hasSuffix("config.yaml:28:5") ?? false)
        #expect(own.asOf == "2026-11-18" && own.dataLeavesMachine && own.dimensions == [768, 256])
        let known = try #require(settings.catalog.card(of: "text-embedding-3-small", at: "openai"))
        #expect(known.price?.inputPerMillion == Decimal(string: "0.02") && known.price?.asOf == "2026-11-20")
        #expect(known.dimensions == [1536] && known.contextTokens == 8192)
    }

    @Test func `an empty file and a missing file set nothing`() throws {
        for yaml in [nil, "", "# nothing\n", "llm:\n"] as [String?] {
            let settings = try InMemoryFiles.settings(yaml)
            #expect(settings.llm == nil && settings.localOnly == Setting(false, .builtIn))
            #expect(settings.hasFile == (yaml != nil))
        }
    }

    @Test(arguments: [
        ("lm: x", "config.yaml:1:1: There is no setting “lm”. Did you mean “llm”?"),
        ("cache:\n  anwsers: true", "config.yaml:2:3: There is no setting “anwsers” in cache. Did you mean “answers”?"),
        ("localOnly: maybe", "config.yaml:1:12: localOnly must be true or false, not “maybe”."),
        ("localOnly: 'true'", "config.yaml:1:12: localOnly must be true or false, not “true”."),
        ("model: [a, b]", "config.yaml:1:8: model must be a text, not a list."),
        ("budget: {tokens: -3}", "config.yaml:1:18: budget.tokens must be a whole number of at least 0, not “-3”."),
        ("budget: {cost: 1e9}", "config.yaml:1:16: budget.cost must be a number that is not negative, not “1e9”."),
        ("budget: 3", "config.yaml:1:9: budget must be a mapping, not “3”."),
        (
            "timeouts: {idle: 0}",
            "config.yaml:1:18: timeouts.idle must be a number of seconds above 0 and up to 86400, not “0”."
        ),
        (
            "window: all",
            "config.yaml:1:9: window must be “section” or a number of passages from 0 to 100, not “all”."
        ),
        (
            "cache: {semantic: 0.2}",
            "config.yaml:1:19: cache.semantic must be false or a cosine from 0.5 to 1, not “0.2”."
        ),
        (
            "providers: {openai: {embedding: opnAI}}",
            "config.yaml:1:33: providers.openai.embedding cannot be “opnAI”. Did you mean “openAI”?"
        ),
        (
            "providers: {openia: {embedding: openAI}}",
            "config.yaml:1:13: The new provider openia needs a baseURL. Did you mean “openai”?"
        ),
        (
            "providers: {acme: {baseURL: 'https://a.example'}}",
            "config.yaml:1:13: The new provider acme needs a dialect for each of its tasks: embedding, generation, reranking or transcription."
        ),
        (
            "providers: {acme: {baseURL: 'ftp://a', embedding: tei}}",
            "config.yaml:1:29: providers.acme.baseURL “ftp://a” is not an http or https address."
        ),
        (
            "providers: {a/b: {embedding: tei}}",
            "config.yaml:1:13: “a/b” is not a valid provider name. Use letters, digits, points and hyphens."
        ),
        (
            "keys: {opena: {environment: X}}",
            "config.yaml:1:8: The key is for an unknown provider, “opena”. Did you mean “openai”?"
        ),
        (
            "keys: {openai: sk-123456}",
            "config.yaml:1:16: keys.openai must have the source of the key: {environment: NAME}, {command: [PROGRAM, …]} or {value: KEY}."
        ),
        (
            "keys: {openai: {command: pass show openai}}",
            "config.yaml:1:26: keys.openai.command must be a list, such as [pass, show, openai]: it runs without a shell."
        ),
        ("models: [{provider: openai}]", "config.yaml:1:10: models[0] needs a provider and a name."),
        (
            "models: [{provider: openai, name: x, asOf: today}]",
            "config.yaml:1:44: models[0].asOf must be a day such as 2026-11-22, not “today”."
        ),
        ("- a", "config.yaml:1:1: The file must be a mapping, such as “llm: openai/gpt-6-luna”."),
        ("llm: a\nllm: b", "config.yaml:1:1: A key occurs twice: llm."),
    ])
    func `a problem has its file, line and column`(_ yaml: String, _ problem: String) {
        #expect(InMemoryFiles.problems(yaml) == [problem])
    }

    @Test(arguments: [
        "providers: {acme: {baseURL: 'http://user:userpw-SECRET@host/v1', embedding: tei}}", "keys: filekey-SECRET",
        "keys: {openai: filekey-SECRET}", "keys: {openai: {environment: filekey-SECRET}}",
        "keys: {openai: {value: [filekey-SECRET]}}",
    ])
    func `a secret in the wrong place is not repeated`(_ yaml: String) {
        let problems = InMemoryFiles.problems(yaml)
        #expect(problems.count == 1 && !problems[0].contains("SECRET"), "\(problems)")
    }

    @Test func `malformed YAML is reported with its line and column`() {
        let problems = InMemoryFiles.problems("llm: a\nmodel: [b\n")
        #expect(problems.count == 1 && problems[0].hasPrefix("config.yaml:3:1: The YAML is malformed: "), "\(problems)")
    }

    @Test func `all problems are reported in the order of the file`() {
        let problems = InMemoryFiles.problems("modle: a\nlocalOnly: 7\n")
        #expect(problems.count == 2)
        #expect(problems.allSatisfy { $0.hasPrefix("config.yaml:") })
    }

    @Test func `a file cut at every byte is read or refused`() {
        let bytes = Array(example.utf8)
        for end in stride(from: 0, to: bytes.count, by: 3) {
            let text = String(decoding: bytes[..<end], as: UTF8.self)
            #expect(InMemoryFiles.problems(text).allSatisfy { $0.hasPrefix("config.yaml") })
        }
    }

    @Test func `the example in the documentation is valid`() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: package.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        let yaml = try #require(readme.components(separatedBy: "```yaml\n").last?.components(separatedBy: "```").first)
        let settings = try InMemoryFiles.settings(yaml, environment: ["ACME_API_KEY": "k"])
        #expect(settings.findings().isEmpty, "\(settings.findings())")
        #expect(settings.catalog.card(of: "acme-embed", at: "acme")?.price?.inputPerMillion == Decimal(string: "0.015"))
        #expect(settings.converters["djvu"]?.value == ["djvutxt", "{input}"])
        #expect(settings.readers().reads("scan.DJVU"))
    }
}
