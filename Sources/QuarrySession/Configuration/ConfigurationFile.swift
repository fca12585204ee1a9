package import Foundation
package import QuarryProviders
package import QuarryRetrieval
import Yams

/// The content of a configuration file.
package struct ConfigurationFile: Sendable {
    package struct Timeouts: Sendable, Hashable {
        /// In seconds, like the others.
        package var connect: Setting<Double>?
        package var firstByte: Setting<Double>?
        package var idle: Setting<Double>?
        package var total: Setting<Double>?
    }

    package struct CacheSettings: Sendable, Hashable {
        package var answers: Setting<Bool>?
        /// The minimum cosine at which an earlier question counts as the same; nil turns this off.
        package var semantic: Setting<Double?>?
        package var directory: Setting<String>?
        package var maximumMegabytes: Setting<Int>?
    }

    package var path: String
    /// The embedding model.
    package var model: Setting<String>?
    /// The language models, in order of preference.
    package var llm: Setting<[String]>?
    package var rerank: Setting<String>?
    package var readerModel: Setting<String>?
    package var window: Setting<RetrievalOptions.Window>?
    package var fusion: Setting<Fusion>?
    package var transcribe: Setting<String>?
    package var describeImages: Setting<String>?
    package var localOnly: Setting<Bool>?
    package var proxy: Setting<ConnectionOptions.Proxy>?
    package var certificateAuthorities: Setting<String>?
    package var timeouts = Timeouts()
    package var maximumCost: Setting<Decimal>?
    package var maximumTokens: Setting<Int>?
    package var cache = CacheSettings()
    /// The presets with the file's changes, and the providers that the file adds.
    package var providers = Provider.presets
    /// The positions of providers in the file, by name.
    package var providerPositions: [String: FilePosition] = [:]
    /// The positions of header fields with keys and of a proxy address with a password.
    var secretFields: [FilePosition] = []
    /// The built-in cards and the file's cards.
    package var catalog = ModelCatalog.builtIn
    package var keys: [String: Setting<KeySource>] = [:]
    /// The commands that print the text of files, by extension.
    package var converters: [String: Setting<[String]>] = [:]

    /// An empty file.
    init(path: String) {
        self.path = path
    }

    /// - Throws: ``ConfigurationError`` with all problems.
    package init(_ content: FileAccess.Content, path: String, userID: UInt32) throws {
        self.init(path: path)
        let problems = ProblemList(path: path)
        guard let text = String(validating: content.bytes, as: UTF8.self) else {
            throw ConfigurationError(path, "The file is not UTF-8.")
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
        checkPermissions(content, userID: userID, problems)
        guard problems.problems.isEmpty else { throw ConfigurationError(problems.problems) }
    }

    private mutating func read(_ root: YAMLValue, day: String) {
        let fields = root.fields([
            "model", "llm", "rerank", "readerModel", "window", "fusion", "transcribe", "describeImages", "localOnly",
            "proxy",
            "certificateAuthorities",
            "timeouts",
            "budget", "cache", "providers", "models", "keys", "converters",
        ])
        model = fields["model"]?.setting { $0.string() }
        llm = fields["llm"]?.setting { $0.strings() }
        rerank = fields["rerank"]?.setting { $0.string() }
        readerModel = fields["readerModel"]?.setting { $0.string() }
        window = fields["window"]?.setting { $0.window() }
        fusion = fields["fusion"]?.setting { $0.fusion() }
        transcribe = fields["transcribe"]?.setting { $0.string() }
        describeImages = fields["describeImages"]?.setting { $0.string() }
        localOnly = fields["localOnly"]?.setting { $0.bool() }
        if let value = fields["proxy"] {
            proxy = value.setting { $0.string(isSecret: true).map(ConnectionOptions.Proxy.init(setting:)) }
            if case .url(let address)? = proxy?.value, address.contains("@") { secretFields.append(value.position) }
        }
        certificateAuthorities = fields["certificateAuthorities"]?.setting { $0.string() }
        if let timeouts = fields["timeouts"]?.fields(["connect", "firstByte", "idle", "total"]) {
            self.timeouts.connect = timeouts["connect"]?.setting { $0.seconds() }
            self.timeouts.firstByte = timeouts["firstByte"]?.setting { $0.seconds() }
            self.timeouts.idle = timeouts["idle"]?.setting { $0.seconds() }
            self.timeouts.total = timeouts["total"]?.setting { $0.seconds() }
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
        for (key, value) in fields["converters"]?.entries() ?? [] {
            guard let name = key.string() else { continue }
            if name.isEmpty || name.contains(where: { !$0.isLetter && !$0.isNumber }) {
                key.refuse("“\(name)” is not an extension of files. Write it without a dot, such as djvu.")
            } else if !value.isSequence {
                value.refuse("\(value.keyPath) must be a program and its arguments, such as [djvutxt, \"{input}\"].")
            } else {
                converters[name.lowercased()] = value.setting { $0.strings() }
            }
        }
    }

    private mutating func readKeys(_ value: YAMLValue) {
        let names = providers.map(\.name)
        for (key, value) in value.entries() {
            guard let name = key.string() else { continue }
            guard names.contains(name) else {
                key.refuse("The key is for an unknown provider, “\(name)”." + Suggestion.text(for: name, among: names))
                continue
            }
            if keys[name] != nil {
                key.refuse("The key of \(name) is set twice: here and in providers.\(name).key.")
            } else {
                keys[name] = value.setting { $0.keySource() }
            }
        }
    }

    /// Only the owner may be able to read a file with a key.
    private func checkPermissions(_ content: FileAccess.Content, userID: UInt32, _ problems: ProblemList) {
        let places =
            keys.values.compactMap { key -> FilePosition? in
                guard case .literal = key.value, case .file(let position) = key.origin else { return nil }
                return position
            } + secretFields
        guard let place = places.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) else { return }
        if content.ownerID != userID {
            problems.add(
                place,
                "The file contains a key and belongs to another user (\(content.ownerID)). Change the owner: "
                    + "chown \(userID) \(ShellWord.quoting(path))")
        } else if content.permissions & 0o077 != 0 {
            problems.add(
                place,
                "The file contains a key, and other users can read it. Restrict it: "
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
                throw problem(mark, "The YAML is malformed: \(message).")
            case .duplicatedKeysInMapping(let names, let context):
                throw problem(context.mark, "A key occurs twice: \(names.joined(separator: ", ")).")
            case .reader(let message, _, _, _): throw ConfigurationError(path, "The YAML is malformed: \(message).")
            default: throw ConfigurationError(path, "The file is not YAML.")
            }
        }
    }
}

extension YAMLValue {
    func setting<Value>(_ read: (YAMLValue) -> Value?) -> Setting<Value>? {
        read(self).map { Setting($0, origin) }
    }

    fileprivate func window() -> RetrievalOptions.Window? {
        guard let text = string() else { return nil }
        if let window = RetrievalOptions.Window(text) { return window }
        refuse("\(keyPath) must be \(RetrievalOptions.Window.wanted), not “\(text.prefix(80))”.")
        return nil
    }

    fileprivate func fusion() -> Fusion? {
        guard let text = string() else { return nil }
        if let fusion = Fusion(written: text) { return fusion }
        refuse("\(keyPath) must be \(Fusion.wanted), not “\(text.prefix(80))”.")
        return nil
    }

    /// `false` or a cosine. The inner nil means off.
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

/// Quotes words for a shell.
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
