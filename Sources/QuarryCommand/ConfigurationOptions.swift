import ArgumentParser
import Foundation
import QuarrySession
import QuarryTransformers

/// The option that names the configuration file.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file; the default is $QUARRY_CONFIG, else ~/.config/quarry/config.yaml.",
            valueName: "file"), completion: .file(extensions: ["yaml"]))
    var path: String?

    var flag: Setting<String>? { Setting(path, flag: "--config") }

    /// The effective settings, including settings of the command line.
    func settings(
        _ flags: SettingFlags = SettingFlags(), environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Settings {
        var flags = flags
        flags.configurationPath = flag
        return try Settings.load(flags: flags, environment: environment, home: ProcessInfo.processInfo.homeFolder)
    }
}

extension Setting {
    /// The value of a flag; nil if it was not given.
    init?(_ value: Value?, flag: String) {
        guard let value else { return nil }
        self.init(value, .flag(flag))
    }
}
