import Quarry
import QuarrySession

extension QueryReply.Citation {
    /// `[1] notes/lease.md:3: “The rent is 740 euros.”`, or without the quote, where the text of the answer is the quote.
    func line(quotes: Bool, isRussian: Bool) -> String {
        let place = "[\(marker)] \(location.shown(isRussian: isRussian))"
        return quotes ? "\(place): “\(quote.excerpt())”" : place
    }
}

extension QueryReply.Location {
    /// `notes/lease.md:9-11`, and whether the file changed since it was indexed.
    func shown(isRussian: Bool) -> String {
        let note =
            switch change {
            case nil: ""
            case .changed: isRussian ? " (файл изменён после индексирования)" : " (changed since it was indexed)"
            case .gone: isRussian ? " (файла больше нет)" : " (no longer exists)"
            }
        let source = name.visibleInLine
        if !places.isEmpty { return "\(source), \(Place.description(of: places).visibleInLine)\(note)" }
        return (lines[0] == lines[1] ? "\(source):\(lines[0])" : "\(source):\(lines[0])-\(lines[1])") + note
    }
}

extension String {
    /// The text on one line, cut after `length` characters.
    func excerpt(_ length: Int = 240) -> String {
        let line = split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= length ? line : line.prefix(length) + "…"
    }
}
