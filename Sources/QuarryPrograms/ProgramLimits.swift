/// Limits on a program's time and output.
package struct ProgramLimits: Sendable, Hashable {
    package var duration: Duration
    /// The largest accepted standard output, in bytes.
    package var outputBytes: Int
    /// How many bytes are kept of its standard error: the last ones.
    static let errorBytes = 1 << 16

    package init(duration: Duration, outputBytes: Int) {
        self.duration = duration
        self.outputBytes = outputBytes
    }
}
