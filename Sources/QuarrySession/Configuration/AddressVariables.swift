import Foundation
import QuarryProviders

/// Environment variables of other programs with the addresses of servers. The configuration file takes precedence.
enum AddressVariables {
    private struct Variable: Sendable {
        let name: String
        /// Converts a value to an address.
        let address: @Sendable (String) -> String
    }

    /// The variables by provider.
    private static let variables = [
        "azure": Variable(name: "AZURE_OPENAI_ENDPOINT") { $0.hasSuffix("/openai/v1") ? $0 : $0 + "/openai/v1" },
        "azure-deployments": Variable(name: "AZURE_OPENAI_ENDPOINT") { $0 },
        "ollama": Variable(name: "OLLAMA_HOST", address: ollama),
    ]

    /// The address of a provider from a variable; nil without one, or if the file changes the preset's address.
    static func address(of provider: Provider, in environment: [String: String]) -> Setting<String>? {
        guard let preset = Provider.presets.first(where: { $0.name == provider.name }),
            preset.baseURL == provider.baseURL, let variable = variables[provider.name],
            let text = environment[variable.name]?.trimmingCharacters(in: .whitespaces), !text.isEmpty
        else { return nil }
        return Setting(
            variable.address(text.hasSuffix("/") ? String(text.dropLast()) : text), .environment(variable.name))
    }

    /// Parses a value like Ollama: a host, a port, both, or a URL. Without a scheme the default port is 11434.
    ///
    /// A server that listens on all addresses is reached on this machine.
    @Sendable private static func ollama(_ text: String) -> String {
        let scheme = text.range(of: "://").map { String(text[..<$0.lowerBound]) }
        var rest = Substring(text.range(of: "://").map { text[$0.upperBound...] } ?? text[...])
        let path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
        rest = rest.prefix { $0 != "/" }
        var (host, port) = (String(rest), "")
        // The colons of a bare IPv6 address do not separate a port.
        if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon || rest[..<colon].hasSuffix("]") {
            (host, port) = (String(rest[..<colon]), String(rest[colon...].dropFirst()))
        } else if rest.contains(":"), !rest.hasPrefix("[") {
            host = "[\(rest)]"
        }
        if ["", "0.0.0.0", "[::]"].contains(host) { host = "127.0.0.1" }
        if port.isEmpty { port = scheme == nil ? "11434" : scheme == "https" ? "443" : "80" }
        return "\(scheme ?? "http")://\(host):\(port)\(path)"
    }
}
