import Quarry
import QuarrySession

extension IndexCommand {
    /// What a run did.
    struct Outcome {
        var report: IndexingReport
        var path: String
        var isPlan: Bool
        /// Whether the run made the index and removed it, because it held no document.
        var isRemoved: Bool
        /// The tables of SQLite files that earlier runs read and this one does not.
        var droppedTables: [String]
        var estimate: CostEstimate?
        var readings: [ReadingEstimate]
        var spending: Spending
        /// Whether it is one of a watch, after its first.
        var isLater = false

        func print(_ output: OutputOptions) throws {
            try IndexingReportPrinter(
                report: report, isPlan: isPlan, isLater: isLater, path: path, isRemoved: isRemoved,
                droppedTables: droppedTables, estimate: estimate, readings: readings, spending: spending
            ).print(output)
        }

        /// - Throws: The exit code, if inputs could not be used.
        func check() throws {
            if !report.quarantined.isEmpty || report.readNothing { throw Termination.quarantined }
        }
    }
}
