package import Foundation
import QuarryProviders

extension Settings {
    /// Doubtful but valid settings: models of unknown providers, retired models, and missing keys.
    ///
    /// - Parameter today: The day for checking retirements.
    package func findings(today: Date = Date()) -> [ConfigurationError.Problem] {
        var findings: [ConfigurationError.Problem] = []
        var named: [(text: String, origin: SettingOrigin)] = []
        if let llm { named += llm.value.map { ($0, llm.origin) } }
        for setting in [rerank, transcribe, describeImages] {
            if let setting, providers.localFolder(setting.value) == nil {
                named.append((setting.value, setting.origin))
            }
        }
        if let model, providers.isRemote(model.value) { named.append((model.value, model.origin)) }
        for (text, origin) in named {
            do {
                let reference = try reference(text)
                let provider = reference.provider
                if let name = reference.model {
                    try catalog.checkRetirement(of: name, at: provider, today: today)
                    findings += catalog.warnings(for: name, at: provider, today: today).map {
                        .init("\(origin)", $0)
                    }
                }
                if provider.baseURL.isEmpty {
                    findings.append(
                        .init("\(origin)", "\(provider.name) has no base URL. Set providers.\(provider.name).baseURL."))
                }
                if provider.needsKey, keyOrigin(for: provider) == nil {
                    let variables = provider.keyVariables.joined(separator: " or ")
                    findings.append(
                        .init(
                            "\(origin)",
                            "\(provider.name) needs an API key. Set "
                                + "\(variables.isEmpty ? "" : "\(variables), or ")keys.\(provider.name)."
                        ))
                }
                if localOnly.value, !provider.isOnThisMachine {
                    findings.append(
                        .init("\(origin)", "\(text) is not on this machine, and localOnly allows only this machine."))
                }
            } catch {
                findings.append(.init("\(origin)", "\(error)"))
            }
        }
        return findings
    }
}
