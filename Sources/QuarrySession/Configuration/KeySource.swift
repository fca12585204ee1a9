package import QuarryProviders

/// The source of a provider's key.
package enum KeySource: Sendable, Hashable, CustomStringConvertible {
    case environment(String)
    /// A program and its arguments. Its output is the key, and it runs without a shell.
    case command([String])
    /// A key in the configuration file, which must then be readable only by its owner.
    case literal(APIKey)

    /// Never contains a key.
    package var description: String {
        switch self {
        case .environment(let name): "environment \(name)"
        case .command(let words): "command \(words.first ?? "")"
        case .literal: "value"
        }
    }
}

extension YAMLValue {
    /// `{environment: NAME}`, `{command: [PROGRAM, ARGUMENT …]}` or `{value: KEY}`.
    func keySource() -> KeySource? {
        let known = ["environment", "command", "value"]
        guard isMapping else {
            refuse(
                "\(keyPath) must have the source of the key: {environment: NAME}, {command: [PROGRAM, …]} or "
                    + "{value: KEY}."
            )
            return nil
        }
        let fields = fields(known)
        guard fields.count == 1 else {
            refuse("\(keyPath) must have exactly one of environment, command and value.")
            return nil
        }
        if let name = fields["environment"] {
            guard let text = name.string() else { return nil }
            guard text.utf8.allSatisfy(Self.isNameByte), text.first?.isNumber == false else {
                // The value may be the key itself, so it is not repeated.
                name.refuse("\(name.keyPath) must be the name of a variable, such as OPENAI_API_KEY.")
                return nil
            }
            return .environment(text)
        }
        if let words = fields["command"] {
            guard words.isSequence else {
                words.refuse("\(words.keyPath) must be a list, such as [pass, show, openai]: it runs without a shell.")
                return nil
            }
            return words.strings().map(KeySource.command)
        }
        return fields["value"]?.string(isSecret: true).flatMap { APIKey($0) }.map(KeySource.literal)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
