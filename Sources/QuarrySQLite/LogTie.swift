import Foundation
package import GRDB

/// Ties a write-ahead log to the file that it belongs to.
///
/// SQLite applies any log beside a file, even the log of an earlier file at the same path. So every change
/// writes a tag into the first page: 16 random bits, then the 16 random bits of the state before it. A log belongs to a
/// file whose own tag is one of the log's, or is the one before the log's first. It finds all but one in 65,536 logs of
/// other files; it is a guard against accidents, not against forgery.
///
/// The tag is the `user_version`, which SQLite does not use itself.
package enum LogTie {
    /// Gives the file a new tag. Call it in every transaction that changes the file, so that the log contains the tag.
    package static func renew(in db: Database) throws {
        let before = UInt32(bitPattern: try SQLiteFile.userVersion(in: db))
        let tag = UInt32(UInt16.random(in: 1...UInt16.max)) << 16 | before >> 16
        try SQLiteFile.setUserVersion(Int32(bitPattern: tag), in: db)
    }

    /// How often, and at what distance, a log that does not fit is read again: a running process may just have written
    /// both.
    private static let attempts = 8
    private static let pause = 0.025

    /// Checks that the log beside a file belongs to it. Call it before SQLite opens the file and applies the log.
    ///
    /// - Throws: ``SQLiteFileError`` with the code ``SQLiteFileError/Code/foreignLog``.
    /// - Complexity: O(1) without a log; with one, a few bytes of each page of the log until a tag fits.
    static func check(_ path: String, applicationID id: Int32) throws {
        let log = SQLiteFile.sideFile("-wal", of: path)
        for attempt in 1... {
            guard try FileKind.size(of: log) > 0, let tag = tag(of: path, applicationID: id), try !fits(log, tag: tag)
            else { return }
            guard attempt < attempts else { throw SQLiteFileError(.foreignLog, path: path) }
            Thread.sleep(forTimeInterval: pause)
        }
    }

    /// The tag in the file itself, without its log; nil for a file of another program, or if SQLite cannot tell.
    private static func tag(of path: String, applicationID id: Int32) -> UInt32? {
        var configuration = Configuration()
        configuration.readonly = true
        guard let location = SQLiteFile.immutableLocation(of: path),
            let found = try? DatabaseQueue(path: location, configuration: configuration).read({ db in
                (owner: try SQLiteFile.applicationID(in: db), tag: try SQLiteFile.userVersion(in: db))
            }), found.owner == id
        else { return nil }
        return UInt32(bitPattern: found.tag)
    }

    /// Whether a log has the tag of the file, or begins after it. A log without tags fits every file.
    ///
    /// The format is described at https://www.sqlite.org/fileformat2.html#walformat. All numbers are big-endian.
    private static func fits(_ log: String, tag: UInt32) throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: log) else { return true }
        defer { try? file.close() }
        guard let header = try file.read(upToCount: 32), header.count == 32 else { return true }
        let pageSize = UInt64(header.number(at: 8))
        guard (512...65_536).contains(pageSize) else { return true }
        var isFirst = true
        var offset = UInt64(32)
        while true {
            try file.seek(toOffset: offset)
            // The frame's header, and the first page up to its user version.
            guard let frame = try file.read(upToCount: 88), frame.count == 88,
                frame.dropFirst(8).prefix(8) == header.dropFirst(16).prefix(8)
            else { return isFirst }
            offset += 24 + pageSize
            guard frame.number(at: 0) == 1 else { continue }
            let found = frame.number(at: 24 + 60)
            if found == tag || isFirst && found & 0xFFFF == tag >> 16 { return true }
            isFirst = false
        }
    }
}

extension Data {
    /// Four bytes as a big-endian number.
    fileprivate func number(at offset: Int) -> UInt32 {
        dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
