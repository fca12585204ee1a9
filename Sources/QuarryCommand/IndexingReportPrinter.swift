import Quarry
import QuarrySession

/// Prints the report of an indexing run or a plan.
struct IndexingReportPrinter {
    var report: IndexingReport
    var isPlan: Bool
    /// Whether it is of a watch, after its first run, and has only what changed.
    var isLater = false
    var path: String
    /// Whether the run made the index and removed it, because it held no document.
    var isRemoved: Bool
    /// The tables of SQLite files that earlier runs read and this one does not.
    var droppedTables: [String] = []
    /// The estimated cost of a plan's vectors.
    var estimate: CostEstimate?
    /// The estimated cost of a plan's recordings and pictures.
    var readings: [ReadingEstimate] = []
    /// The cost of the models used.
    var spending: Spending

    /// The maximum number of skipped files to list.
    private static let shownSkippedFiles = 10
    /// More empty files are not listed.
    private static let namedEmptyFiles = 3

    private struct Reply: Encodable {
        var schema = "quarry.index/1"
        var index: String
        var plan: Bool
        var report: IndexingReport
        /// The tables of SQLite files that earlier runs read and this one does not; nil without such.
        var droppedTables: [String]?
        var estimate: CostEstimate?
        /// Set only for plans that include recordings or pictures.
        var readings: [ReadingEstimate]?
        /// Nil if no remote model was used.
        var spending: Spending?
    }

    func print(_ output: OutputOptions) throws {
        if output.json {
            try Console.print(
                JSONOutput.string(
                    Reply(
                        index: path, plan: isPlan, report: report,
                        droppedTables: droppedTables.isEmpty ? nil : droppedTables, estimate: estimate,
                        readings: readings.isEmpty ? nil : readings,
                        spending: spending.entries.isEmpty ? nil : spending), pretty: true))
            return
        }
        // These are errors, so they are printed in quiet runs too.
        for rejection in report.quarantined {
            Console.note("not indexed: \(rejection.inLine)\(rejection.advice)")
        }
        // A copy of the file would lack this work.
        if report.unmergedBytes > 0 {
            Console.note(
                "warning: \(path)-wal still holds \(Format.bytes(report.unmergedBytes)) of this run, because a reader "
                    + "uses the index. To copy the index, copy both files, or run again when the reader has finished.")
        }
        if output.quiet, !isPlan {
            if report.readNothing, !isLater, report.quarantined.isEmpty { Console.note(nothingIndexed) }
            return
        }
        for warning in report.warnings {
            output.note("warning: \(warning.inLine)\(warning.advice)")
        }
        if report.sources.leftOut > 0 {
            let isOne = report.sources.leftOut == 1
            output.note(
                "note: \(Format.count(report.sources.leftOut, "file")) that \(isOne ? "is" : "are") still on disk "
                    + "\(isPlan ? "would leave" : "left") the index, because this run leaves \(isOne ? "it" : "them") out "
                    + "(patterns, ignore files, hidden files, links, size). A run that takes \(isOne ? "it" : "them") in "
                    + "brings \(isOne ? "it" : "them") back.")
        }
        // Many empty files, such as __init__.py, are counted only, as are those that a person removed.
        let namesEmpty = report.passedOver.count { $0.reason == .empty } <= Self.namedEmptyFiles
        let passedOver = report.passedOver.filter { $0.reason != .removed && ($0.reason != .empty || namesEmpty) }
        for file in passedOver.prefix(Self.shownSkippedFiles) {
            output.note("skipped: \(file.inLine)\(file.advice)")
        }
        let more = passedOver.count - Self.shownSkippedFiles
        if more > 0 { output.note("skipped: \(more) more; --json lists them all") }
        if !report.earlierWarnings.isEmpty, !isLater {
            let warned = report.earlierWarnings
            output.note(
                "note: \(Format.count(warned.sourceCount, "file")) with warnings of earlier runs (\(warned.kinds)); quarry info names "
                    + "\(warned.sourceCount == 1 ? "it" : "them")")
        }
        noteGenerations(output)
        let isUpToDate = report.isEmpty && report.sources.unchanged > 0
        if report.readNothing, !isLater {
            try Console.prose(nothingIndexed)
        } else if isUpToDate {
            let others = [(leftOut.countWithoutText, leftOut.withoutTextWords), (skippedCount, skipped)]
            let notRead = others.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
            try Console.prose(
                "Up to date: \(Format.count(report.sources.unchanged, "file")), "
                    + "\(isPlan ? "nothing to do" : "nothing changed")\(notRead) (\(seconds))")
            if let line = leftOut.insideLine { try Console.prose(line) }
        } else {
            for line in changes { try Console.prose(line) }
        }
        if !report.isEmpty || !readings.isEmpty {
            for line in estimateLines + readings.flatMap(\.lines) { try Console.prose(line) }
        }
        if !report.quarantined.isEmpty {
            try Console.prose("\(report.quarantined.couldNotBeIndexed) (listed above).")
        }
        if isRemoved {
            try Console.prose("No document was indexed, so \(path) was not made.")
        } else if !isPlan, !isUpToDate, isLater || !report.readNothing {
            try Console.prose("\(path) is up to date (\(seconds))")
        }
    }

    /// Says of the generations of vectors whether the run switched, and which ones are behind.
    private func noteGenerations(_ output: OutputOptions) {
        if let number = report.switchedTo {
            let earlier = report.generations.last { $0.number != number && $0.missing == 0 }
            let back = earlier.map { "; to go back: quarry generation switch \($0.number)" } ?? ""
            output.note("generation \(number) is complete: questions are answered from it now\(back)")
        }
        for generation in report.generations where generation.missing > 0 {
            output.note(
                "note: generation \(generation.number) (model \(generation.model)) lacks vectors for ".visibleInLine
                    + Format.count(generation.missing, "chunk"))
        }
    }

    private var seconds: String { "\(Format.decimal(report.seconds, digits: 1)) s" }

    /// One line for files, one for documents and one for chunks. Zero parts are dropped.
    private var changes: [String] {
        func line(_ name: String, _ parts: [(count: Int, text: String)]) -> String? {
            let parts = parts.filter { $0.count > 0 }.map { "\($0.count) \($0.text)" }
            return parts.isEmpty ? nil : "\(name): \(parts.joined(separator: ", "))"
        }
        let sources = report.sources
        var lines = [
            line(
                "files",
                [
                    (sources.new, "new"), (sources.changed, "changed"), (sources.moved, "moved"),
                    (sources.deleted, "deleted"),
                    (sources.leftOut, "\(isPlan ? "to take" : "taken") out of the index, still on disk"),
                    (sources.unchanged, "unchanged"), (leftOut.countWithoutText, leftOut.withoutTextWords),
                    (skippedCount, skipped),
                ]), leftOut.insideLine.map { $0 + "; --json says why" },
        ]
        if let web = report.web {
            let requests = "\(Format.count(web.requests, "request")) (\(Format.bytes(web.bytes)))"
            let parts = [(web.unmodified, "unchanged and not sent again"), (web.kept, "not checked and kept")]
            let pages = parts.filter { $0.0 > 0 }.map { "\(Format.count($0.0, "page")) \($0.1)" }
            lines.append("web: \(([requests] + pages).joined(separator: ", "))")
        }
        if report.modelReads.files > 0 {
            let what = "\(Format.count(report.modelReads.files, "file")) of \(report.modelReads.bytes) bytes"
            lines.append(
                isPlan ? "models: \(what) to read; the amount of text is not known in advance" : "models: \(what) read")
        }
        lines.append(
            line(
                "documents",
                [
                    (report.documents, isPlan ? "to write" : "written"),
                    (report.deletedDocuments, isPlan ? "to remove" : "removed"),
                    (report.unchangedDocuments, "unchanged in changed files"),
                ]))
        lines.append(
            line(
                "chunks",
                [
                    (report.chunks, isPlan ? "to write" : "written"),
                    (
                        report.embeddedChunks,
                        "\(isPlan ? "to embed" : "embedded") (\(Format.count(report.embeddedTokens, "token")))"
                    ),
                ]))
        if !report.copies.isEmpty {
            let has = report.copies.count == 1 ? "has" : "have"
            lines.append(
                "copies: \(Format.count(report.copies.count, "file")) \(has) the content of another; --json names them")
        }
        return lines.compactMap(\.self)
    }

    private var leftOut: LeftOutWords {
        LeftOutWords(withoutText: report.sources.withoutText, inside: report.sources.inside)
    }

    /// The number of files that were not looked into.
    private var skippedCount: Int {
        let sources = report.sources
        return sources.skipped - leftOut.countWithoutText - sources.inside.values.reduce(0, +)
    }

    /// The files of folders whose format is not read, by what can be done about them.
    private var unreadable: (others: [String: Int], media: [String: Int]) {
        let inside = report.sources.unreadableInside
        let outside = report.sources.unreadable.merging(inside) { $0 - $1 }.filter { $0.value > 0 }
        let media = outside.filter { ReaderRegistry().needsModel("x.\($0.key)") }
        return (outside.filter { media[$0.key] == nil }, media)
    }

    /// `skipped (2 .mobi and 1 .rar cannot be read: convert them to text; 1 hidden, ignored, excluded or linked)`.
    private var skipped: String {
        let (others, media) = unreadable
        var reasons: [String] = []
        if let names = Self.list(others) {
            let isOne = others.values.reduce(0, +) == 1
            reasons.append("\(names) cannot be read: convert \(isOne ? "it" : "them") to text")
        }
        if let names = Self.list(media) {
            reasons.append("\(names) need\(media.values.reduce(0, +) == 1 ? "s" : "") a model")
        }
        let pages = report.web?.skipped ?? 0
        if pages > 0 { reasons.append("\(Format.count(pages, "page")) not there or not to be read") }
        let rest = skippedCount - others.values.reduce(0, +) - media.values.reduce(0, +) - pages
        if rest > 0 { reasons.append("\(rest) hidden, ignored, excluded or linked") }
        return reasons.isEmpty ? "skipped" : "skipped (\(reasons.joined(separator: "; ")))"
    }

    /// `2 .pdf, 1 .doc, 1 .html`, the most frequent five; nil without a format.
    private static func list(_ formats: [String: Int]) -> String? {
        let sorted = formats.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, count in
            "\(count) \(name.isEmpty ? "without an extension" : ".\(name.visibleInLine)")"
        }
        guard !sorted.isEmpty else { return nil }
        return sorted.prefix(5).joined(separator: ", ") + (sorted.count > 5 ? ", …" : "")
    }

    /// Why the run read nothing.
    private var nothingIndexed: String {
        let start = isPlan ? "Nothing to index: " : "Nothing indexed: "
        var sentences: [String] = []
        if !report.sources.unreadable.isEmpty { sentences.append(unreadableFiles) }
        let named = report.passedOver.prefix(3)
        sentences += named.map { "\($0.source.visibleInLine): \($0.message)\($0.advice)" }
        let more = report.passedOver.count - named.count
        if more > 0 { sentences.append("And \(more) more.") }
        let formats = report.sources.unreadable.values.reduce(0, +)
        let rest = report.sources.skipped - formats - report.passedOver.count
        if rest > 0 {
            sentences.append(
                "\(Format.count(rest, "file was", "files were")) skipped (hidden, ignored, excluded or linked).")
        }
        if sentences.isEmpty {
            sentences = [report.quarantined.isEmpty ? "there are no files." : "no file could be read."]
        }
        return start + sentences.joined(separator: " ")
    }

    /// `2 files have a format Quarry cannot read (2 .mobi). Convert them to text or Markdown first.`
    private var unreadableFiles: String {
        let formats = report.sources.unreadable
        let count = formats.values.reduce(0, +)
        let (others, media) = unreadable
        var advice = others.isEmpty ? [] : ["Convert \(count == 1 ? "it" : "them") to text or Markdown first."]
        if !media.isEmpty { advice.append("Recordings and pictures need a model: --transcribe, --describe-images.") }
        if !report.sources.unreadableInside.isEmpty {
            advice.append("Files inside of other files may be read if you take them out.")
        }
        return "\(Format.count(count, "file has", "files have")) a format Quarry cannot read "
            + "(\(Self.list(formats) ?? "")). " + advice.joined(separator: " ")
    }

    /// The lines of the estimate. An assumed time comes with the command that measures it.
    private var estimateLines: [String] {
        guard let estimate, estimate.timeBasis == .assumption, !estimate.model.hasPrefix("openai-compatible/") else {
            return estimate?.lines ?? []
        }
        return estimate.lines.map { line in
            line.hasPrefix("time: ") ? "\(line). To measure it:\n  quarry models measure \(estimate.model)" : line
        }
    }
}

extension IndexingReport {
    /// Whether the run found nothing to index in its inputs, and removed nothing either.
    var readNothing: Bool { isEmpty && sources.unchanged == 0 }
}

extension Rejection {
    /// The next step, if this tool has one.
    var advice: String {
        switch (reason, source.split(separator: ".").last?.lowercased()) {
        case (.notFound, _) where !SiteFetch.isAddress(source): NearbyFile.advice(for: [source])
        case (.privateAddress, _): " To allow it: --allow-private"
        case (.needsModel, _): " Name one: --transcribe for recordings, --describe-images for pictures."
        case (.encrypted, "pdf") where message.contains("password"): " --pdf-password ask asks for it."
        case (.scanned, "pdf") where !message.contains("tesseract"): " --ocr recognises their text."
        case (.noTableNamed, _): " Name those to be read: --table NAME."
        case (.brokenRecord, _) where message.hasPrefix("The record has no \"text\"."):
            " To read another member as the text: --json-text \(longestString ?? "NAME"), which holds for all JSON files of a run."
        default: ""
        }
    }

    /// The member that the message names in “”.
    private var longestString: String? {
        guard let start = message.firstIndex(of: "“"), message.hasSuffix("”.") else { return nil }
        return CommandWords.quoted(String(message[message.index(after: start)...].dropLast(2)))
    }

    /// `source:line: message`, on one line even if the name of the source has line breaks.
    var inLine: String {
        let place = line.map { "\(source):\($0)" } ?? source
        return "\(place): \(message)".visibleInLine
    }
}
