import CQuarryArchive

extension Archive {
    /// The content of a gzip file.
    ///
    /// - `limit`: The most bytes after unpacking.
    /// - Throws: ``Failure`` for damaged bytes, and for more bytes than the limit.
    static func unpackedGzip(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        guard let archive = archive_read_new() else { throw Failure(code: .damaged, reason: "It cannot be opened.") }
        defer { archive_read_free(archive) }
        archive_read_support_format_raw(archive)
        archive_read_support_filter_gzip(archive)
        return try bytes.withUnsafeBytes { bytes in
            var entry: OpaquePointer?
            guard archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
                archive_read_next_header(archive, &entry) == ARCHIVE_OK
            else { throw Failure(code: .damaged, reason: "It is damaged, or not a gzip file.") }
            var content: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = piece.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
                if count == 0 { return content }
                guard count > 0 else { throw Failure(code: .damaged, reason: "It is damaged.") }
                guard content.count + count <= limit else {
                    throw Failure(code: .tooLarge, reason: "Unpacked, it has more than \(limit) bytes.")
                }
                content += piece[..<count]
            }
        }
    }
}
