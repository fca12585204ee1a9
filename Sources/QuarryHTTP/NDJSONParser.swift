/// Cuts newline-delimited JSON into its lines. Blank lines are skipped, a CR before the LF is dropped.
package struct NDJSONParser: Sendable {
    private let maximumLineBytes: Int
    private var line: [UInt8] = []

    /// - Parameter maximumLineBytes: A longer line ends the parse. The default is 16 MiB.
    package init(maximumLineBytes: Int = 16 << 20) { self.maximumLineBytes = maximumLineBytes }

    /// The lines that these bytes complete, each one JSON text.
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
                        .responseTooLarge, "A line of the stream is longer than \(maximumLineBytes) bytes. Refused.")
                }
            }
        }
        return lines
    }

    /// The last line, which needs no newline.
    package mutating func finish() -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.last == 0x0D { line.removeLast() }
        return line.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? nil : line
    }
}
