package import QuarryProviders

extension Settings {
    /// Checks that the user knows a server that an index names: by a flag, a variable, the configuration file, an index
    /// made on this machine, or an earlier agreement.
    ///
    /// - Parameter asks: Asks the user about the server, and returns whether they agree; nil without a terminal.
    /// - Throws: ``ProviderError`` with code `unknownServer`, and ``ConfigurationError``.
    package func checkServer(of model: ModelReference, asks: (@Sendable (ModelReference) -> Bool)?) throws {
        let provider = model.provider
        // The connection rejects other machines anyway.
        if localOnly.value, !provider.isOnThisMachine { return }
        if try names(provider) || knownServers.contains(model) { return }
        guard asks?(model) == true else {
            let address = RedactedURL.text(of: provider.baseURL)
            throw ProviderError(
                .unknownServer,
                "The index names \(address) as the server of its model \(model.model ?? ""). Nothing else names this "
                    + "server, so nothing was sent to it.")
        }
        try knownServers.add(model, hasKey: false)
    }

    /// Whether a flag, a variable or the configuration file names the server.
    private func names(_ provider: Provider) -> Bool {
        let configured = providers.filter {
            providerPositions[$0.name] != nil || addresses[$0.name] != nil || keys[$0.name] != nil
        }
        let servers = configured + namedModels.map(\.provider)
        return provider.address.map { address in servers.contains { $0.address == address } } ?? false
    }

    /// Whether the key of servers given by address is for this one.
    ///
    /// The key is for one server: the first that a flag names, else a variable, else the configuration file. Without
    /// any, it is for a server with which an index was made on this machine while the key was set. So no other server gets it.
    func hasKey(for provider: Provider) throws -> Bool {
        guard let first = namedModels.first(where: { $0.provider.isGivenByAddress }) else {
            return try knownServers.hasKey(for: provider)
        }
        return first.provider.origin == provider.origin
    }

    /// The remote models of flags, variables and the configuration file, in this order.
    private var namedModels: [ModelReference] {
        var named: [(text: String, origin: SettingOrigin)] = (llm?.value ?? []).map { ($0, llm?.origin ?? .builtIn) }
        for setting in [model, rerank, transcribe, describeImages] {
            if let setting { named.append((setting.value, setting.origin)) }
        }
        return [0, 1, 2].flatMap { rank in
            named.filter { $0.origin.rank == rank && providers.isRemote($0.text) }.compactMap {
                try? reference($0.text)
            }
        }
    }
}

extension SettingOrigin {
    /// Its place in the order of precedence.
    fileprivate var rank: Int {
        switch self {
        case .flag: 0
        case .environment: 1
        case .file: 2
        case .builtIn: 3
        }
    }
}
