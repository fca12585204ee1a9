/// Splits newline-delimited JSON into lines. Blank lines are skipped, and a CR before the LF is dropped.
package struct NDJSONParser: Sendable {
    private let maximumLineBytes: Int
    private var line: [UInt8] = []

    /// - Parameter maximumLineBytes: A longer line is an error. The default is 16 MiB.
    package init(maximumLineBytes: Int = 16 << 20) { self.maximumLineBytes = maximumLineBytes }

    /// Returns the lines that these bytes complete, each one JSON text.
    /// - Throws: ``HTTPError`` with code `responseTooLarge`.
    /// - Complexity: O(bytes).
    package mutating func push(_ bytes: some Sequence<UInt8>) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == 0x0A {
                if let complete = finish() { lines.append(complete) }
            } else {
                line.append(byte)
                if line.count > maximumLineBytes {
                    throw HTTPError(
                        .responseTooLarge, "A line of the stream is longer than the limit of \(maximumLineBytes) bytes."
                    )
                }
            }
        }
        return lines
    }

    /// Returns the last line, which does not need a newline.
    package mutating func finish() -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.last == 0x0D { line.removeLast() }
        return line.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? nil : line
    }
}
