import Foundation
import GRDB

extension SQLiteFile {
    /// A path that SQLite takes for a plain file, whatever its name: `:memory:` and `file:x` are names like others.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The URI by which SQLite reads a file without locks and without side files.
    static func immutableLocation(of path: String) -> String? {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed).map { "file:\($0)?immutable=1" }
    }

    /// Repeats an opening that met another one.
    ///
    /// Switching a cold file to WAL needs an exclusive lock for which SQLite does not call the busy handler.
    static func retryingWhileBusy<Value>(_ open: () throws -> Value) throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: patience)
        var pause = 0.001
        while true {
            do {
                return try open()
            } catch let error as DatabaseError where error.isPassing && clock.now < deadline {
                Thread.sleep(forTimeInterval: pause)
                pause = min(pause * 1.5, 0.05)
            }
        }
    }
}

extension DatabaseError {
    /// Whether the same call may succeed once other connections are done.
    var isPassing: Bool {
        [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL].contains(resultCode)
    }
}

/// What is known of a file without opening it.
///
/// Closing a descriptor drops every lock that the process holds on the file, those of SQLite's connections included;
/// so nothing but SQLite may open it.
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

    /// Bytes of a file; 0 where there is none.
    static func size(of path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
