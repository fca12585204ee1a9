package import Foundation
import QuarryCore
package import QuarryHTTP
package import QuarryIndex
package import QuarryReaders

/// Fetches the pages of a web site, in the order in which they are found.
///
/// It reads `robots.txt` first, keeps to the scope and the limits of its options, and asks for pages of the index only
/// whether they changed. One value fetches one site.
package struct SiteCrawl {
    let options: CrawlOptions
    let request: PageRequest
    let known: [String: KnownPage]
    private let onProgress: (CrawlProgress) -> Void
    var robots: RobotsFiles
    /// The hosts whose rules are more than are read.
    private var cutRules: Set<String> = []
    private var pace: RequestPace

    var site: FetchedSite
    /// Nil until the start is fetched.
    var scope: WebScope?
    private var queue: [CrawlTarget] = []
    private var met: Set<String> = []
    var pages: [String: FetchedSite.Page] = [:]
    var aliases = PageAliases()
    /// Pages and sitemaps that were put into ``queue``, without the targets of redirects.
    var queued = (pages: 0, sitemaps: 0)
    private var progress = CrawlProgress()

    /// - Parameters:
    ///   - start: The address of a page or a sitemap.
    ///   - known: The pages of the index, by address.
    ///   - client: Connects to hosts that it allows.
    ///   - readers: Pages that no reader handles are not fetched.
    ///   - folder: An empty folder for what servers send. It must exist until the pages are indexed.
    ///   - onProgress: Called for every page.
    /// - Throws: `HTTPError` for a start that is not a web address.
    package init(
        _ start: String, options: CrawlOptions, known: [String: KnownPage], client: HTTPClient, readers: ReaderRegistry,
        folder: URL, onProgress: @escaping (CrawlProgress) -> Void = { _ in }
    ) throws {
        let url = try WebAddress.page(start)
        self.options = options
        self.known = known
        self.onProgress = onProgress
        var limits = HTTPLimits()
        limits.connectTimeout = .seconds(10)
        (limits.firstByteTimeout, limits.idleTimeout) = (options.timeout, options.timeout)
        limits.totalTimeout = options.timeout
        limits.maximumBodyBytes = options.site.maximumPageBytes
        limits.maximumRedirects = 0
        request = PageRequest(client: client, readers: readers, limits: limits, folder: folder)
        robots = RobotsFiles(client: client, limits: limits)
        pace = RequestPace(pause: options.pause)
        site = FetchedSite(start: url.string)
        site.options = options.site
        add(CrawlTarget(url: url, depth: 0, kind: .start))
    }

    /// Fetches the pages.
    ///
    /// - Throws: `CancellationError`, and the errors of the file system. A page that cannot be fetched is a rejection.
    package mutating func run() async throws -> FetchedSite {
        var (begun, taken, inFlight) = (0, 0, 0)
        /// Nil for a target that may not be fetched.
        var ready: [Int: PageRequest.Outcome?] = [:]
        try await withThrowingTaskGroup(of: (number: Int, outcome: PageRequest.Outcome).self) { group in
            while true {
                // The start decides the scope, so it comes alone.
                let width = scope == nil ? 1 : CrawlOptions.width
                while begun < queue.count, inFlight + ready.count < width {
                    let (number, target) = (begun, queue[begun])
                    begun += 1
                    guard try await admits(target) else {
                        ready[number] = .some(nil)
                        break
                    }
                    let page = known[target.address].flatMap { $0.isCurrent ? $0 : nil }
                    group.addTask { [request] in
                        (number, try await request.outcome(of: target, known: page, number: number))
                    }
                    inFlight += 1
                }
                // In the order of the queue, which makes the result repeatable.
                if let outcome = ready.removeValue(forKey: taken) {
                    if let outcome { try take(outcome, of: queue[taken]) }
                    taken += 1
                    continue
                }
                guard inFlight > 0, let (number, outcome) = try await group.next() else { break }
                inFlight -= 1
                ready[number] = outcome
            }
        }
        site.requests += robots.requests
        finish()
        return site
    }

    /// Adds a target, unless it was met before or lies beyond a limit.
    mutating func add(_ target: CrawlTarget) {
        guard !met.contains(target.address) else { return }
        if target.via.isEmpty, target.kind == .page || target.kind == .sitemap {
            let isSitemap = target.kind == .sitemap
            guard isSitemap ? queued.sitemaps < CrawlOptions.maximumSitemaps : queued.pages < options.site.maximumPages
            else {
                site.isComplete = false
                return
            }
            if robots.forbids(target.url) {
                met.insert(target.address)
                forbid(target)
                return
            }
            if isSitemap { queued.sitemaps += 1 } else { queued.pages += 1 }
        }
        met.insert(target.address)
        queue.append(target)
        progress.waiting += 1
    }

    /// Waits until a target may be requested.
    ///
    /// - Returns: Whether it may be requested at all.
    private mutating func admits(_ target: CrawlTarget) async throws -> Bool {
        try Task.checkCancellation()
        guard site.bytes < options.maximumBytes else {
            site.isComplete = false
            return false
        }
        switch try await robots.rules(for: target.url) {
        case .failure(let error):
            fail(target, error.message, error.isPrivate ? .privateAddress : .unreachable, isOfRobots: true)
            return false
        case .success(let rules):
            warn(of: rules, at: target.url)
            guard rules.allows(target.url.pathAndQuery) else {
                forbid(target)
                return false
            }
            try await pace.wait(for: target.url, crawlDelay: rules.crawlDelay)
            site.requests += 1
            return true
        }
    }

    /// Says once for each host that not all of its rules count as they are written.
    private mutating func warn(of rules: RobotsRules, at url: HTTPURL) {
        let count = rules.wildcardsBeyondLimit
        guard count > 0, cutRules.insert(url.origin).inserted else { return }
        site.warnings.append(
            Rejection(
                source: url.origin + "/robots.txt", reason: .tooLarge,
                message: "It has \(count) \(count == 1 ? "rule" : "rules") with “*” beyond the limit of "
                    + "\(RobotsRules.maximumWildcards). Those that forbid count up to their first “*”, and those that allow "
                    + "are left out, so pages may be missing."))
    }

    mutating func note(_ target: CrawlTarget, isPage: Bool) {
        if isPage { progress.pages += 1 }
        progress.waiting = max(0, progress.waiting - 1)
        progress.address = target.address
        onProgress(progress)
    }
}

/// An address to fetch.
struct CrawlTarget: Sendable {
    var url: HTTPURL
    /// How many links it is away from the start.
    var depth: Int
    var kind: Kind
    /// The addresses that redirected to it, the first one first.
    var via: [String] = []
    /// The page that leads to it.
    var from: String?

    enum Kind {
        /// The address that a person named: a page or a sitemap.
        case start
        case page
        case sitemap
    }

    var address: String { url.string }
}

extension HTTPURL {
    /// What a request asks the server for.
    var pathAndQuery: String { query.map { "\(path)?\($0)" } ?? path }
}
