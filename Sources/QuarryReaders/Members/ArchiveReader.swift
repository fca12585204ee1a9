package import QuarryCore

/// Reads archives: ZIP, 7z and tar, and files compressed by gzip, bzip2, xz or zstd.
///
/// Each file in it gives its own documents, as if it lay in a folder with the name of the archive. Offsets, lines and
/// places are those of the file. Hidden files and links are skipped. An archive in an archive is named.
///
/// Nothing is written to disk. Of an archive that is damaged, encrypted in part or over a limit, the rest is read.
package struct ArchiveReader: ContainerReader {
    package struct Limits: Sendable {
        /// The most bytes of one file, and of all files together, unpacked.
        var file: Int
        var total: Int
        /// The most bytes of all files together for each byte of the archive, after the first 64 MiB.
        var ratio: Int
        var members: MemberLimits

        package init(
            file: Int = 256 << 20, total: Int = 1 << 30, ratio: Int = 200, files: Int = 100_000, text: Int = 256 << 20,
            duration: Duration = .seconds(900)
        ) {
            self.file = file
            self.total = total
            self.ratio = ratio
            members = MemberLimits(files: files, text: text, duration: duration)
        }

        /// What ``total`` and ``ratio`` allow for an archive of a size.
        fileprivate func total(for size: Int) -> Int {
            let (product, isOverflow) = size.multipliedReportingOverflow(by: ratio)
            return min(total, max(64 << 20, isOverflow ? Int.max : product))
        }
    }

    private let limits: Limits

    package init(limits: Limits = Limits()) { self.limits = limits }

    package var formatName: String { "archives" }
    package var pathExtensions: Set<String> { Set(Self.kinds.keys) }
    package var version: String { "archive/1" }
    package var obstacleInside: String? { "It is an archive inside of another file. Unpack it to have it read." }

    private static let kinds: [String: ArchiveStream.Kind] = [
        "zip": .zip, "7z": .sevenZip, "tar": .tar, "tgz": .tar, "tbz": .tar, "tbz2": .tar, "txz": .tar, "tzst": .tar,
        "gz": .compressed, "bz2": .compressed, "xz": .compressed, "zst": .compressed,
    ]

    package func read(_ source: Source) -> ReadResult {
        ReadResult(rejected: [
            Rejection(source: source.id, reason: .unsupportedFormat, message: obstacleInside ?? "")
        ])
    }

    package func read(_ source: Source, members: any MemberReader) async throws -> ReadResult {
        guard !source.bytes.isEmpty else { return ReadResult(rejected: [.empty(source.id)]) }
        let kind = pathExtension(of: source.id).flatMap { Self.kinds[$0] } ?? .zip
        do {
            let archive = try ArchiveStream(source.bytes, kind: kind)
            var pass = ArchivePass(
                source: source, members: members, limits: limits, total: limits.total(for: source.bytes.count))
            try await pass.read(archive)
            return pass.finish()
        } catch let failure as Archive.Failure {
            return ReadResult(rejected: [failure.rejection(of: source.id)])
        }
    }
}

/// Reads the files of one archive.
private struct ArchivePass {
    let source: Source
    let members: any MemberReader
    let limits: ArchiveReader.Limits
    /// How many bytes may still be unpacked.
    private var rest: Int
    private var names = MemberNames()
    private var charsets = NamedCharsets()
    private var result = ReadResult()
    private var files = 0
    /// An archive without files is not larger: one block of tar.
    private static let largestEmpty = 10_240
    private var encrypted = 0
    /// How many files are called otherwise than in the archive.
    private var renamed = 0
    /// The most of them that are named.
    private static let namedRenamed = 10
    private var budget: MemberBudget

    init(source: Source, members: any MemberReader, limits: ArchiveReader.Limits, total: Int) {
        self.source = source
        self.members = members
        self.limits = limits
        rest = total
        budget = MemberBudget(limits.members)
    }

    /// - Throws: `Archive.Failure` if nothing at all can be read, and what readers throw.
    mutating func read(_ archive: ArchiveStream) async throws {
        var entries = 0
        while true {
            try Task.checkCancellation()
            let entry: ArchiveStream.Entry
            do {
                guard let next = try archive.next() else { return }
                entry = next
            } catch let failure as Archive.Failure {
                guard entries > 0 else { throw failure }
                return warn(
                    "The archive is damaged after \(entries) entries, and was read up to there. \(failure.reason)")
            }
            entries += 1
            guard entries <= limits.members.files else {
                return warn("The archive has more than \(limits.members.files) entries. The others are left out.")
            }
            guard try await read(entry, of: archive) else { return }
        }
    }

    /// - Returns: Whether to go on.
    private mutating func read(_ entry: ArchiveStream.Entry, of archive: ArchiveStream) async throws -> Bool {
        let given =
            archive.isSingleFile
            ? nameOfSingleFile
            : String(
                decoding: charsets.decode(entry.name, charset: nil).utf8, as: UTF8.self)
        guard entry.isFile, !MemberNames.isHidden(given) else { return passOver(archive) }
        let (name, note) = names.name(for: given)
        files += 1
        if entry.isEncrypted {
            encrypted += 1
            reject(name, .encrypted, "It is encrypted. Unpack it to have it read.")
            return true
        }
        if let obstacle = members.obstacle(to: name, of: source) {
            result.unread.append(obstacle)
            return passOver(archive)
        }
        if let exhaustion = budget.exhaustion {
            warn("The archive has \(exhaustion). \(name) and what follows is left out.")
            return false
        }
        var content: [UInt8] = []
        let limit = min(limits.file, rest)
        let end = archive.content { piece in
            guard piece.count <= limit - content.count else { return false }
            content += piece
            return true
        }
        rest -= content.count
        switch end {
        case .complete: break
        case .damaged(let reason):
            guard !content.isEmpty else {
                reject(name, .undecodable, "It is damaged in the archive: \(reason).")
                return true
            }
            warn(
                name, "It is damaged in the archive after \(content.count) bytes, and was read up to there: \(reason).")
        case .limit:
            if limit < limits.file { return stopAtTotal(name) }
            reject(name, .tooLarge, "Unpacked, it has more than \(limits.file) bytes.")
            return archive.isSingleFile ? false : passOver(archive)
        }
        if let note {
            renamed += 1
            if renamed <= Self.namedRenamed { warn(name, note) }
        }
        let member = try await members.read(name, content, of: source, metadata: [:])
        budget.count(member)
        result.add(member)
        return true
    }

    /// Passes over the content of an entry. Where it has to be unpacked for that, it counts.
    private mutating func passOver(_ archive: ArchiveStream) -> Bool {
        guard !archive.canSkip else { return true }
        var rest = rest
        let deadline = budget.deadline
        let end = archive.content { piece in
            rest -= piece.count
            return rest >= 0 && ContinuousClock.now < deadline
        }
        self.rest = max(0, rest)
        guard end == .limit else { return true }
        guard rest >= 0 else { return stopAtTotal(nil) }
        warn(
            "Unpacking the archive takes longer than \(limits.members.duration.components.seconds) seconds. What follows "
                + "is left out.")
        return false
    }

    private mutating func stopAtTotal(_ name: String?) -> Bool {
        warn(
            "Unpacked, the archive has more than \(limits.total(for: source.bytes.count)) bytes. "
                + "\(name.map { "\($0) and what" } ?? "What") follows is left out.")
        return false
    }

    /// `notes.md` for `folder/notes.md.gz`.
    private var nameOfSingleFile: String {
        let name = source.id.split(separator: "/").last ?? ""
        return String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    }

    func finish() -> ReadResult {
        var result = result
        if renamed > Self.namedRenamed {
            result.warnings.append(
                Rejection(
                    source: source.id, reason: .undecodable,
                    message: "\(renamed - Self.namedRenamed) more files in it are called otherwise than in the archive."
                ))
        }
        guard result.documents.isEmpty else { return result }
        if files == 0 {
            result.rejected.append(
                Rejection(
                    source: source.id, reason: source.bytes.count > Self.largestEmpty ? .undecodable : .empty,
                    message: source.bytes.count > Self.largestEmpty
                        ? "No file is found in the archive. It may be damaged."
                        : "The archive holds no files, or only hidden ones."))
        } else if encrypted == files {
            result.rejected = [Archive.Failure(code: .encrypted, reason: "").rejection(of: source.id)]
        } else if result.rejected.isEmpty, result.unread.isEmpty {
            // A limit was met before the first file.
            result.rejected = result.warnings.prefix(1).map {
                Rejection(source: source.id, reason: .tooLarge, message: $0.message)
            }
            result.warnings = []
        }
        return result
    }

    private mutating func reject(_ name: String, _ reason: Rejection.Reason, _ message: String) {
        result.rejected.append(Rejection(source: source.id, reason: reason, message: "\(name): \(message)"))
    }

    private mutating func warn(_ name: String, _ message: String) {
        result.warnings.append(Rejection(source: "\(source.id)/\(name)", reason: .undecodable, message: message))
    }

    private mutating func warn(_ message: String) {
        result.warnings.append(Rejection(source: source.id, reason: .undecodable, message: message))
    }
}

extension Archive.Failure {
    fileprivate func rejection(of id: String) -> Rejection {
        switch code {
        case .encrypted:
            Rejection(
                source: id, reason: .encrypted,
                message: "The archive is encrypted. Unpack it with its password to have it read.")
        case .tooLarge, .tooManyFiles: Rejection(source: id, reason: .tooLarge, message: reason)
        case .damaged: Rejection(source: id, reason: .undecodable, message: reason)
        }
    }
}
