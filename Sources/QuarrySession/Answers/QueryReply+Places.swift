import QuarryCore
import QuarryIndex

extension QueryReply {
    /// A part of a hit.
    package struct Part: Sendable, Codable {
        /// Start and end in the bytes of the hit's text, without the end.
        package var range: [Int]
        package var location: Location
    }

    /// A place besides the one that is shown.
    package struct Elsewhere: Sendable, Codable {
        package var document: String
        package var location: Location

        /// Nil without a place.
        static func places(_ places: [OtherPlace]) -> [Elsewhere]? {
            places.isEmpty
                ? nil : places.map { Elsewhere(document: $0.documentID, location: Location($0.location)) }
        }
    }

    /// Whether all lines, bytes and ranges are pairs. A stored reply may be damaged.
    var hasWholeRanges: Bool {
        locations.allSatisfy { $0.lines.count == 2 && $0.bytes.count == 2 }
            && hits.allSatisfy { ($0.found ?? []).allSatisfy { $0.range.count == 2 } }
    }

    /// The sources of hits, citations and their other places.
    var sources: Set<String> { Set(locations.map(\.source)) }

    private var locations: [Location] {
        var locations = hits.map(\.location) + (citations ?? []).map(\.location)
        locations += hits.flatMap { ($0.found ?? []).map(\.location) }
        locations += hits.flatMap { ($0.alsoIn ?? []).map(\.location) }
        locations += (citations ?? []).flatMap { ($0.alsoIn ?? []).map(\.location) }
        return locations
    }

    mutating func mark(_ changes: [String: SourceChange]) {
        func mark(_ location: inout Location) { location.change = changes[location.source] }
        func marked(_ places: [Elsewhere]?) -> [Elsewhere]? {
            places?.map { place in
                var place = place
                mark(&place.location)
                return place
            }
        }
        hits = hits.map { hit in
            var hit = hit
            mark(&hit.location)
            hit.found = hit.found?.map { part in
                var part = part
                mark(&part.location)
                return part
            }
            hit.alsoIn = marked(hit.alsoIn)
            return hit
        }
        citations = citations?.map { citation in
            var citation = citation
            mark(&citation.location)
            citation.alsoIn = marked(citation.alsoIn)
            return citation
        }
    }
}
