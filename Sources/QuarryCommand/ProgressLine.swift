import Quarry

/// One line on a terminal that says how far a run is, how fast, and how long it will take. Silent in a pipe.
struct ProgressLine {
    private let isShown: Bool
    private let start = ContinuousClock.now

    init(isQuiet: Bool) {
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    func show(_ progress: IndexingProgress) {
        guard isShown else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let share = progress.totalBytes > 0 ? Double(progress.bytes) / Double(progress.totalBytes) : 1
        var line = "\(Int(share * 100)) %  \(progress.documents) documents  \(progress.chunks) chunks"
        if elapsed > 0.5 {
            line += "  \(Int(Double(progress.chunks) / elapsed)) chunks/s"
            if share > 0.01, share < 1 { line += "  \(Self.duration(elapsed / share - elapsed)) left" }
        }
        Console.status("\(line)  \(progress.source.suffix(40))")
    }

    func clear() {
        if isShown { Console.status("") }
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60
            ? "\(whole) s"
            : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
