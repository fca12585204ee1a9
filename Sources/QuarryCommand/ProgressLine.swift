import Quarry
import QuarrySession

/// A progress line on a terminal: the progress of both strokes, with rate and time left. Silent in a pipe.
struct ProgressLine {
    private let isShown: Bool
    /// A shorter name says nothing.
    private static let minimumName = 12
    private let start = ContinuousClock.now
    /// What is read.
    private let subject: String

    init(isQuiet: Bool, subject: String = "words") {
        self.subject = subject
        isShown = !isQuiet && Console.standardErrorIsTerminal
    }

    func show(_ progress: IndexingProgress) {
        guard isShown else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        Console.status(Self.line(progress, seconds: elapsed, columns: Console.columns - 1, subject: subject))
    }

    func show(_ crawl: CrawlProgress) {
        guard isShown else { return }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        Console.status(Self.line(crawl, seconds: elapsed, columns: Console.columns - 1))
    }

    /// The pages that were fetched and the rate, and as much of the last address as fits.
    static func line(_ crawl: CrawlProgress, seconds: Double, columns: Int) -> String {
        var line = "pages \(crawl.pages)/\(crawl.pages + crawl.waiting)"
        if seconds > 0.5 { line += "  \(Format.decimal(Double(crawl.pages) / seconds, digits: 1))/s" }
        let rest = columns - line.columns - 2
        guard rest >= minimumName else { return line.cut(to: columns) }
        return line + "  " + crawl.address.visibleInLine.shortened(to: rest)
    }

    /// The progress of words while sources are read, then of vectors. Parts at the end that do not fit into `columns` are
    /// dropped. The name of the file at work is shortened in the middle.
    static func line(
        _ progress: IndexingProgress, seconds: Double, columns: Int, subject: String = "words"
    ) -> String {
        var parts: [String] = []
        if progress.bytes < progress.totalBytes {
            let share = Double(progress.bytes) / Double(progress.totalBytes)
            parts.append("\(subject) \(Int(share * 100)) %")
            parts.append("\(progress.documents) documents")
            if seconds > 0.5, share > 0.01 { parts.append("\(duration(seconds / share - seconds)) left") }
        } else {
            parts.append(
                progress.documents > 0 ? "\(subject) done: \(progress.documents) documents" : "\(subject) done")
        }
        if progress.chunksToEmbed > 0 {
            parts.append("vectors \(progress.embeddedChunks)/\(progress.chunksToEmbed)")
            let rate = Double(progress.embeddedChunks) / max(seconds, 0.001)
            if seconds > 0.5, rate > 0 {
                parts.append("\(rate < 10 ? Format.decimal(rate, digits: 1) : "\(Int(rate))")/s")
                parts.append("\(duration(Double(progress.chunksToEmbed - progress.embeddedChunks) / rate)) left")
            }
        }
        while parts.count > 1, parts.joined(separator: "  ").columns > columns { parts.removeLast() }
        let line = parts.joined(separator: "  ").cut(to: columns)
        let rest = columns - line.columns - 2
        guard progress.chunksToEmbed == 0, !progress.source.isEmpty, rest >= Self.minimumName else { return line }
        return line + "  " + progress.source.visibleInLine.shortened(to: rest)
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
