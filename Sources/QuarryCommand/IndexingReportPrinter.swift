import Quarry
import QuarrySession

/// Says what a run of the indexer did, or a plan would do.
struct IndexingReportPrinter {
    var report: IndexingReport
    var isPlan: Bool
    var path: String
    /// What the vectors of a plan would cost.
    var estimate: CostEstimate?
    /// What it would cost in a plan to have models read recordings and pictures.
    var readings: [ReadingEstimate] = []
    /// What models were paid for.
    var spending: Spending

    /// Files that are named of those passed over.
    private static let passedOverShown = 10

    private struct Reply: Encodable {
        var schema = "quarry.index/1"
        var index: String
        var plan: Bool
        var report: IndexingReport
        var estimate: CostEstimate?
        /// Nil but for a plan with recordings or pictures.
        var readings: [ReadingEstimate]?
        /// Nil where no model was asked over a connection.
        var spending: Spending?
    }

    func print(_ output: OutputOptions) throws {
        if output.json {
            try Console.print(
                JSONOutput.string(
                    Reply(
                        index: path, plan: isPlan, report: report, estimate: estimate,
                        readings: readings.isEmpty ? nil : readings,
                        spending: spending.entries.isEmpty ? nil : spending), pretty: true))
            return
        }
        for rejection in report.quarantined {
            output.note("quarantined: \(rejection.inLine)\(rejection.advice)")
        }
        for warning in report.warnings {
            output.note("warning: \(warning.inLine)\(warning.advice)")
        }
        for file in report.passedOver.prefix(Self.passedOverShown) {
            output.note("passed over: \(file.inLine)")
        }
        let more = report.passedOver.count - Self.passedOverShown
        if more > 0 { output.note("passed over: and \(more) more; --json names them all") }
        let sources = report.sources
        var files =
            "\(sources.new) new, \(sources.changed) changed, \(sources.moved) moved, \(sources.deleted) deleted, \(sources.unchanged) unchanged"
        if sources.skipped > 0 { files += ", \(sources.skipped) passed over" }
        try Console.print("files: \(files)")
        if report.modelReads.files > 0 {
            let what = "\(Format.count(report.modelReads.files, "file")) of \(report.modelReads.bytes) bytes"
            try Console.print(
                isPlan
                    ? "models: \(what) to read; how much text they give is not known beforehand"
                    : "models: \(what) read")
        }
        let verb = isPlan ? "to write" : "written"
        try Console.print(
            "documents: \(report.documents) \(verb), \(report.deletedDocuments) \(isPlan ? "to remove" : "removed"), \(report.unchangedDocuments) unchanged in changed files"
        )
        try Console.print(
            "chunks: \(report.chunks) \(verb); \(report.embeddedChunks) \(isPlan ? "to embed" : "embedded") (\(report.embeddedTokens) tokens)"
        )
        for line in (estimate?.lines ?? []) + readings.flatMap(\.lines) { try Console.print(line) }
        if !report.quarantined.isEmpty {
            try Console.print("quarantined: \(report.quarantined.count) (see above; the rest is indexed)")
        }
        if !isPlan { try Console.print("\(path) is up to date after \(Format.decimal(report.seconds, digits: 1)) s") }
    }
}

extension Rejection {
    /// The next step, where the tool has one.
    fileprivate var advice: String {
        reason == .needsModel ? " Name one: --transcribe for recordings, --describe-images for pictures." : ""
    }

    /// `source:line: message`, on one line whatever the name of the source holds.
    var inLine: String {
        let place = line.map { "\(source):\($0)" } ?? source
        return "\(place): \(message)".visibleInLine
    }
}
