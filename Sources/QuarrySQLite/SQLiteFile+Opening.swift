import Foundation
import GRDB

extension SQLiteFile {
    /// An absolute path, so that SQLite treats names such as `:memory:` and `file:x` as plain files.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The URI for reading a file without locks and without side files.
    static func immutableLocation(of path: String) -> String? {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { "file:\($0)?immutable=1" }
    }

    /// Retries an opening while another process opens the file.
    ///
    /// Switching a file to WAL needs an exclusive lock, for which SQLite does not call the busy handler.
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
