/// Where the configuration file is.
public struct ConfigurationLocation: Sendable, Hashable {
    public var path: String
    public var origin: SettingOrigin

    /// Whether somebody named it, so that it has to be there.
    public var isNamed: Bool { origin != .builtIn }

    /// `--config`, else `$QUARRY_CONFIG`, else `$XDG_CONFIG_HOME/quarry/config.yaml`, else `~/.config/quarry/config.yaml`.
    ///
    /// - Parameter home: The person's own folder.
    public init(flag: String? = nil, environment: [String: String], home: String) {
        if let flag {
            path = Self.expanding(flag, home: home)
            origin = .flag("--config")
        } else if let named = environment["QUARRY_CONFIG"], !named.isEmpty {
            path = Self.expanding(named, home: home)
            origin = .environment("QUARRY_CONFIG")
        } else {
            path = Self.folder("XDG_CONFIG_HOME", else: ".config", environment, home: home) + "/quarry/config.yaml"
            origin = .builtIn
        }
    }

    /// A folder of the XDG Base Directory Specification, which ignores values that are not absolute.
    static func folder(
        _ variable: String, else standard: String, _ environment: [String: String], home: String
    ) -> String {
        if let folder = environment[variable], folder.hasPrefix("/") {
            return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        }
        return "\(home)/\(standard)"
    }

    /// `~/x` as a path below the person's own folder.
    static func expanding(_ path: String, home: String) -> String {
        path == "~" ? home : path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
