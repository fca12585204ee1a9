/// How long a program may run, and how much it may take.
package struct ProgramLimits: Sendable, Hashable {
    package var duration: Duration
    /// The most bytes that are taken of its standard output.
    package var outputBytes: Int
    /// The address space of the program in bytes; `nil` for no limit. macOS has no such limit.
    package var memoryBytes: Int?

    /// How much is kept of its standard error; the rest is dropped.
    static let errorBytes = 1 << 16

    package init(duration: Duration, outputBytes: Int, memoryBytes: Int? = nil) {
        self.duration = duration
        self.outputBytes = outputBytes
        self.memoryBytes = memoryBytes
    }
}
