#if canImport(Glibc)
    import Glibc
#endif

/// One allocation from which a model's matrices are cut, each on a cache line of its own.
final class FloatArena: @unchecked Sendable {
    // Unchecked: written only while a model loads, by jobs whose ranges are disjoint; read-only afterwards.
    private static let lineFloats = 16
    private let base: UnsafeMutablePointer<Float>
    private let capacity: Int
    private var used = 0

    /// - Parameter pieces: The counts that will be taken, in any order.
    init(pieces: [Int]) {
        capacity = pieces.reduce(0) { $0 + Self.padded($1) }
        let hugePage = 1 << 21
        let byteCount = max(1, capacity) * MemoryLayout<Float>.stride
        let alignment = byteCount >= hugePage ? hugePage : 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
        #if os(Linux) && canImport(Glibc)
            // Weights are read from end to end for every batch: huge pages save faults and look-ups. Advice only.
            let adviseHugePages: Int32 = 14
            if byteCount >= hugePage { madvise(memory, byteCount, adviseHugePages) }
        #endif
        base = memory.bindMemory(to: Float.self, capacity: max(1, capacity))
    }

    deinit { base.deallocate() }

    /// The next `count` floats, uninitialised, aligned to 64 bytes.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        precondition(used + Self.padded(count) <= capacity, "The arena was made for fewer pieces.")
        defer { used += Self.padded(count) }
        return base + used
    }

    private static func padded(_ count: Int) -> Int { (count + lineFloats - 1) / lineFloats * lineFloats }
}
