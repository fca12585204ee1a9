import QuarryJSON

/// A part of JSON Schema: `type`, `properties`, `required`, `additionalProperties` (true or false), `items`, `enum`, `const`,
/// `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`, `maxItems`.
///
/// Keywords that only describe, such as `title`, are accepted. Any other keyword is an error: a schema that is only partly
/// checked would promise too much.
struct JSONSchema: Sendable {
    let text: String
    private let root: JSONValue

    private static let checked: Set<String> = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minimum", "maximum",
        "minLength", "maxLength", "minItems", "maxItems",
    ]
    private static let descriptive: Set<String> = [
        "title", "description", "default", "examples", "$schema", "$id", "$comment",
    ]

    /// - Throws: ``ExtractionError`` for a text that is not such a schema.
    init(_ text: String) throws {
        self.text = text
        do {
            root = try JSONValue(parsing: Array(text.utf8))
        } catch { throw ExtractionError.schema("The schema is not JSON: \(error)") }
        try Self.check(root, at: "")
    }

    private static func check(_ schema: JSONValue, at path: String) throws {
        guard case .object(let members) = schema else {
            throw ExtractionError.schema("The schema\(place(path)) is not an object.")
        }
        for key in members.keys.sorted() where !checked.contains(key) && !descriptive.contains(key) {
            throw ExtractionError.schema("The schema\(place(path)) has the keyword “\(key)”, which is not supported.")
        }
        if case .object(let properties)? = members["properties"] {
            for (name, property) in properties { try check(property, at: "\(path)/\(name)") }
        }
        if let items = members["items"] { try check(items, at: path + "/[]") }
    }

    private static func place(_ path: String) -> String { path.isEmpty ? "" : " at \(path)" }

    /// What is wrong with a value, at most 20 sentences; empty for a valid one.
    func problems(of value: JSONValue) -> [String] {
        var problems: [String] = []
        Self.validate(value, by: root, at: "", into: &problems)
        return Array(problems.prefix(20))
    }

    private static func validate(
        _ value: JSONValue, by schema: JSONValue, at path: String, into problems: inout [String]
    ) {
        func report(_ text: String) { problems.append("\(path.isEmpty ? "The value" : path) \(text).") }
        let types: [String] =
            switch schema["type"] {
            case .string(let name)?: [name]
            case .array(let names)?: names.compactMap(\.string)
            default: []
            }
        if !types.isEmpty, !types.contains(where: { value.has(type: $0) }) {
            return report("must be of type \(types.joined(separator: " or "))")
        }
        if case .array(let choices)? = schema["enum"], !choices.contains(value) {
            report("must be one of \(choices.map(\.json).joined(separator: ", "))")
        }
        if let constant = schema["const"], constant != value { report("must be \(constant.json)") }
        func bound(_ key: String, _ actual: Double, _ isBroken: (Double, Double) -> Bool, _ text: String) {
            guard let limit = schema[key]?.double, isBroken(actual, limit) else { return }
            report("\(text) \(schema[key]?.json ?? "")")
        }
        switch value {
        case .int, .number:
            let number = value.double ?? 0
            bound("minimum", number, <, "must be at least")
            bound("maximum", number, >, "must be at most")
        case .string(let text):
            bound("minLength", Double(text.unicodeScalars.count), <, "has fewer characters than")
            bound("maxLength", Double(text.unicodeScalars.count), >, "has more characters than")
        case .array(let elements):
            bound("minItems", Double(elements.count), <, "has fewer elements than")
            bound("maxItems", Double(elements.count), >, "has more elements than")
            if let items = schema["items"] {
                for (index, element) in elements.enumerated() {
                    validate(element, by: items, at: "\(path)/\(index)", into: &problems)
                }
            }
        case .object(let members):
            if case .array(let names)? = schema["required"] {
                for name in names.compactMap(\.string) where members[name] == nil { report("has no “\(name)”") }
            }
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if let property = schema["properties"]?[name] {
                    validate(member, by: property, at: "\(path)/\(name)", into: &problems)
                } else if schema["additionalProperties"] == .bool(false) {
                    report("must not have “\(name)”")
                }
            }
        case .null, .bool: break
        }
    }
}

extension JSONValue {
    fileprivate func has(type: String) -> Bool {
        switch (type, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .int), ("number", .number), ("integer", .int):
            true
        case ("integer", .number(let number)): number.rounded() == number
        default: false
        }
    }

    fileprivate var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// The value as JSON, with the members of objects by name.
    var json: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.json).joined(separator: ", ") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)): \($0.value.json)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
