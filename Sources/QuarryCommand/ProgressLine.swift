import Quarry

/// A progress line on a terminal: the progress of both strokes, with rate and time left. Silent in a pipe.
struct ProgressLine {
    private let isShown: Bool
    private let start = ContinuousClock.now

    init(isQuiet: Bool) {
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    func show(_ progress: IndexingProgress) {
        guard isShown else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        Console.status(Self.line(progress, seconds: elapsed, columns: Console.columns))
    }

    /// The progress of words while sources are read, then of vectors. Parts at the end that do not fit the terminal are
    /// dropped.
    static func line(_ progress: IndexingProgress, seconds: Double, columns: Int) -> String {
        var parts: [String] = []
        if progress.bytes < progress.totalBytes {
            let share = Double(progress.bytes) / Double(progress.totalBytes)
            parts.append("words \(Int(share * 100)) %")
            parts.append("\(progress.documents) documents")
            if seconds > 0.5, share > 0.01 { parts.append("\(duration(seconds / share - seconds)) left") }
        } else {
            parts.append(progress.documents > 0 ? "words done: \(progress.documents) documents" : "words done")
        }
        if progress.chunksToEmbed > 0 {
            parts.append("vectors \(progress.embeddedChunks)/\(progress.chunksToEmbed)")
            let rate = Double(progress.embeddedChunks) / max(seconds, 0.001)
            if seconds > 0.5, rate > 0 {
                parts.append("\(rate < 10 ? Format.decimal(rate, digits: 1) : "\(Int(rate))")/s")
                parts.append("\(duration(Double(progress.chunksToEmbed - progress.embeddedChunks) / rate)) left")
            }
        } else if !progress.source.isEmpty {
            parts.append(String(progress.source.suffix(40)))
        }
        while parts.count > 1, parts.joined(separator: "  ").count >= columns { parts.removeLast() }
        return parts.joined(separator: "  ")
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
