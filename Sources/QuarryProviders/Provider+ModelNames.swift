extension Provider {
    /// A model's name in the API of a task. Gemini lists `models/NAME`, but its paths already contain `models/`.
    ///
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for a model that this API does not serve.
    func name(of model: String, for task: ModelTask) throws -> String {
        switch task {
        case .embedding where embedding == .gemini, .generation where generation == .gemini:
            return model.hasPrefix("models/") ? String(model.dropFirst("models/".count)) : model
        case .embedding where embedding == .voyage:
            guard !["voyage-context-", "voyage-multimodal-"].contains(where: model.hasPrefix) else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(name) serves \(model) only through a separate API for whole documents or pictures, which is not "
                        + "supported. Use \(name)/voyage-4.")
            }
            return model
        default: return model
        }
    }
}
