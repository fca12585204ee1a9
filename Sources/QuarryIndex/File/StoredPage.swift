import Foundation
import GRDB
import QuarryChunking
import QuarryCore
package import QuarryReaders
import QuarrySQLite

/// A row of `pages`: what a server said about a source that is a page of a web site.
struct StoredPage: Sendable, Hashable, Codable {
    /// The address that the crawl began at.
    var site: String
    var mediaType: String
    var entityTag: String?
    var lastModified: String?
    /// The addresses of the site that it leads to.
    var links: [String]

    init(_ page: FetchedSite.Page, of site: String) {
        self.site = site
        (mediaType, links) = (page.mediaType, page.links)
        (entityTag, lastModified) = (page.entityTag, page.lastModified)
    }

    private init(_ row: StoredRow) throws {
        (site, mediaType) = (try row.text(1), try row.text(2))
        (entityTag, lastModified) = (try row.optional(3, row.text), try row.optional(4, row.text))
        guard let links = try? JSONDecoder().decode([String].self, from: Data(try row.text(5).utf8)) else {
            throw row.error(5, "it is not a list of addresses")
        }
        self.links = links
    }

    /// The addresses that the crawls of the pages began at.
    static func sites(in db: Database) throws -> Set<String> {
        guard try db.tableExists(CheckedTable.pages.name) else { return [] }
        let rows = try Row.fetchAll(db, sql: "SELECT DISTINCT site FROM pages")
        return Set(try rows.map { try StoredRow($0, of: "pages").text(0) })
    }

    /// All rows by the ids of their sources. A file of an earlier version has none.
    static func all(in db: Database) throws -> [Int64: StoredPage] {
        guard try db.tableExists(CheckedTable.pages.name) else { return [:] }
        let rows = try Row.fetchCursor(
            db, sql: "SELECT source, site, media_type, entity_tag, last_modified, links FROM pages")
        var pages: [Int64: StoredPage] = [:]
        while let row = try rows.next().map({ StoredRow($0, of: "pages") }) {
            pages[try row.integer(0)] = try StoredPage(row)
        }
        return pages
    }
}

extension IndexWriter {
    /// Stores what a server said about a source. A source that is not a page any more loses its row.
    func store(_ page: StoredPage?, of source: Int64) throws {
        guard let page else { return try db.execute(sql: "DELETE FROM pages WHERE source = ?", arguments: [source]) }
        let links = String(decoding: try IndexWriter.jsonEncoder().encode(page.links), as: UTF8.self)
        try db.execute(sql: "DELETE FROM pages WHERE source = ?", arguments: [source])
        try db.execute(
            sql: CheckedTable.pages.insertion,
            arguments: [source, page.site, page.mediaType, page.entityTag, page.lastModified, links])
    }
}

/// A page of a web site in an index, as a crawl needs it.
package struct KnownPage: Sendable, Hashable {
    /// The address that the crawl began at.
    package var site: String
    package var entityTag: String?
    package var lastModified: String?
    /// The addresses of the site that it leads to.
    package var links: [String]
    /// Whether the index has all of it as the current reader reads it, so that it is enough to ask whether it changed.
    package var isCurrent: Bool

    package init(site: String, entityTag: String?, lastModified: String?, links: [String], isCurrent: Bool) {
        self.site = site
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.links = links
        self.isCurrent = isCurrent
    }
}

extension CorpusIndex {
    /// The pages of web sites in the index, by address.
    package func pages(readers: ReaderRegistry) async throws -> [String: KnownPage] {
        let sources = try await read { try StoredInputs($0).sources }
        let readers = readers.cutting(by: settings.chunking)
        var pages: [String: KnownPage] = [:]
        for source in sources {
            guard let page = source.page else { continue }
            pages[source.name] = KnownPage(
                site: page.site, entityTag: page.entityTag, lastModified: page.lastModified, links: page.links,
                isCurrent: source.sha256 != nil && source.isCurrent(readers, mediaType: page.mediaType))
        }
        return pages
    }
}
