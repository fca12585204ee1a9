import Foundation
import QuarryProviders

/// Variables by which people tell other programs where a server is: what holds for those holds here, unless the
/// configuration file says otherwise.
enum AddressVariables {
    private static let names = [
        "azure": "AZURE_OPENAI_ENDPOINT", "azure-deployments": "AZURE_OPENAI_ENDPOINT", "ollama": "OLLAMA_HOST",
    ]

    /// The address of a provider that still has its preset's; nil where no variable names one.
    static func address(of provider: Provider, in environment: [String: String]) -> Setting<String>? {
        guard let preset = Provider.presets.first(where: { $0.name == provider.name }),
            preset.baseURL == provider.baseURL, let name = names[provider.name],
            let value = environment[name]?.trimmingCharacters(in: .whitespaces), !value.isEmpty
        else { return nil }
        let address =
            switch provider.name {
            case "azure": withoutSlash(value).hasSuffix("/openai/v1") ? value : withoutSlash(value) + "/openai/v1"
            case "ollama": ollama(value)
            default: value
            }
        return Setting(withoutSlash(address), .environment(name))
    }

    /// As Ollama's own client reads it: a host, a port, both, or a URL. Where a server listens everywhere, it is also
    /// on this machine.
    private static func ollama(_ text: String) -> String {
        let scheme = text.range(of: "://").map { String(text[..<$0.lowerBound]) }
        var rest = Substring(text.range(of: "://").map { text[$0.upperBound...] } ?? text[...])
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        rest = rest.prefix { $0 != "/" }
        var (host, port) = (String(rest), "")
        // The colons of a bare IPv6 address are no port's.
        if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon || rest[..<colon].hasSuffix("]") {
            (host, port) = (String(rest[..<colon]), String(rest[colon...].dropFirst()))
        } else if rest.contains(":"), !rest.hasPrefix("[") {
            host = "[\(rest)]"
        }
        if ["", "0.0.0.0", "[::]"].contains(host) { host = "127.0.0.1" }
        if port.isEmpty { port = scheme == nil ? "11434" : scheme == "https" ? "443" : "80" }
        return "\(scheme ?? "http")://\(host):\(port)\(path)"
    }

    private static func withoutSlash(_ text: String) -> String {
        text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
