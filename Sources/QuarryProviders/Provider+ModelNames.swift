extension Provider {
    /// A model's name as the interface of a task takes it: Gemini's lists call it `models/NAME`, its paths add that again.
    ///
    /// - Throws: ``ProviderError`` with code `invalidConfiguration` for a model that the task's interface does not serve.
    func name(of model: String, for task: ModelTask) throws -> String {
        switch task {
        case .embedding where embedding == .gemini, .generation where generation == .gemini:
            return model.hasPrefix("models/") ? String(model.dropFirst("models/".count)) : model
        case .embedding where embedding == .voyage:
            guard !["voyage-context-", "voyage-multimodal-"].contains(where: model.hasPrefix) else {
                throw ProviderError(
                    .invalidConfiguration,
                    "\(name) serves \(model) only at an interface of its own, for chunks of one document together or for "
                        + "pictures, which is not spoken here. Use \(name)/voyage-4.")
            }
            return model
        default: return model
        }
    }
}
