package import QuarryIndex

/// What a crawl of a web site may fetch, and how.
package struct CrawlOptions: Sendable {
    /// What a person asked for.
    package var site: SiteOptions
    /// The least time between the starts of two requests to one host. A `Crawl-delay` of the site lengthens it. The
    /// default is 0.2 s.
    package var pause: Duration = .milliseconds(200)
    /// The most bytes of all pages together. The default is 2 GiB.
    package var maximumBytes = 2 << 30
    /// The time for one page. The default is 60 s.
    package var timeout: Duration = .seconds(60)

    package init(_ site: SiteOptions = SiteOptions()) { self.site = site }

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
