import Quarry
import QuarrySession

/// Shows a reply to a person.
struct ReplyPrinter {
    var reply: QueryReply
    var explains: Bool

    func print() throws {
        if let answer = reply.answer {
            try Console.print(answer)
            if let citations = reply.citations, !citations.isEmpty {
                try Console.print("")
                for citation in citations { try Console.print(Self.line(for: citation)) }
            }
            if let draft = reply.draft {
                try Console.print("\n\(reply.refusalReason ?? "") It is not to be relied on:\n\(draft)")
            }
            for sentence in reply.unsupported ?? [] { try Console.print("not supported by the documents: \(sentence)") }
            try Console.print("")
            if explains { try printHits() }
            try Console.print(footer)
        } else {
            try printHits()
        }
    }

    private func printHits() throws {
        if reply.hits.isEmpty { try Console.print("No passage matches.") }
        for hit in reply.hits {
            let place = Self.place(hit.location)
            let heading = hit.headings.isEmpty ? "" : "  \(hit.headings.joined(separator: " > ").visibleInLine)"
            try Console.print("\(hit.rank). \(place)  \(Format.decimal(hit.score, digits: 4))\(heading)")
            if explains {
                let legs = Set(reply.hits.flatMap(\.legs.keys)).union(["bm25", "vector"]).sorted().map { name in
                    hit.legs[name].map { "\(name) rank \($0.rank), score \(Format.decimal($0.score, digits: 4))" }
                        ?? "\(name) –"
                }
                try Console.print("   \(legs.joined(separator: "; "))")
            }
            try Console.print("   \(Self.excerpt(hit.text))")
        }
    }

    private var footer: String {
        let who =
            switch reply.generator {
            case .some(let generator) where generator.kind == "model": "written by \(generator.name)"
            default: reply.refused == true ? "nothing quoted" : "quoted from the documents"
            }
        let support = reply.support.map { ", support \(Format.decimal($0, digits: 2))" } ?? ""
        return "(\(who)\(support), \(Int(reply.timings.total.rounded())) ms)"
    }

    private static func line(for citation: QueryReply.Citation) -> String {
        "[\(citation.marker)] \(place(citation.location)): “\(excerpt(citation.quote))”"
    }

    private static func place(_ location: QueryReply.Location) -> String {
        let (first, last) = (location.lines[0], location.lines[1])
        let source = location.source.visibleInLine
        if !location.places.isEmpty { return "\(source), \(Place.description(of: location.places).visibleInLine)" }
        return first == last ? "\(source):\(first)" : "\(source):\(first)-\(last)"
    }

    /// A text on one line, cut after some 240 characters.
    private static func excerpt(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 240 ? line : line.prefix(240) + "…"
    }
}
