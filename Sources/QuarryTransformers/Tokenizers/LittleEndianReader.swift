/// Reads little-endian numbers one after another; nil where the bytes end.
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

    /// Copies elements as they lie in memory, which on the little-endian machines we run on is as the file has them.
    mutating func array<Element: BitwiseCopyable>(of type: Element.Type, count: Int) -> [Element]? {
        let (byteCount, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.size)
        guard !overflows, let source = bytes(byteCount) else { return nil }
        return [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            initializedCount = count
        }
    }
}
