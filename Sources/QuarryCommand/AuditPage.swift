import Quarry
import QuarrySession

/// An audit as one web page without anything from elsewhere.
struct AuditPage {
    private let report: AuditReport

    /// The most entries of a list; the JSON has more.
    private static let shown = 1_000

    init(_ report: AuditReport) { self.report = report }

    var html: String {
        let title = "Audit of " + report.inputs.joined(separator: ", ")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(Self.escaped(title))</h1>
            <p class="figures">\(figures)</p>
            \(report.summary.parts.map(Self.summary).joined())
            \(sections.joined(separator: "\n"))
            <footer>Made by <code>quarry audit</code> on \(Self.escaped(report.date)). Personal data is counted, not shown.
            Hints of licences are no legal advice.</footer>
            </main>
            </body>
            </html>

            """
    }

    private var figures: String {
        [
            Format.count(report.files.count, "file"), Format.bytes(report.files.bytes),
            Format.count(report.lengths.documents, "document"), Format.count(report.lengths.total, "word"),
        ].map { "<span>\($0)</span>" }.joined(separator: " ")
    }

    private static func summary(_ title: String, _ sentences: [String]) -> String {
        "<section class=\"answer\"><h2>\(title)</h2>"
            + sentences.map { "<p>\(escaped($0))</p>" }.joined() + "</section>\n"
    }

    private var sections: [String] {
        [
            section(
                "Files",
                table(["format", "files", "size", "documents", "not read"], bars: 1, of: report.formats) {
                    [$0.shownName, "\($0.files)", Format.bytes($0.bytes), "\($0.documents)", "\($0.unread)"]
                }
                    + (report.files.skipped > 0
                        ? note("Skipped (hidden, ignored, excluded, links): \(report.files.skipped)") : "")),
            problems("Not read", report.unread, count: report.files.count - report.files.read),
            problems("Left out of files that were read", report.partlyRead),
            problems("Read with doubts", report.warnings),
            section(
                "Encodings", table(["encoding", "files"], bars: 1, of: report.encodings) { [$0.name, "\($0.count)"] }),
            section(
                "Languages",
                table(["language", "documents", "words"], bars: 1, of: report.languages) {
                    [$0.name, "\($0.documents)", "\($0.words)"]
                }),
            section("Length in words", lengths),
            section("Age", age),
            section("Duplicates", duplicates),
            section("Personal data", personalData),
            section(
                "Hints of licences",
                report.licences.hints.map { details($0.name, list($0.files.items, of: $0.files.count), $0.files.count) }
                    .joined()),
            section(
                "Links that lead nowhere",
                report.links.dangling.count == 0
                    ? ""
                    : note("\(report.links.dangling.count) of \(report.links.checked) links between files.")
                        + table(
                            ["file", "link", ""], of: report.links.dangling.items, count: report.links.dangling.count
                        ) {
                            [$0.file, $0.target, $0.isOutside ? "outside" : ""]
                        }),
            section("Metadata", metadata),
            section("Questions", questions),
        ].filter { !$0.isEmpty }
    }

    // MARK: Sections

    private func problems(_ title: String, _ problems: [AuditReport.Problem], count: Int? = nil) -> String {
        section(
            count.map { "\(title): \($0)" } ?? title,
            problems.map { problem in
                details(
                    AuditReport.title(of: problem.reason),
                    table(["file", "reason"], of: problem.files.items, count: problem.files.count) {
                        [$0.name, $0.message]
                    }, problem.files.count)
            }.joined())
    }

    private var lengths: String {
        let lengths = report.lengths
        guard lengths.documents > 0 else { return "" }
        return table(
            ["shortest", "median", "nine of ten at most", "longest", "under \(AuditReport.Lengths.shortLimit)"],
            of: [lengths]
        ) { ["\($0.shortest)", "\($0.median)", "\($0.ninthDecile)", "\($0.longest)", "\($0.short)"] }
    }

    private var age: String {
        let age = report.age
        guard let oldest = age.oldest, let newest = age.newest else { return "" }
        return table(["", "date", "document"], of: [("oldest", oldest), ("newest", newest)]) {
            [$0.0, $0.1.date, $0.1.document]
        } + table(["year", "documents"], bars: 1, of: age.years) { [$0.name, "\($0.count)"] }
            + note(
                "Older than \(Format.count(age.limit, "year")): \(age.older) of \(report.lengths.documents). Dates from "
                    + "metadata: \(age.fromMetadata), from the files: \(age.fromFile)."
                    + (age.inFuture > 0 ? " In the future: \(age.inFuture)." : ""))
    }

    private var duplicates: String {
        let found = report.duplicates
        func groups(_ title: String, _ groups: AuditReport.Listing<[String]>) -> String {
            guard groups.count > 0 else { return "" }
            return details(
                title,
                table(["times", "names"], of: groups.items, count: groups.count) {
                    ["\($0.count)", $0.prefix(Self.shown).map(\.visibleInLine).joined(separator: "\n")]
                }, groups.count)
        }
        let near =
            found.near.count == 0
            ? ""
            : details(
                (found.near.count == 1 ? "group" : "groups") + " with nearly the same text",
                table(["alike", "documents"], of: found.near.items, count: found.near.count) {
                    [
                        "\(Int($0.similarity * 100)) %",
                        $0.documents.prefix(Self.shown).map(\.visibleInLine).joined(separator: "\n"),
                    ]
                }, found.near.count)
        return groups("with the same bytes", found.sameBytes)
            + groups("with the same text", found.sameText)
            + near
    }

    private var personalData: String {
        let found = report.personalData
        guard found.files.count > 0 else { return "" }
        return table(["kind", "places", "files"], bars: 1, of: found.kinds) {
            [$0.shownKind, "\($0.count)", "\($0.files)"]
        }
            + details(
                "files",
                table(["file", "counts"], of: found.files.items, count: found.files.count) { file in
                    let counts = file.counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
                    return [file.name, counts.joined(separator: ", ")]
                }, found.files.count)
    }

    private var metadata: String {
        guard report.lengths.documents > 0 else { return "" }
        let missing = report.withoutTitle
        return
            (missing.count > 0
            ? details("documents without a title", list(missing.items, of: missing.count), missing.count) : "")
            + table(["key", "documents", "types"], bars: 1, of: report.metadata) {
                [$0.key, "\($0.documents)", $0.types.joined(separator: ", ")]
            }
    }

    private var questions: String {
        guard let questions = report.questions else { return "" }
        return note("\(questions.answered) of \(questions.asked) are answered from the documents.")
            + table(["question", "answered", "document"], of: questions.questions) {
                [$0.text, $0.isAnswered ? "yes" : "no", $0.document ?? ""]
            }
    }

    // MARK: Elements

    private func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section><h2>\(Self.escaped(title))</h2>\n\(content)</section>"
    }

    private func note(_ text: String) -> String { "<p>\(Self.escaped(text))</p>\n" }

    private func details(_ title: String, _ content: String, _ count: Int) -> String {
        "<details><summary>\(count) \(Self.escaped(title))</summary>\n\(content)</details>\n"
    }

    private func list(_ names: [String], of count: Int) -> String {
        "<ul>" + names.prefix(Self.shown).map { "<li>\(Self.escaped($0))</li>" }.joined() + "</ul>\n"
            + rest(count - Self.shown)
    }

    /// - Parameters:
    ///   - bars: The column that is also drawn.
    ///   - count: The number of all rows, if some are not in `rows`.
    private func table<Row>(
        _ head: [String], bars: Int? = nil, of rows: [Row], count: Int? = nil, _ cells: (Row) -> [String]
    ) -> String {
        guard !rows.isEmpty else { return "" }
        let shown = rows.prefix(Self.shown).map(cells)
        let largest = bars.map { column in shown.compactMap { Int($0[column]) }.max() ?? 0 } ?? 0
        var table = "<div class=\"wide\"><table><thead><tr>"
        for name in head { table += "<th>\(Self.escaped(name))</th>" }
        if bars != nil { table += "<th></th>" }
        table += "</tr></thead><tbody>\n"
        for row in shown {
            table += "<tr>"
            for cell in row {
                let isNumber = cell.first.map { $0.isASCII && $0.isNumber } ?? false && cell.utf8.count < 12
                table += isNumber ? "<td class=\"number\">" : "<td>"
                table +=
                    cell.split(separator: "\n").map { Self.escaped(String($0)) }.joined(separator: "<br>") + "</td>"
            }
            if let bars, largest > 0, let value = Int(row[bars]) {
                table += "<td class=\"bar\"><div style=\"width:\(value * 100 / largest)%\"></div></td>"
            }
            table += "</tr>\n"
        }
        return table + "</tbody></table></div>\n" + rest((count ?? rows.count) - Self.shown)
    }

    private func rest(_ count: Int) -> String { count > 0 ? note("And \(count) more; the JSON has more of them.") : "" }

    /// Text for the content of an element: no name of a file and no word of a document becomes markup, and control characters
    /// are visible.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.visibleInLine.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private static let style = """

        :root { --text: #1c1f23; --soft: #5d6670; --line: #d9dee3; --page: #ffffff; --card: #f4f6f8; --bar: #4477aa; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6e9ec; --soft: #9aa5b1; --line: #343b43; --page: #16191d; --card: #20252b; --bar: #77aadd; }
        }
        body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
        h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        .figures span { margin-right: 1.5rem; color: var(--soft); }
        .answer { background: var(--card); border-left: 4px solid var(--bar); border-radius: 4px; padding: .25rem 1rem; \
        margin: .75rem 0; }
        .answer h2 { margin: .5rem 0 0; }
        .answer p { margin: .25rem 0 .5rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; margin: .5rem 0; }
        th { text-align: left; white-space: nowrap; color: var(--soft); font-weight: 500; }
        th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; \
        overflow-wrap: anywhere; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .bar { width: 12rem; }
        .bar div { background: var(--bar); height: .7rem; margin-top: .45rem; border-radius: 2px; min-width: 1px; }
        summary { cursor: pointer; padding: .2rem 0; }
        li { overflow-wrap: anywhere; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }

        """
}
