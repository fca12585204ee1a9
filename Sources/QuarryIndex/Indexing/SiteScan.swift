import QuarryCore

/// Compares the fetched pages of web sites with the index.
struct SiteScan {
    let sites: [FetchedSite]
    /// Pages to read, each once.
    private(set) var pages: [(page: FetchedSite.Page, site: String)] = []
    /// Stored pages that a server reports as unchanged, or that could not be checked.
    private(set) var unchanged: [StoredSource] = []
    /// Stored pages that are gone, or that nothing within the limits leads to any more.
    private(set) var deleted: [StoredSource] = []
    /// New owners of unchanged pages.
    private(set) var changes: [IndexChange] = []
    private var names: Set<String> = []

    /// - Complexity: O(pages + stored).
    init(_ sites: [FetchedSite], stored: [StoredSource]) {
        self.sites = sites
        guard !sites.isEmpty else { return }
        var met: Set<String> = []
        var owners: [String: String] = [:]
        for site in sites {
            for page in site.pages where met.insert(page.address).inserted { pages.append((page, site.start)) }
            for address in site.unmodified { owners[address] = site.start }
        }
        let kept = Set(sites.flatMap(\.kept))
        let gone = Set(sites.flatMap(\.gone))
        let complete = Set(sites.filter(\.isComplete).map(\.start))
        for source in stored {
            guard var page = source.page, !met.contains(source.name) else { continue }
            if let owner = owners[source.name] {
                unchanged.append(source)
                if page.site != owner {
                    page.site = owner
                    changes.append(.page(page, of: source.id))
                }
            } else if kept.contains(source.name) {
                unchanged.append(source)
            } else if gone.contains(source.name) || complete.contains(page.site) {
                deleted.append(source)
            }
        }
        names = met.union(unchanged.map(\.name))
    }

    /// What the crawls were asked for, by their starts. A crawl that met no page does not count.
    var options: [String: SiteOptions] {
        Dictionary(
            sites.filter { !$0.pages.isEmpty || !$0.unmodified.isEmpty || !$0.kept.isEmpty }.map {
                ($0.start, $0.options)
            }, uniquingKeysWith: { $1 })
    }

    /// Whether a name is that of an unchanged page or of one to read.
    func holds(_ name: String) -> Bool { names.contains(name) }

    var skipped: [Rejection] { sites.flatMap(\.skipped) }

    /// Nil without web sites.
    var web: IndexingReport.Web? {
        guard !sites.isEmpty else { return nil }
        var web = IndexingReport.Web()
        for site in sites {
            web.requests += site.requests
            web.bytes += site.bytes
            web.unmodified += site.unmodified.count
            web.kept += site.kept.count
        }
        return web
    }
}
