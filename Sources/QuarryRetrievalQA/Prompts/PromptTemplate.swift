/// A text with named variables: `{name}` is a variable, `{{` and `}}` are literal braces.
///
/// Values are inserted verbatim: a brace in a value remains a brace.
public struct PromptTemplate: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case literal(String)
        case variable(String)
    }

    private let pieces: [Piece]
    /// The template as written.
    public let text: String
    /// Names of the variables, each once, in the order of their first use.
    public let variables: [String]

    /// - Throws: ``PromptError`` if braces do not match or do not contain a name.
    /// - Complexity: O(length of the text).
    public init(_ text: String) throws(PromptError) {
        self.text = text
        let bytes = Array(text.utf8)
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let doubled = position + 1 < bytes.count && bytes[position + 1] == byte
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                if doubled {
                    literal.append(byte)
                    position += 2
                    continue
                }
                guard byte == UInt8(ascii: "{") else { throw .strayBrace(offset: position) }
                guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw .unclosedPlaceholder(offset: position)
                }
                let name = bytes[(position + 1)..<end]
                guard PromptTemplate.isName(name) else {
                    throw .invalidName(String(decoding: name, as: UTF8.self), offset: position)
                }
                if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal.removeAll()
                pieces.append(.variable(String(decoding: name, as: UTF8.self)))
                position = end + 1
            default:
                literal.append(byte)
                position += 1
            }
        }
        if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
        self.pieces = pieces
        var variables: [String] = []
        for case .variable(let name) in pieces where !variables.contains(name) { variables.append(name) }
        self.variables = variables
    }

    /// The text with every variable replaced by its value.
    ///
    /// - Throws: ``PromptError/missingValues(_:)`` and ``PromptError/unknownValues(_:)`` unless the values match the
    ///   template's variables exactly.
    public func render(_ values: [String: String]) throws(PromptError) -> String {
        let missing = variables.filter { values[$0] == nil }
        guard missing.isEmpty else { throw .missingValues(missing) }
        let unknown = values.keys.filter { !variables.contains($0) }.sorted()
        guard unknown.isEmpty else { throw .unknownValues(unknown) }
        return substitute(values)
    }

    /// The text with its variables replaced. Values for other names are ignored.
    func substitute(_ values: [String: String]) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .variable(let name): result += values[name] ?? ""
            }
        }
        return result
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
