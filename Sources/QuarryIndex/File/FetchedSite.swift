package import QuarryCore
import QuarryReaders

/// The pages of a web site as a crawl found them.
package struct FetchedSite: Sendable, Hashable {
    /// A page that a server sent, because it is new or perhaps changed.
    package struct Page: Sendable, Hashable {
        /// Its address, which names it in citations.
        package var address: String
        /// The path of the file that holds its bytes.
        package var file: String
        /// In bytes.
        package var size: Int
        /// As the server gives it, with its parameters.
        package var mediaType: String
        /// Whether a person named this page, instead of one that leads to it.
        package var isExplicit: Bool
        package var entityTag: String?
        package var lastModified: String?
        /// The addresses of the site that it leads to.
        package var links: [String]

        package init(
            address: String, file: String, size: Int, mediaType: String, isExplicit: Bool, entityTag: String?,
            lastModified: String?, links: [String]
        ) {
            self.address = address
            self.file = file
            self.size = size
            self.mediaType = mediaType
            self.isExplicit = isExplicit
            self.entityTag = entityTag
            self.lastModified = lastModified
            self.links = links
        }

        func load(maximumBytes: Int) throws(Rejection) -> Source {
            var source = try FoundFile(path: file, id: address).load(maximumBytes: maximumBytes)
            (source.isExplicit, source.mediaType) = (isExplicit, mediaType)
            return source
        }
    }

    /// The address that the crawl began at.
    package var start: String
    /// What the crawl was asked for.
    package var options = SiteOptions()
    package var pages: [Page] = []
    /// Pages of the index that the server reports as unchanged.
    package var unmodified: Set<String> = []
    /// Pages of the index that could not be checked. Their text stays.
    package var kept: Set<String> = []
    /// Pages that the server no longer has, or that are not to be indexed.
    package var gone: Set<String> = []
    /// Whether all pages within the limits were met, so that other pages of the site leave the index.
    package var isComplete = true
    /// Pages that could not be fetched.
    package var rejected: [Rejection] = []
    /// Pages that lead nowhere or are not to be indexed.
    package var skipped: [Rejection] = []
    package var warnings: [Rejection] = []
    /// Addresses that it leads to whose extension no reader handles. They are not fetched.
    package var unread: Set<String> = []
    package var requests = 0
    /// Of all bodies, after decompression.
    package var bytes = 0

    package init(start: String) { self.start = start }
}
