#if canImport(Glibc)
    import Glibc
#endif

/// One allocation for all matrices of a model, each aligned to a cache line.
final class FloatArena: @unchecked Sendable {
    // Unchecked: written only during loading, by jobs with disjoint ranges; read-only afterwards.
    private static let lineFloats = 16
    private let base: UnsafeMutablePointer<Float>
    private let capacity: Int
    private var used = 0

    /// - Parameter pieces: The sizes that will be taken, in any order.
    init(pieces: [Int]) {
        capacity = pieces.reduce(0) { $0 + Self.padded($1) }
        let hugePage = 1 << 21
        let byteCount = max(1, capacity) * MemoryLayout<Float>.stride
        let alignment = byteCount >= hugePage ? hugePage : 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
        #if os(Linux) && canImport(Glibc)
            // Every batch reads all weights: huge pages reduce page faults and TLB misses. This is only a hint.
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
