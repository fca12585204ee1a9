/// A value and its origin.
public struct Setting<Value> {
    public var value: Value
    public var origin: SettingOrigin

    public init(_ value: Value, _ origin: SettingOrigin) {
        self.value = value
        self.origin = origin
    }

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Setting<Other> {
        Setting<Other>(try transform(value), origin)
    }
}

extension Setting: Sendable where Value: Sendable {}
extension Setting: Equatable where Value: Equatable {}
extension Setting: Hashable where Value: Hashable {}

/// The origin of a setting, in order of precedence.
public enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// An option of the command line.
    case flag(String)
    /// An environment variable.
    case environment(String)
    case file(FilePosition)
    case builtIn

    public var description: String {
        switch self {
        case .flag(let name): "flag \(name)"
        case .environment(let name): "environment \(name)"
        case .file(let position): "\(position.path):\(position.line)"
        case .builtIn: "default"
        }
    }
}

/// A position in a configuration file.
public struct FilePosition: Sendable, Hashable, CustomStringConvertible {
    public var path: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(path: String, line: Int, column: Int) {
        self.path = path
        self.line = line
        self.column = column
    }

    public var description: String { "\(path):\(line):\(column)" }
}
