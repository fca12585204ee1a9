public import Foundation
public import QuarryProviders
import Yams

/// What a configuration file says.
public struct ConfigurationFile: Sendable {
    public struct Timeouts: Sendable, Hashable {
        /// All in seconds.
        public var connect: Setting<Double>?
        public var firstByte: Setting<Double>?
        public var idle: Setting<Double>?
    }

    public struct CacheSettings: Sendable, Hashable {
        public var answers: Setting<Bool>?
        /// The least cosine at which an earlier question counts as the same; nil where earlier questions do not count.
        public var semantic: Setting<Double?>?
        public var directory: Setting<String>?
        public var maximumMegabytes: Setting<Int>?
    }

    public var path: String
    /// Who embeds.
    public var model: Setting<String>?
    /// Who answers: the first that can.
    public var llm: Setting<[String]>?
    public var rerank: Setting<String>?
    public var transcribe: Setting<String>?
    public var describeImages: Setting<String>?
    public var localOnly: Setting<Bool>?
    public var proxy: Setting<ConnectionOptions.Proxy>?
    public var certificateAuthorities: Setting<String>?
    public var timeouts = Timeouts()
    public var maximumCost: Setting<Decimal>?
    public var maximumTokens: Setting<Int>?
    public var cache = CacheSettings()
    /// All there are: the presets with the changes of the file, and those that it adds.
    public var providers = Provider.presets
    /// Where the file speaks of a provider, by name.
    public var providerPositions: [String: FilePosition] = [:]
    /// Where header fields stand that hold keys, and a proxy's address that holds a password.
    var secretFields: [FilePosition] = []
    /// The built-in cards and those of the file.
    public var catalog = ModelCatalog.builtIn
    public var keys: [String: Setting<KeySource>] = [:]

    /// A file that says nothing.
    init(path: String) {
        self.path = path
    }

    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public init(_ content: FileAccess.Content, path: String, userID: UInt32) throws {
        self.init(path: path)
        let problems = ProblemList(path: path)
        guard let text = String(validating: content.bytes, as: UTF8.self) else {
            throw ConfigurationError(path, "It is not UTF-8. Save it as UTF-8.")
        }
        guard let root = try Self.compose(text, path: path) else { return }
        let value = YAMLValue(node: root, keyPath: "", problems: problems)
        if !value.isNull {
            if case .mapping = root {
                read(value, day: ISODay.text(of: content.modified))
            } else {
                value.refuse("The file must be a mapping, such as “llm: openai/gpt-6-luna”.")
            }
        }
        checkSecrecy(content, userID: userID, problems)
        guard problems.problems.isEmpty else { throw ConfigurationError(problems.problems) }
    }

    private mutating func read(_ root: YAMLValue, day: String) {
        let fields = root.fields([
            "model", "llm", "rerank", "transcribe", "describeImages", "localOnly", "proxy", "certificateAuthorities",
            "timeouts",
            "budget", "cache", "providers", "models", "keys",
        ])
        model = fields["model"]?.setting { $0.string() }
        llm = fields["llm"]?.setting { $0.strings() }
        rerank = fields["rerank"]?.setting { $0.string() }
        transcribe = fields["transcribe"]?.setting { $0.string() }
        describeImages = fields["describeImages"]?.setting { $0.string() }
        localOnly = fields["localOnly"]?.setting { $0.bool() }
        if let value = fields["proxy"] {
            proxy = value.setting { $0.string(isSecret: true).map(ConnectionOptions.Proxy.init(setting:)) }
            if case .url(let address)? = proxy?.value, address.contains("@") { secretFields.append(value.position) }
        }
        certificateAuthorities = fields["certificateAuthorities"]?.setting { $0.string() }
        if let timeouts = fields["timeouts"]?.fields(["connect", "firstByte", "idle"]) {
            self.timeouts.connect = timeouts["connect"]?.setting { $0.seconds() }
            self.timeouts.firstByte = timeouts["firstByte"]?.setting { $0.seconds() }
            self.timeouts.idle = timeouts["idle"]?.setting { $0.seconds() }
        }
        if let budget = fields["budget"]?.fields(["cost", "tokens"]) {
            maximumCost = budget["cost"]?.setting { $0.decimal() }
            maximumTokens = budget["tokens"]?.setting { $0.int() }
        }
        if let cache = fields["cache"]?.fields(["answers", "semantic", "directory", "maximumMegabytes"]) {
            self.cache.answers = cache["answers"]?.setting { $0.bool() }
            self.cache.semantic = cache["semantic"]?.setting { $0.threshold() }
            self.cache.directory = cache["directory"]?.setting { $0.string() }
            self.cache.maximumMegabytes = cache["maximumMegabytes"]?.setting { $0.int(atLeast: 1) }
        }
        if let providers = fields["providers"] { readProviders(providers) }
        if let models = fields["models"] { readModels(models, day: day) }
        if let keys = fields["keys"] { readKeys(keys) }
    }

    private mutating func readKeys(_ value: YAMLValue) {
        let names = providers.map(\.name)
        for (key, value) in value.entries() {
            guard let name = key.string() else { continue }
            guard names.contains(name) else {
                key.refuse("There is no provider “\(name)” to have a key." + Suggestion.text(for: name, among: names))
                continue
            }
            if keys[name] != nil {
                key.refuse("The key of \(name) is said twice: here and in providers.\(name).key.")
            } else {
                keys[name] = value.setting { $0.keySource() }
            }
        }
    }

    /// A file that holds a key must be its owner's alone.
    private func checkSecrecy(_ content: FileAccess.Content, userID: UInt32, _ problems: ProblemList) {
        let places =
            keys.values.compactMap { key -> FilePosition? in
                guard case .literal = key.value, case .file(let position) = key.origin else { return nil }
                return position
            } + secretFields
        guard let place = places.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) else { return }
        if content.ownerID != userID {
            problems.add(
                place,
                "The file holds a key and belongs to another user (\(content.ownerID)). Make it yours: "
                    + "chown \(userID) \(ShellWord.quoting(path))")
        } else if content.permissions & 0o077 != 0 {
            problems.add(
                place,
                "The file holds a key and others may read it. Keep it to yourself: "
                    + "chmod 600 \(ShellWord.quoting(path))")
        }
    }

    private static func compose(_ text: String, path: String) throws -> Node? {
        func problem(_ mark: Mark, _ message: String) -> ConfigurationError {
            ConfigurationError("\(path):\(mark.line):\(mark.column)", message)
        }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let message, let mark, _), .parser(_, let message, let mark, _),
                .composer(_, let message, let mark, _):
                throw problem(mark, "This is no YAML: \(message).")
            case .duplicatedKeysInMapping(let names, let context):
                throw problem(context.mark, "A key is said twice: \(names.joined(separator: ", ")).")
            case .reader(let message, _, _, _): throw ConfigurationError(path, "This is no YAML: \(message).")
            default: throw ConfigurationError(path, "This cannot be read as YAML.")
            }
        }
    }
}

extension YAMLValue {
    func setting<Value>(_ read: (YAMLValue) -> Value?) -> Setting<Value>? {
        read(self).map { Setting($0, origin) }
    }

    /// `false`, or a cosine; inside the outer optional, nil stands for off.
    fileprivate func threshold() -> Double?? {
        guard case .scalar(let scalar) = node else {
            refuse("\(keyPath) must be false or a cosine from 0.5 to 1.")
            return nil
        }
        switch scalar.string.lowercased() {
        case "false", "no", "off": return .some(nil)
        case let text:
            guard let value = Double(text), (0.5...1).contains(value) else {
                refuse("\(keyPath) must be false or a cosine from 0.5 to 1, not “\(scalar.string.prefix(80))”.")
                return nil
            }
            return .some(value)
        }
    }
}

extension ConnectionOptions.Proxy {
    /// `none`, `environment` or an address.
    init(setting text: String) {
        switch text {
        case "none": self = .none
        case "environment": self = .environment
        default: self = .url(text)
        }
    }
}

/// A word as a shell reads it back.
enum ShellWord {
    static func quoting(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
            default: false
            }
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
