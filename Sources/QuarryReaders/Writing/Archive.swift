/// The files of a zip archive in memory, as office files and books are.
enum Archive {
    struct Limits {
        /// The most bytes of all files together, and of one.
        var total = 1 << 30
        var file = 256 << 20
        var files = 100_000
        /// The most bytes of all files together for each byte of the archive, after the first 16 MiB. Deflate reaches
        /// 1,000; XML of office files seldom 50.
        var ratio = 200

        /// What ``total`` and ``ratio`` allow for an archive of a size.
        func total(for size: Int) -> Int {
            let (product, isOverflow) = size.multipliedReportingOverflow(by: ratio)
            return min(total, max(16 << 20, isOverflow ? Int.max : product))
        }
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
        let archive = try ArchiveStream(bytes, kind: .zip)
        let allowed = limits.total(for: bytes.count)
        var (total, files) = (0, 0)
        while let entry = try archive.next() {
            files += 1
            guard files <= limits.files else {
                throw Failure(code: .tooManyFiles, reason: "It has more than \(limits.files) files.")
            }
            guard entry.isFile else { continue }
            if entry.isEncrypted { throw Failure(code: .encrypted, reason: "It is encrypted.") }
            let name = String(decoding: entry.name, as: UTF8.self)
            guard !name.isEmpty, wants(name) else { continue }
            let content = try archive.content(upTo: min(limits.file, allowed - total)) {
                limits.file <= allowed - total
                    ? "Unpacked, a file in it has more than \(limits.file) bytes."
                    : "Unpacked, its files have more than \(allowed) bytes."
            }
            total += content.count
            guard try body(name, content) else { return }
        }
    }

    /// The content of a file that is compressed alone, such as by gzip.
    ///
    /// - `limit`: The most bytes after unpacking.
    /// - Throws: ``Failure`` for damaged bytes, a compressed archive, and more bytes than the limit.
    static func unpackedFile(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let archive = try ArchiveStream(bytes, kind: .compressed)
        guard try archive.next() != nil, archive.isSingleFile else {
            throw Failure(code: .damaged, reason: "It is not a single compressed file.")
        }
        return try archive.content(upTo: limit) { "Unpacked, it has more than \(limit) bytes." }
    }
}

extension ArchiveStream {
    /// The whole content of the current entry.
    ///
    /// - `reason`: The sentence for more bytes than the limit.
    /// - Throws: `Archive.Failure`.
    fileprivate func content(upTo limit: Int, reason: () -> String) throws -> [UInt8] {
        var content: [UInt8] = []
        let end = self.content { piece in
            guard piece.count <= limit - content.count else { return false }
            content += piece
            return true
        }
        switch end {
        case .complete: return content
        case .damaged(let reason):
            throw Archive.Failure(code: .damaged, reason: "A file in it is damaged: \(reason).")
        case .limit: throw Archive.Failure(code: .tooLarge, reason: reason())
        }
    }
}
