import Foundation
import QuarryProviders
import Yams

/// Collects all problems of a file.
final class ProblemList {
    let path: String
    private(set) var problems: [ConfigurationError.Problem] = []

    init(path: String) {
        self.path = path
    }

    func add(_ position: FilePosition, _ message: String) {
        problems.append(.init(position.description, message))
    }
}

/// A value of a YAML file with its position. Reading it as the wrong type adds a problem.
struct YAMLValue {
    let node: Node
    /// `providers.acme.limits`
    let keyPath: String
    let problems: ProblemList

    var position: FilePosition {
        FilePosition(path: problems.path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    var origin: SettingOrigin { .file(position) }

    /// Whether the value is empty, `~` or `null`. Such a key counts as missing.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    var isMapping: Bool {
        if case .mapping = node { true } else { false }
    }

    var isSequence: Bool {
        if case .sequence = node { true } else { false }
    }

    func refuse(_ message: String) {
        problems.add(position, message)
    }

    private var kind: String {
        switch node {
        case .scalar: isNull ? "nothing" : "a text or number"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// - `isSecret`: Whether the problem must not repeat the value.
    private func refuse(wanting wanted: String, isSecret: Bool = false) {
        var found = kind
        let mayBeKey = keyPath == "keys" || keyPath.hasPrefix("keys.") || keyPath.hasSuffix(".key")
        if case .scalar(let scalar) = node, !isNull, !isSecret, !mayBeKey { found = "“\(scalar.string.prefix(80))”" }
        refuse("\(keyPath) must be \(wanted), not \(found).")
    }

    func string(isSecret: Bool = false) -> String? {
        guard case .scalar(let scalar) = node, !isNull, !scalar.string.isEmpty else {
            refuse(wanting: "a text", isSecret: isSecret)
            return nil
        }
        return scalar.string
    }

    /// An unquoted text, to be parsed as a number or a Boolean.
    private var plain: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
        return scalar.string
    }

    func bool() -> Bool? {
        switch plain?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            refuse(wanting: "true or false")
            return nil
        }
    }

    func int(atLeast minimum: Int = 0) -> Int? {
        guard let value = plain.flatMap({ Int($0.filter { $0 != "_" }) }), value >= minimum else {
            refuse(wanting: "a whole number of at least \(minimum)")
            return nil
        }
        return value
    }

    func decimal() -> Decimal? {
        guard let text = plain, let value = DecimalText.value(of: text) else {
            refuse(wanting: "a number that is not negative")
            return nil
        }
        return value
    }

    func seconds() -> Double? {
        guard let value = plain.flatMap({ Double($0) }), value > 0, value <= 86_400 else {
            refuse(wanting: "a number of seconds above 0 and up to 86400")
            return nil
        }
        return value
    }

    /// A list. A single value counts as a list of one.
    func list() -> [YAMLValue] {
        guard case .sequence(let sequence) = node else { return isNull ? [] : [self] }
        guard sequence.count <= 1_000 else {
            refuse("\(keyPath) has \(sequence.count) entries, and the limit is 1000.")
            return []
        }
        return sequence.enumerated().map {
            YAMLValue(node: $0.element, keyPath: "\(keyPath)[\($0.offset)]", problems: problems)
        }
    }

    func strings() -> [String]? {
        let values = list()
        let texts = values.compactMap { $0.string() }
        return texts.count == values.count && !texts.isEmpty ? texts : nil
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> Choice? {
        guard let text = string() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        refuse("\(keyPath) cannot be “\(text)”." + Suggestion.text(for: text, among: type.allCases.map(\.rawValue)))
        return nil
    }

    /// The entries of a mapping with arbitrary keys, without null values.
    func entries() -> [(key: YAMLValue, value: YAMLValue)] {
        guard case .mapping(let mapping) = node else {
            refuse(wanting: "a mapping")
            return []
        }
        return mapping.compactMap { key, value in
            let key = YAMLValue(node: key, keyPath: keyPath, problems: problems)
            guard case .scalar(let name) = key.node else {
                key.refuse("A key of \(keyPath) must be a text.")
                return nil
            }
            let path = keyPath.isEmpty ? name.string : "\(keyPath).\(name.string)"
            let value = YAMLValue(node: value, keyPath: path, problems: problems)
            return value.isNull ? nil : (key, value)
        }
    }

    /// The entries of a mapping with known keys. Each unknown key adds a problem.
    func fields(_ known: [String]) -> [String: YAMLValue] {
        var fields: [String: YAMLValue] = [:]
        for (key, value) in entries() {
            guard case .scalar(let name) = key.node else { continue }
            guard known.contains(name.string) else {
                let place = keyPath.isEmpty ? "" : " in \(keyPath)"
                key.refuse(
                    "There is no setting “\(name.string)”\(place)." + Suggestion.text(for: name.string, among: known))
                continue
            }
            fields[name.string] = value
        }
        return fields
    }
}

/// Parses amounts: digits with at most one point.
enum DecimalText {
    static func value(of text: String) -> Decimal? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, !digits.isEmpty, digits.utf8.count <= 30,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    }
}
