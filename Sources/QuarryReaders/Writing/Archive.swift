import CQuarryArchive

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files of a zip archive in memory. Read with libarchive.
///
/// Nothing is written to disk, so names such as `../../etc/passwd` are only names.
struct Archive {
    struct Limits {
        /// The most bytes of all files together, and of one.
        var total = 1 << 30
        var file = 256 << 20
        var files = 100_000
    }

    struct Failure: Error {
        enum Code { case damaged, encrypted, tooLarge, tooManyFiles }
        var code: Code
        /// A sentence for people.
        var reason: String
    }

    /// Calls `body` with each file whose name `wants` accepts, in the order of the archive, until it returns false.
    ///
    /// - Throws: ``Failure``, and what `body` throws.
    static func forEachFile(
        of bytes: [UInt8], limits: Limits = Limits(),
        wants: (String) -> Bool = { _ in true }, _ body: (String, [UInt8]) throws -> Bool
    ) throws {
        guard let archive = archive_read_new() else { throw Failure(code: .damaged, reason: "It cannot be opened.") }
        defer { archive_read_free(archive) }
        // Some filters of libarchive start programs: only zip is enabled, which needs none.
        archive_read_support_format_zip(archive)
        try bytes.withUnsafeBytes { bytes in
            try check(archive_read_open_memory(archive, bytes.baseAddress, bytes.count), archive)
            var (total, files) = (0, 0)
            var entry: OpaquePointer?
            while true {
                let status = archive_read_next_header(archive, &entry)
                if status == ARCHIVE_EOF { return }
                try check(status, archive)
                files += 1
                guard files <= limits.files else {
                    throw Failure(code: .tooManyFiles, reason: "It has more than \(limits.files) files.")
                }
                guard let entry, archive_entry_filetype(entry) == regularFile else { continue }
                if archive_entry_is_data_encrypted(entry) == 1 {
                    throw Failure(code: .encrypted, reason: "It is encrypted.")
                }
                let name = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
                guard let path = name.map({ String(cString: $0) }), wants(path) else { continue }
                let content = try contents(of: archive, limit: min(limits.file, limits.total - total), limits)
                total += content.count
                guard try body(path, content) else { return }
            }
        }
    }

    /// `AE_IFREG`, which is a cast in C.
    private static let regularFile: mode_t = 0o100000

    private static func contents(of archive: OpaquePointer, limit: Int, _ limits: Limits) throws -> [UInt8] {
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            guard count > 0 else {
                let isEncrypted = archive_read_has_encrypted_entries(archive) == 1
                throw Failure(
                    code: isEncrypted ? .encrypted : .damaged,
                    reason: isEncrypted ? "It is encrypted." : "A file in it is damaged: \(reason(archive)).")
            }
            guard content.count + count <= limit else {
                throw Failure(
                    code: .tooLarge,
                    reason:
                        "Unpacked, a file in it has more than \(limits.file) bytes, or all have more than \(limits.total)."
                )
            }
            content += piece[..<count]
        }
    }

    private static func check(_ status: Int32, _ archive: OpaquePointer) throws {
        guard status >= ARCHIVE_WARN else {
            throw Failure(code: .damaged, reason: "It is damaged, or not an archive: \(reason(archive)).")
        }
    }

    private static func reason(_ archive: OpaquePointer) -> String {
        archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    }
}
