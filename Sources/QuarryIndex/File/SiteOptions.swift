import Foundation
import GRDB
import QuarrySQLite

/// What a person asked for when the pages of a web site were fetched. An index keeps it for the next update of the site.
///
/// Header fields, keys and passwords are never among it.
package struct SiteOptions: Sendable, Hashable, Codable {
    /// How many links away from the start pages may be. The default is 0: only the start, or the pages of a sitemap.
    package var depth = 0
    /// The most pages to request. The default is 500.
    package var maximumPages = 500
    /// Further hosts whose pages may be fetched, each with the hosts below it. The default is none: only the origin of the
    /// start, below its path.
    package var domains: [String] = []
    /// Whether addresses of private and reserved networks are allowed. The default is false.
    package var allowsPrivate = false
    /// Larger pages are not read. The default is 64 MiB.
    package var maximumPageBytes = 64 << 20

    package init() {}

    package static let depths = 0...100
    package static let pages = 1...1_000_000
    /// The most bytes of one page that can be asked for.
    private static let largestPage = 1 << 40

    /// Whether the numbers are in range.
    var isValid: Bool {
        Self.depths.contains(depth) && Self.pages.contains(maximumPages)
            && (1...Self.largestPage).contains(maximumPageBytes)
    }
}

/// The options of the last run of each web site, by the address that its crawl began at.
struct SiteSelections: Sendable, Hashable {
    private(set) var options: [String: SiteOptions] = [:]

    init(in db: Database) throws {
        guard let json = try SettingsTable.string(SettingsTable.sites, in: db) else { return }
        guard let options = try? JSONDecoder().decode([String: SiteOptions].self, from: Data(json.utf8)),
            options.values.allSatisfy(\.isValid)
        else {
            throw StoredValueError(
                place: "settings, row \(SettingsTable.sites)", reason: "it is not the options of web sites")
        }
        self.options = options
    }

    func store(in db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(options), as: UTF8.self)
        try SettingsTable.set(SettingsTable.sites, to: json, in: db)
    }

    /// Replaces the options of sites, and forgets those of sites that are not known any more.
    mutating func add(_ new: [String: SiteOptions], known: Set<String>) {
        options = options.filter { known.contains($0.key) }.merging(new) { $1 }
    }
}

extension CorpusIndex {
    /// The web sites that have pages in the index, each with the options of its last run; nil if an earlier version
    /// fetched it, which did not store them.
    package func knownSites() async throws -> [String: SiteOptions?] {
        try await read { db in
            let options = try SiteSelections(in: db).options
            return Dictionary(
                try StoredPage.sites(in: db).map { ($0, options[$0]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Stores the options of a run for its web sites.
    func remember(_ new: [String: SiteOptions]) throws {
        guard !new.isEmpty else { return }
        let (stored, known) = try translatingErrors(path: path) {
            try pool.read { (try SiteSelections(in: $0), try StoredPage.sites(in: $0)) }
        }
        var selections = stored
        selections.add(new, known: known)
        guard selections != stored else { return }
        let changed = selections
        try writeNow { try changed.store(in: $0) }
    }
}
