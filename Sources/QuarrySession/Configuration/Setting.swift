/// A value and its origin.
package struct Setting<Value> {
    package var value: Value
    package var origin: SettingOrigin

    package init(_ value: Value, _ origin: SettingOrigin) {
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
package enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    /// An option of the command line.
    case flag(String)
    /// An environment variable.
    case environment(String)
    case file(FilePosition)
    case builtIn

    package var description: String {
        switch self {
        case .flag(let name): "flag \(name)"
        case .environment(let name): "environment \(name)"
        case .file(let position): "\(position.path):\(position.line)"
        case .builtIn: "default"
        }
    }
}

/// A position in a configuration file.
package struct FilePosition: Sendable, Hashable, CustomStringConvertible {
    package var path: String
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(path: String, line: Int, column: Int) {
        self.path = path
        self.line = line
        self.column = column
    }

    package var description: String { "\(path):\(line):\(column)" }
}
