package import Foundation

/// Reads configuration files. As a value, so that tests can replace the file system.
package struct FileAccess: Sendable {
    package struct Content: Sendable {
        package var bytes: [UInt8]
        /// The lowest nine bits of the mode.
        package var permissions: Int
        package var ownerID: UInt32
        package var modified: Date

        package init(bytes: [UInt8], permissions: Int, ownerID: UInt32, modified: Date) {
            self.bytes = bytes
            self.permissions = permissions
            self.ownerID = ownerID
            self.modified = modified
        }
    }

    /// The user of this process.
    package var userID: UInt32
    /// Returns nil if the file does not exist.
    package var read: @Sendable (String) throws -> Content?

    package init(userID: UInt32, read: @escaping @Sendable (String) throws -> Content?) {
        self.userID = userID
        self.read = read
    }

    /// The limit on the size of a file.
    package static let maximumBytes = 1 << 20

    /// The file system of this machine.
    package static let system = FileAccess(userID: geteuid()) { path in
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw ConfigurationError(path, "The file cannot be opened: \(String(cString: strerror(errno))).")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw ConfigurationError(path, "The path is a folder, not a file.")
        }
        let data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
        guard data.count <= maximumBytes else {
            throw ConfigurationError(path, "The file is larger than the limit of \(maximumBytes) bytes.")
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
