import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

/// Counts the facts of one file after the other, and makes the report of them.
struct AuditTally: ~Copyable {
    private var report: AuditReport
    private let readers: ReaderRegistry
    private let cutoff: String
    private var formats: [String: AuditReport.Format] = [:]
    private var encodings: [String: Int] = [:]
    private var languages: [Language?: AuditReport.LanguageShare] = [:]
    private var unread: [String: AuditReport.Problem] = [:]
    private var partlyRead: [String: AuditReport.Problem] = [:]
    private var warnings: [String: AuditReport.Problem] = [:]
    private var personalData: [String: AuditReport.PersonalDataCounts.Kind] = [:]
    private var licences: [String: AuditReport.Listing<String>] = [:]
    private var years: [String: Int] = [:]
    private var metadata: [String: AuditReport.MetadataKey] = [:]
    private var lengths: [Int] = []
    private var targets: [String] = []
    private var wikilinks: [(file: String, targets: Set<String>)] = []
    /// Whether there are more unread files than are known by name.
    private let hasUnknownNames: Bool
    /// The files with each digest.
    private var files: [ContentHash: [String]] = [:]
    /// The documents with each text, and the digests of their files.
    private var texts: [ContentHash: [(document: String, file: ContentHash?)]] = [:]
    private var names: [String] = []
    private var search: NearDuplicateSearch

    /// The most keys of metadata that are counted, and the most values of other lists that grow with what documents say.
    private static let maximumKeys = 10_000

    /// - Parameters:
    ///   - day: The day of the audit.
    ///   - limit: Documents of more years than this are old.
    init(inputs: [String], walk: WalkResult, readers: ReaderRegistry, day: String, limit: Int) throws {
        report = AuditReport(date: day, inputs: inputs)
        report.age.limit = limit
        self.readers = readers
        cutoff = DocumentDate.day(day, minusYears: limit)
        search = try NearDuplicateSearch()
        hasUnknownNames = walk.unread.count >= WalkResult.maximumUnread
        let unreadFiles = walk.unreadable.values.reduce(0, +)
        report.files.skipped = max(0, walk.skippedCount - unreadFiles)
        let known = Dictionary(grouping: walk.unread) { pathExtension(of: $0.source) ?? "" }.mapValues(\.count)
        for (format, count) in walk.unreadable {
            let bytes = walk.unreadableBytes[format] ?? 0
            self.count(format: format, files: count, bytes: bytes, documents: 0, unread: count)
            let reason = readers.needsModel("x.\(format)") ? Rejection.Reason.needsModel : .unsupportedFormat
            unread[reason.rawValue, default: .init(reason: reason.rawValue)]
                .files.count(unnamed: max(0, count - (known[format] ?? 0)))
        }
        for rejection in walk.unread {
            targets.append(rejection.source)
            let needsModel = readers.needsModel(rejection.source)
            Self.add(
                needsModel
                    ? Rejection(
                        source: rejection.source, reason: .needsModel, message: "Only a model can read this file.")
                    : rejection, to: &unread)
        }
        for rejection in walk.rejected {
            targets.append(rejection.source)
            Self.add(rejection, to: &unread)
            count(format: pathExtension(of: rejection.source) ?? "", files: 1, bytes: 0, documents: 0, unread: 1)
        }
        for warning in walk.warnings { Self.add(warning, to: &warnings) }
    }

    private static func add(_ rejection: Rejection, to problems: inout [String: AuditReport.Problem]) {
        let reason = rejection.reason.rawValue
        problems[reason, default: .init(reason: reason)].files.append(
            .init(
                name: rejection.line.map { "\(rejection.source):\($0)" } ?? rejection.source,
                message: rejection.message))
        problems[reason]?.files.count(unnamed: max(0, (rejection.omitted ?? 1) - 1))
    }

    private mutating func count(format: String, files: Int, bytes: Int, documents: Int, unread: Int) {
        var entry = formats[format] ?? AuditReport.Format(name: format)
        entry.files += files
        entry.bytes += bytes
        entry.documents += documents
        entry.unread += unread
        formats[format] = entry
        report.files.count += files
        report.files.bytes += bytes
    }

    /// - Throws: If the temporary file of ``NearDuplicateSearch`` cannot be written.
    mutating func add(_ source: consuming SourceFacts) throws {
        let file = source.file.id
        let isRead = !source.documents.isEmpty
        targets.append(file)
        count(
            format: pathExtension(of: file) ?? "", files: 1, bytes: source.file.size, documents: source.documents.count,
            unread: isRead ? 0 : 1)
        if isRead { report.files.read += 1 }
        if let encoding = source.encoding { encodings[encoding.rawValue, default: 0] += 1 }
        if isRead {
            for rejection in source.rejected { Self.add(rejection, to: &partlyRead) }
        } else if let first = source.rejected.first {
            Self.add(first, to: &unread)
        } else {
            Self.add(.init(source: file, reason: .empty, message: "The source contains no text."), to: &unread)
        }
        for warning in source.warnings { Self.add(warning, to: &warnings) }
        if let digest = source.digest { files[digest, default: []].append(file) }
        if !source.personalData.isEmpty {
            for (kind, count) in source.personalData {
                var entry = personalData[kind] ?? .init(kind: kind, count: 0, files: 0)
                entry.count += count
                entry.files += 1
                personalData[kind] = entry
            }
            report.personalData.files.append(.init(name: file, counts: source.personalData))
        }
        if !source.licences.isEmpty { report.licences.files += 1 }
        if isRead, LicenceHints.isLicence(file) { report.licences.licenceFiles.append(file) }
        for licence in source.licences where licences[licence] != nil || licences.count < Self.maximumKeys {
            licences[licence, default: .init()].append(file)
        }
        report.links.checked += source.links.checked
        for link in source.links.dangling {
            report.links.dangling.append(.init(file: file, target: link.target, isOutside: link.isOutside))
        }
        if !source.wikilinks.isEmpty { wikilinks.append((file, source.wikilinks)) }
        for document in source.documents { try add(document, digest: source.digest) }
    }

    private mutating func add(_ document: DocumentFacts, digest: ContentHash?) throws {
        let number = names.count
        names.append(document.id)
        lengths.append(document.words)
        languages[
            document.language,
            default: .init(
                code: document.language?.rawValue, name: document.language.map { "\($0)".capitalized } ?? "unknown")
        ].documents += 1
        languages[document.language]?.words += document.words
        if !document.hasTitle { report.withoutTitle.append(document.id) }
        for (key, type) in document.metadata where metadata[key] != nil || metadata.count < Self.maximumKeys {
            var entry = metadata[key] ?? .init(key: key)
            entry.documents += 1
            if !entry.types.contains(type) { entry.types = (entry.types + [type]).sorted() }
            metadata[key] = entry
        }
        count(date: document)
        let isFirst = texts[document.text] == nil
        texts[document.text, default: []].append((document.id, digest))
        // Equal texts are found by their digests.
        if isFirst, let (shingles, sketch) = document.shingles { try search.add(shingles, sketch, number: number) }
    }

    private mutating func count(date document: DocumentFacts) {
        let date = document.date
        years[String(date.prefix(4)), default: 0] += 1
        if document.isDateOfFile { report.age.fromFile += 1 } else { report.age.fromMetadata += 1 }
        if date < cutoff { report.age.older += 1 }
        if date > report.date { report.age.inFuture += 1 }
        let dated = AuditReport.Age.Dated(document: document.id, date: date)
        if report.age.oldest.map({ date < $0.date }) ?? true { report.age.oldest = dated }
        if report.age.newest.map({ date > $0.date }) ?? true { report.age.newest = dated }
    }

    /// The report of all files that were added.
    ///
    /// - Throws: If the temporary file of ``NearDuplicateSearch`` cannot be read; `CancellationError`.
    consuming func finish(questions: AuditReport.Questions?) throws -> AuditReport {
        report.formats = formats.values.sorted { ($1.files, $0.name) < ($0.files, $1.name) }
        report.encodings = Self.sorted(encodings)
        report.languages = languages.values.sorted { ($1.documents, $0.code ?? "") < ($0.documents, $1.code ?? "") }
        report.unread = Self.sorted(unread)
        report.partlyRead = Self.sorted(partlyRead)
        report.warnings = Self.sorted(warnings)
        report.duplicates = try duplicates()
        report.personalData.kinds = personalData.values.sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
        report.licences.hints = licences.map { AuditReport.Licence(name: $0.key, files: $0.value) }
            .sorted { ($1.files.count, $0.name) < ($0.files.count, $1.name) }
        checkWikilinks()
        report.age.years = years.sorted { $0.key < $1.key }.map { .init(name: $0.key, count: $0.value) }
        report.metadata = metadata.values.sorted { ($1.documents, $0.key) < ($0.documents, $1.key) }
        report.lengths = Self.lengths(lengths)
        report.questions = questions
        report.summary = AuditReport.Summary(of: report)
        return report
    }

    private static func sorted(_ counts: [String: Int]) -> [AuditReport.Count] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .init(name: $0.key, count: $0.value) }
    }

    private static func sorted(_ problems: [String: AuditReport.Problem]) -> [AuditReport.Problem] {
        problems.values.filter { $0.files.count > 0 }
            .sorted { ($1.files.count, $0.reason) < ($0.files.count, $1.reason) }
    }

    private func duplicates() throws -> AuditReport.Duplicates {
        var found = AuditReport.Duplicates()
        found.sameBytes = .init(Self.groups(files.values.filter { $0.count > 1 }))
        var redundant = 0
        var sameText: [[String]] = []
        for documents in texts.values where documents.count > 1 {
            redundant += documents.count - 1
            // Documents of equal files are listed above.
            if Set(documents.map(\.file)).count > 1 || documents[0].file == nil {
                sameText.append(documents.map(\.document))
            }
        }
        found.sameText = .init(Self.groups(sameText))
        for group in try search.groups() {
            redundant += group.members.count - 1
            found.near.append(
                .init(documents: group.members.map { names[$0] }, similarity: group.similarity))
        }
        found.redundantDocuments = redundant
        return found
    }

    /// Groups by their first names; the largest first.
    private static func groups(_ groups: some Sequence<[String]>) -> [[String]] {
        groups.map { $0.sorted() }.sorted { ($1.count, $0.first ?? "") < ($0.count, $1.first ?? "") }
    }

    private mutating func checkWikilinks() {
        let targets = WikilinkTargets(files: targets, links: wikilinks.lazy.flatMap(\.targets))
        for (file, links) in wikilinks {
            for link in links.sorted() {
                if hasUnknownNames, let format = pathExtension(of: link), !readers.reads("x.\(format)") { continue }
                report.links.checked += 1
                if !targets.contain(link) {
                    report.links.dangling.append(.init(file: file, target: "[[\(link)]]", isOutside: false))
                }
            }
        }
    }

    private static func lengths(_ words: [Int]) -> AuditReport.Lengths {
        var lengths = AuditReport.Lengths()
        let sorted = words.sorted()
        guard let first = sorted.first, let last = sorted.last else { return lengths }
        lengths.documents = sorted.count
        lengths.total = sorted.reduce(0, +)
        (lengths.shortest, lengths.longest) = (first, last)
        lengths.median = sorted[sorted.count / 2]
        lengths.ninthDecile = sorted[min(sorted.count - 1, sorted.count * 9 / 10)]
        lengths.short = sorted.count { $0 < AuditReport.Lengths.shortLimit }
        return lengths
    }
}
