/// Tells the events of a stream from the comments and blank lines that only keep its connection open.
struct EventActivity {
    /// Whether the stream has had anything but comments and blank lines.
    private(set) var hasBegun = false
    private var isAtLineStart = true
    private var isInComment = false

    /// - Returns: Whether the bytes contain anything but comments and blank lines.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var hasContent = false
        for byte in bytes {
            if byte == 0x0A || byte == 0x0D {
                (isAtLineStart, isInComment) = (true, false)
                continue
            }
            if isAtLineStart { isInComment = byte == UInt8(ascii: ":") }
            isAtLineStart = false
            if !isInComment { hasContent = true }
        }
        if hasContent { hasBegun = true }
        return hasContent
    }
}
