import Foundation
package import QuarryCore
import QuarryHTTP
package import QuarryIndex
import QuarryProviders
package import QuarryReaders

/// Fetches the web sites that a person names, for an index.
package struct SiteFetch {
    private let settings: Settings
    private let trace: (@Sendable (String) -> Void)?
    /// A folder for what servers send.
    private let folder: ScratchFolder

    /// Whether an input is the address of a page and not a path.
    package static func isAddress(_ input: String) -> Bool {
        let start = input.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }

    /// - `trace`: Called for every request.
    /// - Throws: The errors of the file system.
    package init(settings: Settings, trace: (@Sendable (String) -> Void)? = nil) throws {
        (self.settings, self.trace) = (settings, trace)
        folder = try ScratchFolder()
    }

    /// Removes what servers sent.
    package func end() { folder.end() }

    /// Only if private addresses are allowed, a proxy is used: it looks up names itself, so that addresses could not be
    /// checked. A proxy of the environment is ignored otherwise, and one that is named is an error.
    private func client(allowsPrivate: Bool) throws -> HTTPClient {
        var configuration = try settings.connectionOptions.client(connections: CrawlOptions.width, trace: trace)
        configuration.userAgent = CrawlOptions.userAgent
        if !allowsPrivate { configuration.hosts = .publicOnly }
        return try HTTPClient(configuration)
    }

    /// The pages of sites, to index before ``end()``.
    ///
    /// - Returns: Also the addresses that cannot be fetched from.
    /// - Throws: `CancellationError`, and the errors of the client, of the index and of the file system.
    package func sites(
        _ requests: [(address: String, options: SiteOptions)], for index: CorpusIndex, readers: ReaderRegistry,
        onProgress: @escaping (CrawlProgress) -> Void
    ) async throws -> (sites: [FetchedSite], refused: [Rejection]) {
        let known = try await index.pages(readers: readers)
        var clients: [Bool: HTTPClient] = [:]
        var sites: [FetchedSite] = []
        var refused: [Rejection] = []
        for (number, (address, options)) in requests.enumerated() {
            let folder = folder.url.appending(path: "\(number)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            let client = try clients[options.allowsPrivate] ?? client(allowsPrivate: options.allowsPrivate)
            clients[options.allowsPrivate] = client
            do {
                var crawl = try SiteCrawl(
                    address, options: CrawlOptions(options), known: known, client: client, readers: readers,
                    folder: folder, onProgress: onProgress)
                sites.append(try await crawl.run())
            } catch let error as HTTPError {
                refused.append(
                    Rejection(
                        source: address.replacing(/\/\/[^\/?#]*@/, with: "//…@"), reason: .notFound,
                        message: error.message))
            }
        }
        return (sites, refused)
    }
}
