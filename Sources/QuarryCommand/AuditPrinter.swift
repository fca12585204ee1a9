import Quarry
import QuarrySession

/// Prints an audit for a terminal of 60 columns or more.
struct AuditPrinter {
    private let report: AuditReport

    /// The most entries of a list; `--json` and the web page have more.
    private static let shown = 5

    init(_ report: AuditReport) { self.report = report }

    func print() throws {
        try Console.prose(
            "\(Format.count(report.files.count, "file")) (\(Format.bytes(report.files.bytes))), "
                + "\(Format.count(report.lengths.documents, "document")), \(Format.count(report.lengths.total, "word"))"
        )
        for (title, sentences) in report.summary.parts { try section(title, sentences) }
        try section("Files", files)
        try section("Not read: \(report.files.count - report.files.read)", report.unread.map(Self.line))
        try section("Left out of files that were read", report.partlyRead.map(Self.line))
        try section("Read with doubts", report.warnings.map(Self.line))
        try section("Encodings", Self.counts(report.encodings.map { ($0.name, $0.count) }))
        try section("Languages", Self.counts(report.languages.map { ($0.name, $0.documents) }))
        try section("Length", lengths)
        try section("Age", age)
        try section("Duplicates: \(report.duplicates.redundantDocuments) too many", duplicates)
        try section("Personal data", personalData)
        try section(
            "Hints of licences",
            Self.list(report.licences.hints.map { "\($0.name): \(Self.names($0.files.items, of: $0.files.count))" }))
        let dangling = report.links.dangling
        try section(
            "Links that lead nowhere: \(dangling.count) of \(report.links.checked)",
            Self.list(
                dangling.items.map { "\($0.file): \($0.target)\($0.isOutside ? " (outside)" : "")" }, of: dangling.count
            ))
        try section("Metadata", metadata)
        if let questions = report.questions {
            let unanswered = questions.unanswered
            try section(
                "Questions: \(questions.answered) of \(questions.asked) answered",
                unanswered.isEmpty ? ["All are answered."] : unanswered.map { "not answered: \($0.text)" })
        }
    }

    /// Prints a title and lines under it; nothing without lines.
    private func section(_ title: String, _ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try Console.prose("\n\(title)")
        for line in lines { try Console.prose("  " + line.visibleInLine) }
    }

    // MARK: Sections

    private var files: [String] {
        let formats = report.formats.prefix(20)
        let width = formats.map { $0.shownName.columns }.max() ?? 0
        var lines = formats.map { format in
            let name = format.shownName.cut(to: 20)
            let unread = format.unread > 0 ? ", \(format.unread) not read" : ""
            return name + String(repeating: " ", count: max(0, min(width, 20) - name.columns)) + "  \(format.files) ("
                + "\(Format.bytes(format.bytes))\(unread))"
        }
        if report.formats.count > formats.count { lines.append(Self.more(report.formats.count - formats.count)) }
        if report.files.skipped > 0 {
            lines.append("skipped (hidden, ignored, excluded, links): \(report.files.skipped)")
        }
        return lines
    }

    private var lengths: [String] {
        let lengths = report.lengths
        guard lengths.documents > 0 else { return [] }
        return [
            "words: \(lengths.shortest) to \(lengths.longest), median \(lengths.median), nine of ten at most "
                + "\(lengths.ninthDecile)"
        ] + (lengths.short > 0 ? ["less than \(AuditReport.Lengths.shortLimit) words: \(lengths.short)"] : [])
    }

    private var age: [String] {
        let age = report.age
        guard let oldest = age.oldest, let newest = age.newest else { return [] }
        var lines = ["\(oldest.date) (\(oldest.document)) to \(newest.date) (\(newest.document))"]
        let years = age.years.suffix(8).map { "\($0.name): \($0.count)" }
        lines.append((age.years.count > 8 ? "…, " : "") + years.joined(separator: ", "))
        lines.append("older than \(Format.count(age.limit, "year")): \(age.older) of \(report.lengths.documents)")
        lines.append("dates from metadata: \(age.fromMetadata), from the files: \(age.fromFile)")
        if age.inFuture > 0 { lines.append("dates in the future: \(age.inFuture)") }
        return lines
    }

    private var duplicates: [String] {
        let found = report.duplicates
        return Self.list(
            found.sameBytes.items.map { "same file: \(Self.names($0, of: $0.count))" }, of: found.sameBytes.count)
            + Self.list(
                found.sameText.items.map { "same text: \(Self.names($0, of: $0.count))" }, of: found.sameText.count)
            + Self.list(
                found.near.items.map { group in
                    "\(Int(group.similarity * 100)) % alike: \(Self.names(group.documents, of: group.documents.count))"
                }, of: found.near.count)
    }

    private var personalData: [String] {
        let found = report.personalData
        guard found.files.count > 0 else { return [] }
        return found.kinds.map { "\($0.shownKind): \($0.count) in \(Format.count($0.files, "file"))" }
            + ["in: \(Self.names(found.files.items.map(\.name), of: found.files.count))"]
    }

    private var metadata: [String] {
        let documents = report.lengths.documents
        guard documents > 0 else { return [] }
        var lines = ["without a title: \(report.withoutTitle.count) of \(documents)"]
        lines += Self.list(
            report.metadata.map { key in
                "\(key.key): \(key.documents)\(key.types.count > 1 ? " (\(key.types.joined(separator: ", ")))" : "")"
            }, shown: 10)
        return lines
    }

    // MARK: Lines

    private static func line(of problem: AuditReport.Problem) -> String {
        let names = problem.files.items.map(\.name)
        return "\(problem.files.count) \(AuditReport.title(of: problem.reason))"
            + (names.isEmpty ? "" : ": \(self.names(names, of: problem.files.count))")
    }

    /// The first names, and how many more there are.
    private static func names(_ names: [String], of count: Int) -> String {
        let first = names.prefix(3).joined(separator: ", ")
        return count > 3 ? "\(first) and \(count - min(3, names.count)) more" : first
    }

    private static func counts(_ counts: [(name: String, count: Int)]) -> [String] {
        guard !counts.isEmpty else { return [] }
        let first = counts.prefix(12).map { "\($0.name): \($0.count)" }.joined(separator: ", ")
        return [first + (counts.count > 12 ? ", …" : "")]
    }

    private static func list(_ lines: [String], of count: Int? = nil, shown: Int = Self.shown) -> [String] {
        let count = count ?? lines.count
        return Array(lines.prefix(shown)) + (count > shown ? [more(count - shown)] : [])
    }

    private static func more(_ count: Int) -> String { "and \(count) more (--json has them)" }
}

extension AuditReport.Summary {
    /// The three questions of data sourcing.
    var parts: [(title: String, sentences: [String])] {
        [("Relevant?", relevant), ("Available?", available), ("Standardised?", standardised)]
    }
}

extension AuditReport.Format {
    var shownName: String { name.isEmpty ? "no extension" : ".\(name)".visibleInLine }
}

extension AuditReport.PersonalDataCounts.Kind {
    var shownKind: String {
        switch kind {
        case "email": "e-mail addresses"
        case "phone": "phone numbers"
        case "card": "card numbers"
        case "inn": "taxpayer numbers (ИНН)"
        case "snils": "insurance numbers (СНИЛС)"
        case "passport": "passport numbers"
        default: kind
        }
    }
}
