/// The location of the configuration file.
package struct ConfigurationLocation: Sendable, Hashable {
    package var path: String
    package var origin: SettingOrigin

    /// Whether the user named the file, so that it must exist.
    package var isExplicit: Bool { origin != .builtIn }

    /// The first of: the flag, `$QUARRY_CONFIG`, `$XDG_CONFIG_HOME/quarry/config.yaml`, `~/.config/quarry/config.yaml`.
    ///
    /// - `home`: The user's home folder.
    package init(flag: Setting<String>? = nil, environment: [String: String], home: String) {
        if let flag {
            path = Self.expanding(flag.value, home: home)
            origin = flag.origin
        } else if let named = environment["QUARRY_CONFIG"], !named.isEmpty {
            path = Self.expanding(named, home: home)
            origin = .environment("QUARRY_CONFIG")
        } else {
            path = Self.folder("XDG_CONFIG_HOME", else: ".config", environment, home: home) + "/quarry/config.yaml"
            origin = .builtIn
        }
    }

    /// A folder of the XDG Base Directory Specification, which ignores relative paths.
    static func folder(
        _ variable: String, else standard: String, _ environment: [String: String], home: String
    ) -> String {
        if let folder = environment[variable], folder.hasPrefix("/") {
            return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        }
        return "\(home)/\(standard)"
    }

    /// `~/x` as a path in the home folder.
    static func expanding(_ path: String, home: String) -> String {
        path == "~" ? home : path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
