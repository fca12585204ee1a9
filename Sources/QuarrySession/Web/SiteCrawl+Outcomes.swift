import QuarryCore
import QuarryHTTP
import QuarryIndex
import QuarryReaders

extension SiteCrawl {
    /// What an answer of the server means for the site.
    mutating func take(_ outcome: PageRequest.Outcome, of target: CrawlTarget) throws {
        var isPage = false
        switch outcome {
        case .page(let page):
            isPage = true
            take(page, of: target)
        case .unmodified:
            isPage = true
            openScope(at: target)
            site.unmodified.insert(target.address)
            follow(known[target.address]?.links ?? [], from: target)
        case .sitemap(let sitemap, let bytes):
            site.bytes += bytes
            take(sitemap, of: target)
        case .redirect(let location, let status): redirect(target, to: location, status)
        case .gone(let status):
            site.gone.insert(target.address)
            let message = "The server does not have it (status \(status))."
            if known[target.address] != nil {
                site.warnings.append(
                    Rejection(
                        source: target.address, reason: .notFound,
                        message: message + " Its text is removed from the index."))
            } else {
                leaveOut(target, .notFound, message)
            }
        case .unread(let mediaType):
            if known[target.address] != nil { site.gone.insert(target.address) }
            leaveOut(
                target, .unsupportedFormat,
                mediaType.isEmpty ? "Its format is not supported." : "Its format, \(mediaType), is not supported.")
        case .refused(let status):
            let message = "The server refuses to send it (status \(status))."
            if known[target.address] != nil || target.kind != .page {
                fail(target, message)
            } else {
                leaveOut(target, .disallowed, message)
            }
        case .forbidden(let reason): fail(target, reason, .privateAddress)
        case .failed(let reason): fail(target, reason)
        }
        note(target, isPage: isPage)
    }

    /// The scope of the crawl, from the first page that a server sends.
    private mutating func openScope(at target: CrawlTarget, isWhole: Bool = false) {
        guard scope == nil else { return }
        scope = WebScope(target.url, isWhole: isWhole, domains: options.site.domains)
        if !isWhole { queued.pages += 1 }
    }

    private mutating func take(_ page: PageRequest.Page, of target: CrawlTarget) {
        site.bytes += page.bytes
        guard target.kind != .sitemap else {
            fail(target, "It is not a sitemap.")
            return
        }
        openScope(at: target)
        var base = target.url
        if let given = page.links.base, let url = try? WebAddress.page(given, on: target.url) { base = url }
        var links: [String] = []
        if !page.directives.nofollow {
            var seen: Set<String> = [target.address]
            for text in page.links.targets {
                guard let url = try? WebAddress.page(text, on: base), scope?.contains(url) == true,
                    seen.insert(url.string).inserted
                else { continue }
                links.append(url.string)
            }
            if page.links.omitted > 0, target.depth < options.site.depth {
                site.warnings.append(
                    Rejection(
                        source: target.address, reason: .tooLarge,
                        message: "It has \(page.links.omitted) links beyond the limit of \(PageLinks.maximumLinks). "
                            + "They are not followed."))
            }
        }
        if page.directives.noindex {
            site.gone.insert(target.address)
            leaveOut(target, .disallowed, "It asks not to be indexed (noindex).")
        } else {
            pages[target.address] = FetchedSite.Page(
                address: target.address, file: page.file, size: page.bytes, mediaType: page.mediaType,
                isExplicit: target.kind == .start, entityTag: page.entityTag, lastModified: page.lastModified,
                links: links)
            // The page that a person named may be a copy, such as one for printing, beside the pages below it.
            if let own = page.canonical, let url = try? WebAddress.page(own, on: base),
                scope?.contains(url) == true || target.kind == .start && url.origin == target.url.origin,
                aliases.add(target.address, for: url.string, isRedirect: false)
            {
                add(CrawlTarget(url: url, depth: target.depth, kind: .page, from: target.address))
            }
        }
        follow(links, from: target)
    }

    private mutating func follow(_ links: [String], from target: CrawlTarget) {
        guard target.depth < options.site.depth else { return }
        for link in links {
            // The rules of a site can make each look slow.
            guard !Task.isCancelled else { return }
            guard let url = try? HTTPURL(link), scope?.contains(url) == true else { continue }
            guard request.reads(link) else {
                if site.unread.count < WalkResult.maximumUnread { site.unread.insert(link) }
                continue
            }
            add(CrawlTarget(url: url, depth: target.depth + 1, kind: .page, from: target.address))
        }
    }

    private mutating func take(_ sitemap: Sitemap, of target: CrawlTarget) {
        openScope(at: target, isWhole: true)
        if let fault = sitemap.fault {
            site.isComplete = false
            site.warnings.append(Rejection(source: target.address, reason: .brokenRecord, message: fault))
        }
        var foreign = 0
        for (addresses, kind) in [(sitemap.sitemaps, CrawlTarget.Kind.sitemap), (sitemap.pages, .page)] {
            for text in addresses {
                guard !Task.isCancelled else { return }
                guard let url = try? WebAddress.page(text, on: target.url), scope?.contains(url) == true else {
                    foreign += 1
                    continue
                }
                add(CrawlTarget(url: url, depth: 0, kind: kind, from: target.address))
            }
        }
        if foreign > 0 {
            site.warnings.append(
                Rejection(
                    source: target.address, reason: .disallowed,
                    message: "\(foreign) of its addresses are of another site. They are not fetched."))
        }
    }

    private mutating func redirect(_ target: CrawlTarget, to location: String, _ status: Int) {
        guard let url = try? WebAddress.page(location, on: target.url) else {
            fail(target, "It redirects (status \(status)) to an address that is not of the web.")
            return
        }
        guard target.via.count < CrawlOptions.maximumRedirects, url != target.url, !target.via.contains(url.string)
        else {
            fail(target, "It redirects in a circle, or more than \(CrawlOptions.maximumRedirects) times.")
            return
        }
        let isInside =
            scope?.contains(url)
            ?? (WebScope.isSameSite(target.url, url)
                || WebScope(target.url, isWhole: true, domains: options.site.domains).contains(url))
        guard isInside else {
            let message = "It redirects to \(url), which is outside of the pages to fetch."
            if target.kind != .page {
                fail(target, message)
            } else {
                // A lasting redirect: the page is not here any more.
                if [301, 308].contains(status) { site.gone.insert(target.address) } else { keep(target) }
                leaveOut(target, .disallowed, message)
            }
            return
        }
        if target.kind == .page || target.kind == .start {
            _ = aliases.add(target.address, for: url.string, isRedirect: true)
        }
        add(
            CrawlTarget(
                url: url, depth: target.depth, kind: target.kind, via: target.via + [target.address], from: target.from)
        )
    }

    // MARK: Pages that are not read

    /// A page that cannot be fetched now. The index keeps its text, and the crawl goes on with the links that it had.
    mutating func fail(
        _ target: CrawlTarget, _ text: String, _ reason: Rejection.Reason = .unreachable, isOfRobots: Bool = false
    ) {
        var message = text
        if known[target.address] != nil {
            message += " Its text stays in the index as it was."
            keep(target)
            follow(known[target.address]?.links ?? [], from: target)
        }
        // What it leads to is not known, unless it is in the index.
        if target.kind != .page || known[target.address] == nil { site.isComplete = false }
        // One sentence for all pages of a server without rules.
        if isOfRobots, target.kind == .page, robots.isReported(target.url) { return }
        site.rejected.append(Rejection(source: target.address, reason: reason, message: message))
    }

    private mutating func keep(_ target: CrawlTarget) {
        if known[target.address] != nil { site.kept.insert(target.address) }
    }

    /// A page that `robots.txt` forbids to fetch.
    mutating func forbid(_ target: CrawlTarget) {
        site.gone.insert(target.address)
        leaveOut(target, .disallowed, "The site's robots.txt does not allow it.")
    }

    /// A page that is not indexed. One that a person named is rejected.
    private mutating func leaveOut(_ target: CrawlTarget, _ reason: Rejection.Reason, _ message: String) {
        let from = target.from.map { " Linked from \($0)." } ?? ""
        let rejection = Rejection(source: target.address, reason: reason, message: message + from)
        if target.kind != .page {
            site.rejected.append(rejection)
        } else if site.skipped.count < WalkResult.maximumUnread {
            site.skipped.append(rejection)
        }
    }

    /// Leaves out the pages that lead to another one which was read.
    mutating func finish() {
        func isThere(_ address: String) -> Bool {
            pages[address] != nil || site.unmodified.contains(address) || site.kept.contains(address)
        }
        for (address, isRedirect) in aliases.addresses {
            let target = aliases.end(of: address)
            if target != address, isThere(target) {
                site.gone.insert(address)
                guard !isRedirect, pages.removeValue(forKey: address) != nil else { continue }
                site.skipped.append(
                    Rejection(
                        source: address, reason: .disallowed,
                        message: "It names \(target) as its own address, which is read instead."))
            } else if isRedirect, known[address] != nil {
                site.kept.insert(address)
            }
        }
        site.pages = pages.values.sorted { $0.address < $1.address }
        if !site.isComplete, scope != nil, queued.pages >= options.site.maximumPages {
            site.warnings.append(
                Rejection(
                    source: site.start, reason: .disallowed,
                    message:
                        "It has more pages than the limit of \(options.site.maximumPages). The others are not fetched.")
            )
        } else if site.bytes >= options.maximumBytes {
            site.warnings.append(
                Rejection(
                    source: site.start, reason: .tooLarge,
                    message: "Its pages have more than \(options.maximumBytes) bytes, the limit. The others are not "
                        + "fetched."))
        }
    }
}

/// Addresses that lead to another page of the site, by a redirect or by naming it as their own address.
struct PageAliases {
    private var targets: [String: (address: String, isRedirect: Bool)] = [:]
    /// Longer chains are not followed.
    private static let maximumLength = 10

    /// - Returns: Whether the address is an alias now. It is not if it names itself, or the target leads back to it.
    mutating func add(_ address: String, for target: String, isRedirect: Bool) -> Bool {
        guard target != address, end(of: target) != address else { return false }
        targets[address] = (target, isRedirect)
        return true
    }

    /// The page that an address leads to; itself if it is not an alias.
    func end(of address: String) -> String {
        var address = address
        for _ in 0..<Self.maximumLength {
            guard let next = targets[address] else { break }
            address = next.address
        }
        return address
    }

    /// In alphabetical order.
    var addresses: [(address: String, isRedirect: Bool)] {
        targets.map { ($0.key, $0.value.isRedirect) }.sorted { $0.address < $1.address }
    }
}
