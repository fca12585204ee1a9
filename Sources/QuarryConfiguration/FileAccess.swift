public import Foundation

/// How configuration files are read: a value, so that whoever calls decides what there is to see.
public struct FileAccess: Sendable {
    public struct Content: Sendable {
        public var bytes: [UInt8]
        /// The lowest nine bits of its mode.
        public var permissions: Int
        public var ownerID: UInt32
        public var modified: Date

        public init(bytes: [UInt8], permissions: Int, ownerID: UInt32, modified: Date) {
            self.bytes = bytes
            self.permissions = permissions
            self.ownerID = ownerID
            self.modified = modified
        }
    }

    /// The one who reads.
    public var userID: UInt32
    /// Nil where there is no such file.
    public var read: @Sendable (String) throws -> Content?

    public init(userID: UInt32, read: @escaping @Sendable (String) throws -> Content?) {
        self.userID = userID
        self.read = read
    }

    /// Larger files are refused.
    public static let maximumBytes = 1 << 20

    /// The files of this machine.
    public static let system = FileAccess(userID: geteuid()) { path in
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConfigurationError(path, "It cannot be opened: \(String(cString: strerror(errno))).")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw ConfigurationError(path, "It is a folder. Name a file.")
        }
        let data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        guard data.count <= maximumBytes else {
            throw ConfigurationError(path, "It is larger than \(maximumBytes) bytes, so it is no configuration.")
        }
        return Content(
            bytes: Array(data), permissions: Int(status.st_mode & 0o777), ownerID: status.st_uid,
            modified: Date(timeIntervalSince1970: Double(status.modifiedSeconds)))
    }
}

extension stat {
    fileprivate var modifiedSeconds: Int {
        #if os(Linux)
            st_mtim.tv_sec
        #else
            st_mtimespec.tv_sec
        #endif
    }
}
