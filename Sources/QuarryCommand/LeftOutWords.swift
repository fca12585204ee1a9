import Quarry
import QuarrySession

/// The words for files that have no text, and for files inside of others that were not read: those of a run and of the
/// summary of an index.
struct LeftOutWords {
    /// By the raw value of the reason.
    var withoutText: [String: Int]
    var inside: [String: Int]

    /// How many files have no text; 0 for none.
    var countWithoutText: Int { withoutText.values.reduce(0, +) }

    /// `without text (2 empty, 1 scanned)`, after their number.
    var withoutTextWords: String { "without text (\(Self.list(withoutText)))" }

    /// `inside of other files: 2 not read (1 binary, 1 empty)`; nil for none.
    var insideLine: String? {
        let count = inside.values.reduce(0, +)
        return count == 0 ? nil : "inside of other files: \(count) not read (\(Self.list(inside)))"
    }

    private static func list(_ counts: [String: Int]) -> String {
        let named = Dictionary(counts.map { (kind(of: $0.key), $0.value) }, uniquingKeysWith: +)
        return kinds.compactMap { kind in
            named[kind].map { kind == media && $0 > 1 ? "\($0) recordings or pictures" : "\($0) \(kind)" }
        }.joined(separator: ", ")
    }

    /// A model reads none of these inside of other files.
    private static let media = "recording or picture"
    /// In this order.
    private static let kinds = [
        "binary", "scanned", "encrypted", "empty", media, "in need of a named table",
        "of a format that is not read", "removed before", "without readable text",
    ]

    private static func kind(of reason: String) -> String {
        switch Rejection.Reason(rawValue: reason) {
        case .binary: "binary"
        case .scanned: "scanned"
        case .encrypted: "encrypted"
        case .empty: "empty"
        case .needsModel: media
        case .noTableNamed: "in need of a named table"
        case .unsupportedFormat: "of a format that is not read"
        case .removed: "removed before"
        default: "without readable text"
        }
    }
}

extension [SourceWarning] {
    /// The number of sources.
    var sourceCount: Int { Set(map(\.source)).count }

    /// `2 with hidden text, 1 in a guessed encoding`: sources by kind.
    var kinds: String { byKind.map { "\($0.sources.count) \($0.kind)" }.joined(separator: ", ") }

    /// Sources by the kind of their warnings, the most frequent first.
    var byKind: [(kind: String, sources: [String])] {
        Dictionary(grouping: self) { AuditReport.title(of: $0.reason.rawValue) }
            .map { (kind: $0.key, sources: Set($0.value.map(\.source)).sorted()) }
            .sorted { ($1.sources.count, $0.kind) < ($0.sources.count, $1.kind) }
    }
}

extension [Rejection] {
    /// `1 file and 2 records could not be indexed`.
    var couldNotBeIndexed: String {
        func isRecord(_ rejection: Rejection) -> Bool {
            rejection.line != nil && (rejection.reason == .brokenRecord || rejection.reason == .duplicateID)
        }
        let files = Set(filter { !isRecord($0) }.map(\.source)).count
        let records = filter(isRecord).reduce(0) { $0 + ($1.omitted ?? 1) }
        let parts = [
            files > 0 ? Format.count(files, "file") : nil, records > 0 ? Format.count(records, "record") : nil,
        ]
        return parts.compactMap(\.self).joined(separator: " and ") + " could not be indexed"
    }
}
