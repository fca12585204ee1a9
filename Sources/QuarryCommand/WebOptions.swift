import ArgumentParser
import Quarry
import QuarrySession

/// The pages that are fetched from a web site.
struct WebOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Follow links from the page, or from the pages of the sitemap, so many steps.", valueName: "steps"))
    var depth = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("The most pages to fetch of a site.", valueName: "pages"))
    var maxPages = 500

    @Option(
        help: ArgumentHelp(
            "Also follow links to this host and those below it. Otherwise only pages below the given address are fetched. Repeatable.",
            valueName: "host"))
    var allowDomain: [String] = []

    @Flag(help: "Also fetch from private networks and from this machine.")
    var allowPrivate = false

    func validate() throws {
        guard SiteOptions.depths.contains(depth) else {
            throw ValidationError("--depth \(depth) is not in \(SiteOptions.depths).")
        }
        guard SiteOptions.pages.contains(maxPages) else {
            throw ValidationError("--max-pages \(maxPages) is not in \(SiteOptions.pages).")
        }
        for host in allowDomain where host.isEmpty || host.contains(where: { "/:@ ".contains($0) }) {
            throw ValidationError(
                "--allow-domain “\(host)” is not a host. Give its name alone, such as docs.example.org.")
        }
    }

    /// - `maximumFileSize`: In MiB.
    func options(maximumFileSize: Int) -> SiteOptions {
        var options = SiteOptions()
        options.depth = depth
        options.maximumPages = maxPages
        options.domains = allowDomain
        options.allowsPrivate = allowPrivate
        options.maximumPageBytes = min(options.maximumPageBytes, maximumFileSize << 20)
        return options
    }

    /// - Throws: A wrong usage, if the settings allow no page.
    func check(_ settings: Settings) throws {
        guard !settings.localOnly.value || allowPrivate else {
            throw ValidationError(
                "Only this machine is allowed (--local-only). To fetch its pages, add --allow-private.")
        }
    }
}
