/// Limits on a program's time, output and memory.
package struct ProgramLimits: Sendable, Hashable {
    package var duration: Duration
    /// The largest accepted standard output, in bytes.
    package var outputBytes: Int
    /// How many bytes are kept of its standard error: the last ones.
    static let errorBytes = 1 << 16

    /// The most address space of the program and each of its children; nil for no limit.
    package var memoryBytes: Int?

    package init(duration: Duration, outputBytes: Int, memoryBytes: Int? = nil) {
        self.duration = duration
        self.outputBytes = outputBytes
        self.memoryBytes = memoryBytes
    }
}
