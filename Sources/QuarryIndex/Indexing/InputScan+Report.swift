import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

extension InputScan {
    /// Fills in the counts that are known before reading.
    func begin(_ report: inout IndexingReport) {
        // A file that had two names keeps one of them.
        let kept = Set((diff.unchanged + diff.changed + diff.moved).map { ExactText($0.file.path) })
        report.sources.skipped = skipped + sites.skipped.count
        report.sources.unreadable = unreadable
        report.unread = unread
        for address in sites.sites.flatMap(\.unread).sorted() {
            report.sources.skipped += 1
            report.sources.unreadable[pathExtension(ofAddress: address) ?? "", default: 0] += 1
            if report.unread.count < WalkResult.maximumUnread { report.unread.append(.unsupported(address)) }
        }
        report.passedOver = sites.skipped
        for source in diff.unchanged.map(\.stored) + sites.unchanged {
            add(unchanged: source, as: source.name, to: &report)
        }
        for change in diff.moved {
            for part in leftOut(of: change.stored, as: change.file.id) { report.add(leftOut: part, of: change.file.id) }
            addWarnings(of: change.stored, as: change.file.id, to: &report)
        }
        report.web = sites.web
        report.web?.skipped = sites.skipped.count
        report.sources.moved = diff.moved.count { !emptySources.contains($0.stored.id) }
        report.sources.leftOut = diff.deleted.count { source in
            source.path.map { !kept.contains(ExactText($0)) && Self.isFile($0) } ?? false
        }
        report.sources.deleted = diff.deleted.count - report.sources.leftOut
        report.warnings = warnings
        report.quarantined = rejected.map(\.rejection) + rejectedInputs
        for source in diff.unchanged.map(\.stored) + diff.hidden + sites.unchanged {
            report.quarantined += faults[source.name] ?? []
        }
        for change in diff.moved {
            report.quarantined += (faults[change.stored.name] ?? []).map { fault in
                var fault = fault
                fault.source = change.file.id
                return fault
            }
        }
    }

    /// Counts a source whose content is the same, and names what was left out of it and its warnings.
    func add(unchanged source: StoredSource, as name: String, to report: inout IndexingReport) {
        report.add(
            unchanged: name, isEmpty: emptySources.contains(source.id), leftOut: leftOut(of: source, as: name))
        addWarnings(of: source, as: name, to: &report)
    }

    private func addWarnings(of source: StoredSource, as name: String, to report: inout IndexingReport) {
        guard let counts = earlierWarnings[source.id], report.earlierWarnings.count < WalkResult.maximumUnread else {
            return
        }
        report.earlierWarnings += SourceWarning.counted(counts, of: name)
    }

    private func leftOut(of source: StoredSource, as name: String) -> [Rejection] {
        source.leftOut(unreadParts[source.id] ?? [], hasText: !withoutText.contains(source.id), as: name)
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
