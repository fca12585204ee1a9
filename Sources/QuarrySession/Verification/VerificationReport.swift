package import Quarry

/// The result of verifying quotes: the JSON `quarry.verify/1`.
package struct VerificationReport: Sendable, Encodable {
    package enum Status: String, Sendable, Encodable, CaseIterable {
        /// As in `CitationCheck`, for a citation of this program.
        case valid, moved, changed, gone
        /// A page of the web that the index does not have. Pages are not fetched to verify them.
        case unknown
        /// A quote that was made elsewhere is in the source that is named, or in some document if none is named.
        case supported
        /// It is in another document than the named one.
        case misattributed
        /// It is in no document that could be searched.
        case notFound

        /// Whether the quote is in the source that is named.
        package var stands: Bool { [.valid, .moved, .supported].contains(self) }
    }

    package struct Place: Sendable, Encodable {
        package var source: String
        /// The file inside of the source, such as one of an archive.
        package var member: String?
        /// Absolute; nil without a file.
        package var path: String?
        /// First and last, from 1.
        package var lines: [Int]
        /// Start and end, without the end.
        package var bytes: [Int]
        /// Pages, cells, messages and the like; empty for text.
        package var places: [QuarryCore.Place]
        /// What the lines and bytes are counted in.
        package var base: SourceMap.Base

        init(_ location: SourceLocation) {
            source = location.source
            member = location.member
            path = location.path
            lines = [location.lines.lowerBound, location.lines.upperBound]
            bytes = [location.bytes.lowerBound, location.bytes.upperBound]
            (places, base) = (location.places, location.base)
        }
    }

    package struct Entry: Sendable, Encodable {
        /// The line of the reply in JSON Lines, from 1.
        package var line: Int?
        package var marker: Int?
        package var quote: String
        /// The claimed source of the quote.
        package var source: String?
        /// The absolute path of the source when it was cited.
        package var path: String?
        /// The first and last line that the citation names.
        package var lines: [Int]?
        /// The pages, cells, messages and the like that the citation names; nil for a quote without a citation.
        package var places: [QuarryCore.Place]?
        package var status: Status
        /// Where the quote is now; nil if it is nowhere.
        package var found: Place?
        /// Whether the source has other bytes than when it was cited; nil if unknown.
        package var sourceChanged: Bool?
        /// Why the source could not be read.
        package var problem: String?
    }

    package let schema = "quarry.verify/1"
    /// In the order of the file.
    package var quotes: [Entry]
    /// How many quotes have each status; all are named.
    package var counts: [String: Int]
    /// Whether every quote is in the source that is named.
    package var stands: Bool

    init(_ quotes: [Entry]) {
        self.quotes = quotes
        counts = Dictionary(
            uniqueKeysWithValues: Status.allCases.map { status in
                (status.rawValue, quotes.count { $0.status == status })
            })
        stands = quotes.allSatisfy(\.status.stands)
    }
}
