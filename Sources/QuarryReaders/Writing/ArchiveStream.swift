import CQuarryArchive

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files of an archive in memory, one after the other. Read with libarchive.
///
/// Nothing is written to disk, so names such as `../../etc/passwd` are only names.
final class ArchiveStream {
    /// What the bytes may be.
    enum Kind {
        case zip
        case sevenZip
        /// With or without compression.
        case tar
        /// A compressed file, or a compressed tar.
        case compressed
    }

    struct Entry {
        /// In UTF-8, or in an encoding that the archive does not say.
        var name: [UInt8]
        var isFile: Bool
        var isEncrypted: Bool
    }

    /// How the content of a file ends.
    enum End: Equatable {
        case complete
        /// The rest cannot be unpacked.
        case damaged(reason: String)
        /// More would exceed a limit.
        case limit
    }

    private let archive: OpaquePointer
    private let source: Pieces

    /// - Throws: `Archive.Failure`.
    init(_ bytes: [UInt8], kind: Kind) throws {
        guard let archive = archive_read_new() else {
            throw Archive.Failure(code: .damaged, reason: "It cannot be opened.")
        }
        self.archive = archive
        source = Pieces(bytes)
        try Self.enable(kind, for: bytes, archive)
        archive_read_set_read_callback(archive) { _, source, piece in
            guard let source, let piece else { return 0 }
            return Unmanaged<Pieces>.fromOpaque(source).takeUnretainedValue().next(&piece.pointee)
        }
        archive_read_set_seek_callback(archive) { _, source, offset, origin in
            guard let source else { return -1 }
            return Unmanaged<Pieces>.fromOpaque(source).takeUnretainedValue().seek(offset, origin)
        }
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(source).toOpaque())
        // Before it knows the format, libarchive must not be asked about encryption.
        guard archive_read_open1(archive) >= ARCHIVE_WARN else { throw damage }
    }

    deinit { archive_read_free(archive) }

    /// Enables the formats of a kind, and the one compression that the bytes have.
    ///
    /// libarchive would start a program for a compression that it was built without, so such a one is not enabled.
    private static func enable(_ kind: Kind, for bytes: [UInt8], _ archive: OpaquePointer) throws {
        switch kind {
        case .zip: archive_read_support_format_zip(archive)
        case .sevenZip: archive_read_support_format_7zip(archive)
        case .tar: archive_read_support_format_tar(archive)
        case .compressed:
            archive_read_support_format_tar(archive)
            archive_read_support_format_raw(archive)
        }
        guard kind == .tar || kind == .compressed else { return }
        guard let filter = filters.first(where: { bytes.starts(with: $0.signature) }) else {
            if kind == .tar { return }
            throw Archive.Failure(code: .damaged, reason: "It is not compressed by gzip, bzip2, xz or zstd.")
        }
        guard archive_read_support_filter_by_code(archive, filter.code) == ARCHIVE_OK else {
            throw Archive.Failure(
                code: .damaged, reason: "The libarchive of this machine does not read \(filter.name).")
        }
    }

    private static let filters: [(signature: [UInt8], code: Int32, name: String)] = [
        ([0x1F, 0x8B], ARCHIVE_FILTER_GZIP, "gzip"), (Array("BZh".utf8), ARCHIVE_FILTER_BZIP2, "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], ARCHIVE_FILTER_XZ, "xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], ARCHIVE_FILTER_ZSTD, "zstd"),
    ]

    /// Whether the archive is a single compressed file. Known after the first entry.
    var isSingleFile: Bool { archive_format(archive) == ARCHIVE_FORMAT_RAW }

    /// Whether files that are not read are skipped without being unpacked.
    var canSkip: Bool { archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP }

    /// The next entry; nil at the end.
    ///
    /// - Throws: `Archive.Failure` if the archive is damaged here.
    func next() throws -> Entry? {
        var entry: OpaquePointer?
        var name: UnsafePointer<CChar>?
        let status = quarry_archive_next(archive, &entry, &name)
        if status == ARCHIVE_EOF { return nil }
        guard status >= ARCHIVE_WARN else {
            guard archive_read_has_encrypted_entries(archive) == 1 else { throw damage }
            throw Archive.Failure(code: .encrypted, reason: "It is encrypted.")
        }
        guard let entry else { return nil }
        // A hard link has no content of its own.
        let isFile = archive_entry_filetype(entry) == Self.regularFile && archive_entry_hardlink(entry) == nil
        return Entry(
            name: name.map { Array(UnsafeBufferPointer(start: $0, count: strlen($0))).map(UInt8.init(bitPattern:)) }
                ?? [],
            isFile: isFile, isEncrypted: archive_entry_is_encrypted(entry) == 1)
    }

    /// `AE_IFREG`, which is a cast in C.
    private static let regularFile: mode_t = 0o100000

    /// Unpacks the content of the current entry.
    ///
    /// - `body`: Receives the content piece by piece. False ends it.
    func content(_ body: (UnsafeRawBufferPointer) -> Bool) -> End {
        var position: Int64 = 0
        while true {
            var piece: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let status = archive_read_data_block(archive, &piece, &count, &offset)
            if status == ARCHIVE_EOF { return .complete }
            guard status == ARCHIVE_OK else { return .damaged(reason: reason) }
            // A sparse file has gaps, which are zeros.
            while position < offset {
                let gap = min(Self.zeros.count, Int(offset - position))
                guard Self.zeros.withUnsafeBytes({ body(.init(rebasing: $0[..<gap])) }) else { return .limit }
                position += Int64(gap)
            }
            guard count > 0 else { continue }
            guard body(UnsafeRawBufferPointer(start: piece, count: count)) else { return .limit }
            position += Int64(count)
        }
    }

    private static let zeros = [UInt8](repeating: 0, count: 1 << 16)

    private var damage: Archive.Failure {
        Archive.Failure(code: .damaged, reason: "It is damaged, or not an archive: \(reason).")
    }

    private var reason: String {
        archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    }

    /// Bytes as libarchive asks for them, without a copy of all.
    private final class Pieces {
        private let bytes: [UInt8]
        private var offset = 0
        private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        deinit { piece.deallocate() }

        func next(_ pointer: inout UnsafeRawPointer?) -> Int {
            let count = min(piece.count, bytes.count - offset)
            bytes.withUnsafeBytes {
                piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
            offset += count
            pointer = UnsafeRawPointer(piece.baseAddress)
            return count
        }

        func seek(_ distance: Int64, _ origin: Int32) -> Int64 {
            let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? offset : bytes.count
            let (target, isOverflow) = Int64(start).addingReportingOverflow(distance)
            guard !isOverflow, target >= 0, target <= bytes.count else { return Int64(ARCHIVE_FATAL) }
            offset = Int(target)
            return target
        }
    }
}
