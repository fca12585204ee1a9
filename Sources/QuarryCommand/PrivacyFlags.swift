import ArgumentParser
import Quarry

/// What is replaced or added when documents are read: options that an index keeps.
struct PrivacyFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Replace personal data before anything is stored: \(Self.kinds), or all; none stores it again. The index remembers it. Repeatable.",
            valueName: "kind"))
    var redact: [RedactionArgument] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Keep text that a person does not see in the document, such as white on white. The index remembers it.")
    var hiddenText: Bool?

    @Option(
        help: ArgumentHelp(
            "Metadata of the files and folders named in this run, for filters. Later runs keep it; key= removes it. Repeatable.",
            valueName: "key=value"))
    var label: [LabelArgument] = []

    fileprivate static let kinds = Redaction.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        guard redact.count < 2 || !redact.contains(.none) else {
            throw ValidationError("Use --redact none without other kinds.")
        }
        for label in label {
            for (what, length, limit) in [
                ("key", label.key.utf8.count, SourceLabels.maximumKey),
                ("value", label.length, SourceLabels.maximumValue),
            ] where length > limit {
                throw ValidationError(
                    "--label: the \(what) of “\(label.key.prefix(40))” has \(length) bytes; the limit is \(limit).")
            }
        }
    }

    /// The options of an index with those named here. Kinds are added to those that the index has.
    func applied(to options: ReadingOptions) -> ReadingOptions {
        var options = options
        options.keepsHiddenText = hiddenText ?? options.keepsHiddenText
        for argument in redact {
            switch argument {
            case .none: options.redaction.kinds = []
            case .all: options.redaction.kinds = Set(Redaction.Kind.allCases)
            case .kind(let kind): options.redaction.kinds.insert(kind)
            }
        }
        return options
    }

    var labels: [(key: String, value: MetadataValue?)] { label.map { ($0.key, $0.value) } }
}

/// `email`, `all` or `none`.
enum RedactionArgument: ExpressibleByArgument, Equatable {
    case kind(Redaction.Kind)
    case all, none

    init?(argument: String) {
        switch argument {
        case "all": self = .all
        case "none": self = .none
        default:
            guard let kind = Redaction.Kind(rawValue: argument) else { return nil }
            self = .kind(kind)
        }
    }

    static var allValueStrings: [String] { Redaction.Kind.allCases.map(\.rawValue) + ["all", "none"] }
}

/// `key=value`. Numbers and booleans are values as in front matter.
struct LabelArgument: ExpressibleByArgument {
    var key: String
    /// Nil removes the label.
    var value: MetadataValue?
    /// Of the value as it is written, in bytes.
    var length: Int

    init?(argument: String) {
        guard let separator = argument.firstIndex(of: "="), separator > argument.startIndex else { return nil }
        key = String(argument[..<separator])
        let text = String(argument[argument.index(after: separator)...])
        value = text.isEmpty ? nil : SourceLabels.value(of: text)
        length = text.utf8.count
    }
}
