import QuarryProviders

extension ConfigurationFile {
    /// Reads providers by name, which change a preset or add a new one.
    mutating func readProviders(_ value: YAMLValue) {
        for (key, value) in value.entries() {
            guard let name = key.string() else { continue }
            guard name.utf8.allSatisfy(Self.isNameByte), name != "local" else {
                key.refuse("“\(name)” is not a valid provider name. Use letters, digits, points and hyphens.")
                continue
            }
            let index = providers.firstIndex { $0.name == name }
            var provider = index.map { providers[$0] } ?? Provider(name)
            let fields = value.fields(Self.providerFields)
            provider.read(fields)
            if let source = fields["key"]?.setting({ $0.keySource() }) {
                keys[name] = source
                if fields["needsKey"] == nil { provider.needsKey = true }
            }
            if index == nil {
                if provider.baseURL.isEmpty {
                    key.refuse("The new provider \(name) needs a baseURL." + similar(to: name))
                }
                if provider.tasks.isEmpty {
                    key.refuse(
                        "The new provider \(name) needs a dialect for each of its tasks: embedding, generation, "
                            + "reranking or transcription.")
                }
                providers.append(provider)
            } else if let index {
                providers[index] = provider
            }
            providerPositions[name] = key.position
            for (field, _) in fields["headers"]?.entries() ?? [] where field.string().map(Self.isSecretField) ?? false {
                secretFields.append(field.position)
            }
        }
    }

    private func similar(to name: String) -> String {
        Suggestion.nearest(to: name, among: providers.map(\.name)).map { " Did you mean “\($0)”?" } ?? ""
    }

    /// Whether a header field probably contains a key.
    private static func isSecretField(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "key", "token", "secret"].contains { name.contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private static let providerFields = [
        "baseURL", "embedding", "generation", "reranking", "transcription", "authorization", "keyVariables", "needsKey",
        "key", "headers", "paths", "chat", "limits",
    ]
}

extension Provider {
    fileprivate mutating func read(_ fields: [String: YAMLValue]) {
        if let address = fields["baseURL"], let text = address.string() {
            baseURL = text
            let shown = RedactedURL.text(of: text)
            if host == nil {
                let advice =
                    shown == text ? "" : " Write it without a user name, password or query; keys belong under keys."
                address.refuse("\(address.keyPath) “\(shown)” is not an http or https address.\(advice)")
            } else if shown != text {
                address.refuse(
                    "\(address.keyPath) “\(shown)” contains a user name, a password or a query. Write it without; keys "
                        + "belong under keys."
                )
            }
        }
        if let value = fields["embedding"]?.choice(EmbeddingDialect.self) { embedding = value }
        if let value = fields["generation"]?.choice(GenerationDialect.self) { generation = value }
        if let value = fields["reranking"]?.choice(RerankingDialect.self) { reranking = value }
        if let value = fields["transcription"]?.choice(TranscriptionDialect.self) { transcription = value }
        if let value = fields["authorization"]?.string() {
            authorization = value == "bearer" ? .bearer : .header(value)
        }
        if let value = fields["keyVariables"]?.strings() {
            keyVariables = value
            needsKey = true
        }
        if let value = fields["needsKey"]?.bool() { needsKey = value }
        for (key, value) in fields["headers"]?.entries() ?? [] {
            guard let name = key.string(), let text = value.string() else { continue }
            headers[name] = text
        }
        for (name, value) in fields["paths"]?.fields(ModelTask.allCases.map(\.rawValue)) ?? [:] {
            guard let task = ModelTask(rawValue: name), let path = value.string() else { continue }
            paths[task] = path.hasPrefix("/") ? String(path.dropFirst()) : path
        }
        let chatFields = ["tokenLimitField", "seedField", "sendsTemperature", "asksForUsage", "sendsSystemRole"]
        if let chat = fields["chat"]?.fields(chatFields) {
            if let value = chat["tokenLimitField"]?.string() { self.chat.tokenLimitField = value }
            if let value = chat["seedField"]?.string() { self.chat.seedField = value == "none" ? nil : value }
            if let value = chat["sendsTemperature"]?.bool() { self.chat.sendsTemperature = value }
            if let value = chat["asksForUsage"]?.bool() { self.chat.asksForUsage = value }
            if let value = chat["sendsSystemRole"]?.bool() { self.chat.sendsSystemRole = value }
        }
        let limitFields = [
            "inputsPerRequest", "tokensPerRequest", "tokensPerInput", "passagesPerReranking", "tokensPerReranking",
            "concurrency", "requestsPerMinute", "tokensPerMinute", "maximumWaitSeconds",
        ]
        if let limits = fields["limits"]?.fields(limitFields) {
            if let value = limits["inputsPerRequest"]?.int(atLeast: 1) { self.limits.inputsPerRequest = value }
            if let value = limits["tokensPerRequest"]?.int(atLeast: 1) { self.limits.tokensPerRequest = value }
            if let value = limits["tokensPerInput"]?.int(atLeast: 1) { self.limits.tokensPerInput = value }
            if let value = limits["passagesPerReranking"]?.int(atLeast: 1) { self.limits.passagesPerReranking = value }
            if let value = limits["tokensPerReranking"]?.int(atLeast: 1) { self.limits.tokensPerReranking = value }
            if let value = limits["concurrency"]?.int(atLeast: 1) { self.limits.concurrency = value }
            if let value = limits["requestsPerMinute"]?.int(atLeast: 1) { self.limits.requestsPerMinute = value }
            if let value = limits["tokensPerMinute"]?.int(atLeast: 1) { self.limits.tokensPerMinute = value }
            if let value = limits["maximumWaitSeconds"]?.int(atLeast: 0) { self.limits.maximumWaitSeconds = value }
        }
    }
}
