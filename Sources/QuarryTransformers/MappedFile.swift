#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file mapped read-only into memory, during the lifetime of this object.
final class MappedFile: @unchecked Sendable {
    // Unchecked: the mapping is read-only, and unmapped only after the last reference is gone.
    let bytes: UnsafeRawBufferPointer
    let path: String

    init(path: String) throws(TransformerError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TransformerError(
                .unreadable, "The file cannot be opened: \(String(cString: strerror(errno))).", path: path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TransformerError(.unreadable, "The path is not a regular file.", path: path)
        }
        let size = Int(status.st_size)
        self.path = path
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw TransformerError(
                .unreadable, "The file cannot be mapped: \(String(cString: strerror(errno))).", path: path)
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// 64 bits of FNV-1a over the size, the first 64 KiB, and 4 KiB at each of 64 even steps. This cheap digest
    /// distinguishes two trainings of one architecture. It does not protect against forgery.
    var sampledDigest: ContentDigest {
        var digest = ContentDigest()
        digest.add(bytes.count)
        digest.add(bytes.prefix(65_536))
        for step in 1...64 {
            let start = bytes.count / 64 * step - bytes.count / 128
            digest.add(bytes.dropFirst(start).prefix(4_096))
        }
        return digest
    }
}

/// 64 bits of FNV-1a (draft-eastlake-fnv).
struct ContentDigest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { add($0) }
    }
}
