import QuarryCore

/// How much of the files in one source is read.
package struct MemberLimits: Sendable {
    package var files: Int
    /// The most text of all documents, in bytes.
    package var text: Int
    /// No further file is begun after this time.
    package var duration: Duration

    package init(files: Int = 100_000, text: Int = 256 << 20, duration: Duration = .seconds(900)) {
        self.files = files
        self.text = text
        self.duration = duration
    }
}

/// What is left of the limits while the files in a source are read.
struct MemberBudget {
    let limits: MemberLimits
    let deadline: ContinuousClock.Instant
    private var files = 0
    private var text = 0

    init(_ limits: MemberLimits) {
        self.limits = limits
        deadline = .now + limits.duration
    }

    mutating func count(_ member: ReadResult) {
        files += 1
        text += member.documents.reduce(0) { $0 + $1.text.utf8.count }
    }

    /// Why no further file is read, for the end of a sentence; nil if one is.
    var exhaustion: String? {
        if files >= limits.files { return "more than \(limits.files) files" }
        if text >= limits.text { return "more than \(limits.text) bytes of text" }
        guard ContinuousClock.now >= deadline else { return nil }
        return "files that take longer than \(limits.duration.components.seconds) seconds"
    }
}
