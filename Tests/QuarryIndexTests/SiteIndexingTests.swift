import Foundation
import GRDB
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Pages of web sites in an index, without a network: what a crawl found is given.
struct SiteIndexingTests {
    private let corpus: TestCorpus
    private let start = "https://example.org/"

    init() throws { corpus = try TestCorpus() }

    private func page(
        _ path: String, _ html: String, type: String = "text/html", tag: String? = nil, links: [String] = []
    ) throws -> FetchedSite.Page {
        let name = "fetched/\(UUID().uuidString)"
        try corpus.folder.write(html, to: name)
        return FetchedSite.Page(
            address: start + path, file: corpus.folder.path(name), size: html.utf8.count, mediaType: type,
            isExplicit: path.isEmpty, entityTag: tag, lastModified: nil, links: links)
    }

    private func site(_ pages: [FetchedSite.Page], _ change: (inout FetchedSite) -> Void = { _ in }) -> FetchedSite {
        var site = FetchedSite(start: start)
        site.pages = pages
        change(&site)
        return site
    }

    @discardableResult
    private func index(_ site: FetchedSite) async throws -> IndexingReport {
        try await corpus.indexer().index([.site(site)])
    }

    private func known() async throws -> [String: KnownPage] {
        try await corpus.open().pages(readers: ReaderRegistry())
    }

    private var a: FetchedSite.Page {
        get throws { try page("a", "<p>The heron waits.</p>", tag: "\"1\"", links: [start]) }
    }
    private var b: FetchedSite.Page { get throws { try page("b", "Plain otters swim.", type: "text/plain") } }

    @Test func `pages are cited by their addresses and read by their types`() async throws {
        let report = try await index(site([a, b]))
        #expect(report.sources.new == 2)
        #expect(report.quarantined.isEmpty)
        let hits = try await corpus.search("heron", mode: .bm25)
        #expect(hits.map(\.chunk.documentID) == [start + "a"])
        #expect(hits.first?.location.source == start + "a")
        #expect(hits.first?.location.path == nil)
        let known = try await known()
        #expect(known[start + "a"]?.entityTag == "\"1\"")
        #expect(known[start + "a"]?.links == [start])
        #expect(known[start + "a"]?.isCurrent == true)
        #expect(try corpus.open().problems() == [])
    }

    @Test func `an unmodified page costs nothing, and stays`() async throws {
        try await index(site([a, b]))
        let before = corpus.embedder.passages
        let report = try await index(site([]) { $0.unmodified = [start + "a", start + "b"] })
        #expect(report.sources.unchanged == 2)
        #expect(report.isEmpty)
        #expect(report.web?.unmodified == 2)
        #expect(corpus.embedder.passages == before)
        #expect(try await corpus.documents(with: "heron") == [start + "a"])
    }

    @Test func `a page sent again with the same bytes is not embedded, and gets its new tag`() async throws {
        try await index(site([a]))
        let before = corpus.embedder.passages
        let again = try page("a", "<p>The heron waits.</p>", tag: "\"2\"")
        let report = try await index(site([again]))
        #expect(report.sources.unchanged == 1)
        #expect(corpus.embedder.passages == before)
        #expect(try await known()[start + "a"]?.entityTag == "\"2\"")
    }

    @Test func `pages that are gone or not met leave the index, and pages that failed stay`() async throws {
        try await index(site([a, b, try page("c", "<p>Kingfishers dive.</p>")]))
        let failed = try await index(
            site([]) { site in
                site.kept = [start + "a"]
                site.gone = [start + "b"]
                site.isComplete = false
            })
        #expect(failed.sources.deleted == 1)
        #expect(failed.web?.kept == 1)
        #expect(Set(try await known().keys) == [start + "a", start + "c"])
        let complete = try await index(site([]) { $0.unmodified = [start + "a"] })
        #expect(complete.sources.deleted == 1)
        #expect(try await corpus.documents(with: "Kingfishers").isEmpty)
        #expect(Set(try await known().keys) == [start + "a"])
        #expect(try corpus.open().problems() == [])
    }

    @Test func `a page belongs to the site that met it last, and other inputs leave it alone`() async throws {
        try await index(site([a]))
        var other = FetchedSite(start: start + "x/")
        other.unmodified = [start + "a"]
        try await index(other)
        try await index(site([]))
        #expect(try await corpus.documents(with: "heron") == [start + "a"])
        try corpus.write("A file.", to: "file.md")
        try await corpus.index()
        #expect(try await corpus.documents(with: "heron") == [start + "a"])
        try await index(FetchedSite(start: start + "x/"))
        #expect(try await corpus.documents(with: "heron").isEmpty)
    }

    @Test func `a plan says what would change, and changes nothing`() async throws {
        try await index(site([a]))
        let report = try await corpus.indexer().plan([.site(site([b]))])
        #expect(report.sources.new == 1)
        #expect(report.sources.deleted == 1)
        #expect(Set(try await known().keys) == [start + "a"])
    }

    @Test func `a page with a fault is named again while it is unmodified`() async throws {
        let empty = try page("", "<html></html>", tag: "\"e\"")
        #expect(try await index(site([empty])).quarantined.map(\.reason) == [.empty])
        let report = try await index(site([]) { $0.unmodified = [start] })
        #expect(report.quarantined.map(\.reason) == [.empty])
    }

    // MARK: Options

    private func options(_ depth: Int, _ maximumPages: Int = 500) -> SiteOptions {
        var options = SiteOptions()
        (options.depth, options.maximumPages, options.domains) = (depth, maximumPages, ["docs.example.org"])
        return options
    }

    @Test func `the options of the last run of a site are kept as long as it has pages`() async throws {
        try await index(site([a]) { $0.options = options(2) })
        #expect(try await corpus.open().knownSites() == [start: options(2)])
        try await index(
            site([]) { site in
                site.unmodified = [start + "a"]
                site.options = options(3)
            })
        #expect(try await corpus.open().knownSites() == [start: options(3)])
        // A crawl that met no page, and one of a plan.
        try await index(site([]) { ($0.isComplete, $0.options) = (false, options(4)) })
        _ = try await corpus.indexer().plan([.site(site([a]) { $0.options = options(5) })])
        #expect(try await corpus.open().knownSites() == [start: options(3)])
        #expect(try corpus.open().problems() == [])
        try await index(FetchedSite(start: start))
        #expect(try await corpus.open().knownSites() == [:])
        // The options of the site without pages are forgotten with the next site.
        var other = FetchedSite(start: start + "x/")
        other.pages = [try page("x/1", "<p>Kingfishers dive.</p>")]
        try await index(other)
        let stored = try await DatabaseQueue(path: corpus.indexPath).read {
            try String.fetchOne($0, sql: "SELECT value FROM settings WHERE key = 'sites'")
        }
        #expect(stored?.contains("\"\(start)\"") == false && stored?.contains("x/") == true)
    }

    @Test(arguments: ["{", "{\"https://example.org/\": {\"depth\": 101}}"])
    func `options that are damaged or out of range are an error`(value: String) async throws {
        try await index(site([a]))
        let noPages =
            "{\"https://example.org/\":{\"depth\":1,\"maximumPages\":0,\"domains\":[],\"allowsPrivate\":false,"
            + "\"maximumPageBytes\":1}}"
        for text in [value, noPages] {
            try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction {
                try $0.execute(sql: "UPDATE settings SET value = ? WHERE key = 'sites'", arguments: [text])
            }
            await #expect(throws: CorpusError.self) { try await corpus.open().knownSites() }
        }
    }

    // MARK: Files of the version before

    /// Makes the file as version 1 made it.
    private func makeOld() async throws {
        try await DatabaseQueue(path: corpus.indexPath).write { try restoreIndexVersion(1, in: $0) }
    }

    @Test func `a file of the version before pages is searched as it is, and brought up to date when it is written`()
        async throws
    {
        try corpus.write("The heron waits.", to: "heron.md")
        try await corpus.index()
        try await makeOld()
        let old = try CorpusIndex.open(at: corpus.indexPath, readOnly: true)
        #expect(try await old.documents().count == 1)
        #expect(try old.problems() == [])
        #expect(try await old.pages(readers: ReaderRegistry()).isEmpty)
        #expect(try CorpusIndex.existing(at: corpus.indexPath) != nil)
        try await index(site([b]))
        #expect(try await corpus.documents(with: "otters") == [start + "b"])
        #expect(try await corpus.documents(with: "heron") == ["docs/heron.md"])
        #expect(try corpus.open().problems() == [])
    }

    @Test func `an edited row of a page is found by the doctor`() async throws {
        try await index(site([a]))
        try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction {
            try $0.execute(sql: "UPDATE pages SET entity_tag = 'other'")
        }
        #expect(try corpus.open().problems().contains { $0.hasPrefix("pages, row") })
        try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction {
            try $0.execute(sql: "UPDATE pages SET links = '{'")
        }
        await #expect(throws: CorpusError.self) { try await known() }
    }
}
