/// What a crawl of a web site may fetch, and how.
package struct CrawlOptions: Sendable {
    /// How many links away from the start pages may be. The default is 0: only the start, or the pages of a sitemap.
    package var depth = 0
    /// The most pages to request. The default is 500.
    package var maximumPages = 500
    /// Further hosts whose pages may be fetched, each with the hosts below it. The default is none: only the origin of the
    /// start, below its path.
    package var domains: [String] = []
    /// Whether addresses of private and reserved networks are allowed. The default is false.
    package var allowsPrivate = false
    /// The least time between the starts of two requests to one host. A `Crawl-delay` of the site lengthens it. The
    /// default is 0.2 s.
    package var pause: Duration = .milliseconds(200)
    /// Larger pages are not read. The default is 64 MiB.
    package var maximumPageBytes = 64 << 20
    /// The most bytes of all pages together. The default is 2 GiB.
    package var maximumBytes = 2 << 30
    /// The time for one page. The default is 60 s.
    package var timeout: Duration = .seconds(60)

    package init() {}

    /// The name of this program for servers, also in `robots.txt`.
    package static let userAgent = "quarry"
    /// A longer `Crawl-delay` counts as this.
    static let maximumCrawlDelay = 30.0
    /// Requests under way at a time.
    static let width = 4
    /// Redirects in a row that are followed.
    static let maximumRedirects = 5
    /// Sitemaps that are read in one crawl.
    static let maximumSitemaps = 1000
}

/// How far a crawl is.
package struct CrawlProgress: Sendable {
    /// Pages that were received or reported as unchanged.
    package var pages = 0
    /// Pages that are known and not requested yet, within the limit.
    package var waiting = 0
    /// The address of the last page.
    package var address = ""
}
