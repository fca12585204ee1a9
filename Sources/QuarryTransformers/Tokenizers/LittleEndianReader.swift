/// Reads little-endian numbers in sequence; nil at the end of the bytes.
struct LittleEndianReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        guard let bytes = bytes(MemoryLayout<Value>.size) else { return nil }
        return Value(littleEndian: bytes.loadUnaligned(as: Value.self))
    }

    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, position >= 0, position <= bytes.count, count <= bytes.count - position else { return nil }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// Copies elements from memory without conversion, because all supported machines are little-endian.
    mutating func array<Element: BitwiseCopyable>(of type: Element.Type, count: Int) -> [Element]? {
        let (byteCount, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.size)
        guard !overflows, let source = bytes(byteCount) else { return nil }
        return [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            initializedCount = count
        }
    }
}
