import QuarryCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The status of a path.
package struct FileStatus: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case file, directory, symbolicLink, other }

    package var kind: Kind
    package var size: Int
    /// Nanoseconds since 1970, clamped to the range of `Int64` (years 1677 to 2262).
    package var modificationTime: Int64
    /// The same of the last change of content or attributes, which no program can set.
    package var changeTime: Int64
    package var inode: UInt64

    private init(_ info: stat) {
        switch info.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symbolicLink
        default: kind = .other
        }
        size = Int(info.st_size)
        inode = UInt64(info.st_ino)
        #if canImport(Darwin)
            let (modified, changed) = (info.st_mtimespec, info.st_ctimespec)
        #else
            let (modified, changed) = (info.st_mtim, info.st_ctim)
        #endif
        modificationTime = FileStatus.nanoseconds(modified)
        changeTime = FileStatus.nanoseconds(changed)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        let seconds = Int64(time.tv_sec)
        let (product, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isPastEnd) = product.addingReportingOverflow(Int64(time.tv_nsec))
        if isTooFar || isPastEnd { return seconds < 0 ? .min : .max }
        return sum
    }

    /// - Throws: The error of the system call.
    package init(path: String, followingLinks: Bool) throws(SystemError) {
        var info = stat()
        guard (followingLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { throw SystemError() }
        self.init(info)
    }

    init(descriptor: Int32) throws(SystemError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw SystemError() }
        self.init(info)
    }
}

/// An error of a system call, from `errno`.
package struct SystemError: Error, CustomStringConvertible {
    package var number: Int32

    init() { number = errno }

    package var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    package var description: String { String(cString: strerror(number)) }
}

/// System calls for walking and reading.
enum FileSystem {
    /// The names in a folder, sorted by their bytes, without `.` and `..`. Of names that are not UTF-8, each foreign byte is
    /// written as `\xE9`.
    static func names(in path: String) throws(SystemError) -> (names: [String], invalid: [String]) {
        guard let directory = opendir(path) else { throw SystemError() }
        defer { closedir(directory) }
        var (names, invalid): ([String], [String]) = ([], [])
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw SystemError() }
                break
            }
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let capacity = MemoryLayout.size(ofValue: pointer.pointee)
                pointer.withMemoryRebound(to: CChar.self, capacity: capacity) { bytes in
                    guard let name = String(validatingCString: bytes) else {
                        invalid.append(escaped(bytes))
                        return
                    }
                    if name != ".", name != ".." { names.append(name) }
                }
            }
        }
        return (names.sorted(by: precedes), invalid.sorted(by: precedes))
    }

    /// A name with `\xE9` for each byte that is not of UTF-8.
    private static func escaped(_ name: UnsafePointer<CChar>) -> String {
        var bytes = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }[...]
        var shown = ""
        while let first = bytes.first {
            // UTF-8 takes at most four bytes for a scalar.
            let scalar = (1...4).lazy.compactMap { String(validating: bytes.prefix($0), as: UTF8.self) }.first
            // A foreign byte is 0x80 or more, so it has two digits.
            shown += scalar ?? ("\\x" + String(first, radix: 16, uppercase: true))
            bytes = bytes.dropFirst(scalar?.utf8.count ?? 1)
        }
        return shown
    }

    /// Compares by bytes, independent of the locale.
    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// The absolute path with links resolved.
    static func canonicalPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw SystemError() }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Nil if the working directory was removed or is not accessible.
    static func currentDirectory() -> String? { try? canonicalPath(".") }

    /// All bytes of a regular file.
    static func read(_ path: String, id: String, maximumBytes: Int) throws(Rejection) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Rejection.system(SystemError(), id: id) }
        defer { close(descriptor) }
        let status: FileStatus
        do { status = try FileStatus(descriptor: descriptor) } catch { throw Rejection.system(error, id: id) }
        guard status.kind == .file else {
            throw Rejection(source: id, reason: .unreadable, message: Rejection.notAFile)
        }
        guard status.size <= maximumBytes else {
            throw Rejection.tooLarge(id, size: status.size, maximumBytes: maximumBytes)
        }
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: status.size) { buffer, count in
            count = 0
            while count < status.size, let base = buffer.baseAddress {
                let length = Self.read(descriptor, base + count, status.size - count)
                if length > 0 {
                    count += length
                } else if length < 0, errno == EINTR {
                    continue
                } else {
                    if length < 0 { failure = SystemError() }
                    break
                }
            }
        }
        if let failure { throw Rejection.system(failure, id: id) }
        guard bytes.count == status.size else {
            throw Rejection(
                source: id, reason: .vanished,
                message: "The file became shorter while it was read (\(bytes.count) of \(status.size) bytes). "
                    + "Index it again after other programs have finished writing it.")
        }
        return bytes
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Darwin)
            Darwin.read(descriptor, buffer, count)
        #elseif canImport(Musl)
            Musl.read(descriptor, buffer, count)
        #else
            Glibc.read(descriptor, buffer, count)
        #endif
    }

    /// All bytes of standard input.
    static func readStandardInput(id: String, maximumBytes: Int) throws(Rejection) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let length = buffer.withUnsafeMutableBufferPointer { pointer in
                pointer.baseAddress.map { Self.read(STDIN_FILENO, $0, pointer.count) } ?? 0
            }
            if length == 0 { return bytes }
            if length < 0 {
                if errno == EINTR { continue }
                throw Rejection.system(SystemError(), id: id)
            }
            bytes.append(contentsOf: buffer[..<length])
            guard bytes.count <= maximumBytes else {
                throw Rejection(
                    source: id, reason: .tooLarge,
                    message:
                        "Standard input holds more than \(maximumBytes) bytes, the limit. Raise the limit or split the text."
                )
            }
        }
    }
}

extension Rejection {
    static func system(_ error: SystemError, id: String) -> Rejection {
        error.isMissing
            ? Rejection(source: id, reason: .vanished, message: "The file no longer exists.")
            : Rejection(source: id, reason: .unreadable, message: "The file cannot be read: \(error).")
    }

    /// Why a path that is not a file is not read.
    static let notAFile =
        "It is not a file but a folder, a device or a pipe. Name a file in the folder, or write what the pipe gives to one."

    static func tooLarge(_ id: String, size: Int, maximumBytes: Int) -> Rejection {
        Rejection(
            source: id, reason: .tooLarge,
            message: "The file has \(size) bytes; the limit is \(maximumBytes). Raise the limit or split the file.")
    }
}
