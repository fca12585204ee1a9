import Foundation
import GRDB

extension SQLiteFile {
    /// An absolute path, so that SQLite treats names such as `:memory:` and `file:x` as plain files.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The file that SQLite keeps beside a database, such as `-wal` or `-shm`. Links are followed, as SQLite does.
    package static func sideFile(_ suffix: String, of path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path + suffix
    }

    /// Whether there is a log with changes beside a file.
    package static func hasLog(_ path: String) -> Bool {
        ((try? FileKind.size(of: sideFile("-wal", of: path))) ?? 0) > 0
    }

    /// The URI for reading a file without locks and without side files.
    static func immutableLocation(of path: String) -> String? {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { "file:\($0)?immutable=1" }
    }

    /// Retries an opening while another process opens the file.
    ///
    /// Switching a file to WAL needs an exclusive lock. SQLite does not call the busy handler for it.
    static func retryingWhileBusy<Value>(_ open: () throws -> Value) throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: busyTimeout)
        var pause = 0.001
        while true {
            do {
                return try open()
            } catch let error as DatabaseError where error.isTransient && clock.now < deadline {
                Thread.sleep(forTimeInterval: pause)
                pause = min(pause * 1.5, 0.05)
            }
        }
    }
}

extension SQLiteFile {
    /// Removes the empty log and the shared memory of another user, who has read the file and is done.
    ///
    /// A reader who may not write the file cannot remove them itself, and its owner may not write into them. Only while
    /// no other connection is open, which an exclusive lock ensures: without one, nothing is removed, and opening the
    /// file reports the obstacle.
    static func removeSideFilesOfOthers(_ path: String) {
        let (log, memory) = (sideFile("-wal", of: path), sideFile("-shm", of: path))
        let files = FileManager.default
        let foreign = [log, memory].filter { files.fileExists(atPath: $0) && !files.isWritableFile(atPath: $0) }
        guard !foreign.isEmpty, !hasLog(path) else { return }
        var configuration = Configuration()
        // In this mode SQLite locks the file itself, and uses no shared memory.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        try? DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { _ in
            for file in foreign { try files.removeItem(atPath: file) }
        }
    }

    /// Why this user cannot open a file: names the file in the way and its owner. Nil if none is found.
    package static func obstacle(to path: String, readOnly: Bool) -> String? {
        let files = FileManager.default
        func owner(_ path: String) -> String {
            let attributes = try? files.attributesOfItem(atPath: path)
            let owner = attributes?[.ownerAccountName] as? String ?? attributes?[.ownerAccountID].map { "\($0)" }
            return owner.map { ", which belongs to the user \($0)" } ?? ""
        }
        let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        guard files.fileExists(atPath: folder) else { return "there is no folder \(folder)" }
        for file in [path, sideFile("-wal", of: path), sideFile("-shm", of: path)] where files.fileExists(atPath: file)
        {
            if !files.isReadableFile(atPath: file) { return "you may not read \(file)\(owner(file))" }
            if !readOnly, !files.isWritableFile(atPath: file) { return "you may not write \(file)\(owner(file))" }
        }
        return readOnly || files.isWritableFile(atPath: folder)
            ? nil : "you may not write into the folder \(folder)\(owner(folder))"
    }
}

extension DatabaseError {
    /// Whether the same call may succeed when other connections are done.
    var isTransient: Bool {
        [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL].contains(resultCode)
    }
}

/// The kind of a file, found without opening it.
///
/// Closing a descriptor drops all locks of the process on the file, including those of SQLite's connections. So only
/// SQLite may open the file.
enum FileKind: Equatable {
    case absent
    case empty
    case folder
    case file

    init(at path: String) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            self = .absent
            return
        }
        self = isDirectory.boolValue ? .folder : try FileKind.size(of: path) == 0 ? .empty : .file
    }

    /// The size of a file in bytes; 0 if it does not exist.
    static func size(of path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
