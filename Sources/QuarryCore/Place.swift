/// A place in a source without useful lines, such as a page or a time.
public enum Place: Sendable, Hashable {
    /// Pages and slides count from 1.
    case page(Int)
    case slide(Int)
    /// A sheet of a workbook, and cells of it such as `B7:D9`. A file that is one table has a sheet without a name.
    case cells(sheet: String, range: String)
    case chapter(String)
    /// A paragraph below a heading of a document without pages, or of the whole document if no heading is above it. They
    /// count from 1, and items of lists and tables count as one each. A heading has the place of the first paragraph below
    /// it.
    case paragraph(Int, heading: String?)
    /// A line of a file from which a reader made another text. Lines count from 1.
    case line(Int)
    /// A message of a mailbox or conversation, by its number, its subject, or both, such as `12: Re: invoice`.
    case message(String)
    /// A stretch of a recording, in seconds from its beginning.
    case time(from: Double, to: Double)
}

extension Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .page(let number): "page \(number)"
        case .slide(let number): "slide \(number)"
        case .cells("", let range): CellRange(range)?.rows ?? range
        case .cells(let sheet, let range): "\(sheet)!\(range)"
        case .chapter(let name): "chapter \(name)"
        case .paragraph(let number, let heading): "paragraph \(number)" + Place.under(heading)
        case .line(let number): "line \(number)"
        case .message(let name): "message \(Place.quotingSubject(of: name))"
        case .time(let from, let to): "\(Place.clock(from))–\(Place.clock(to))"
        }
    }

    /// `12`, `“Re: invoice”`, or `12: “Re: invoice”`.
    private static func quotingSubject(of message: String) -> String {
        let number = message.prefix { $0.isASCII && $0.isNumber }
        let rest = message.dropFirst(number.count)
        if rest.isEmpty { return message }
        guard !number.isEmpty, rest.hasPrefix(": ") else { return "“\(message)”" }
        return "\(number): “\(rest.dropFirst(2))”"
    }

    private static func under(_ heading: String?) -> String { heading.map { " under “\($0)”" } ?? "" }

    /// Describes places in text order. Pages, slides, paragraphs, lines and times are given as ranges, other places one by
    /// one.
    public static func description(of places: [Place]) -> String {
        guard let first = places.first, let last = places.last, places.count > 1 else {
            return places.first?.description ?? ""
        }
        return switch (first, last) {
        case (.page(let from), .page(let to)): "pages \(from)–\(to)"
        case (.slide(let from), .slide(let to)): "slides \(from)–\(to)"
        case (.paragraph(let from, let heading), .paragraph(let to, let last)) where heading == last:
            "paragraphs \(from)–\(to)" + under(heading)
        case (.paragraph, .paragraph): "\(first) to \(last)"
        case (.line(let from), .line(let to)): "lines \(from)–\(to)"
        case (.time(let from, _), .time(_, let to)): "\(clock(from))–\(clock(to))"
        default: places.map(\.description).joined(separator: ", ")
        }
    }

    /// Both places as one, if they are rows of one table and at most one empty row is between them; nil otherwise.
    func joined(with next: Place) -> Place? {
        guard case .cells(let sheet, let range) = self, case .cells(sheet, let nextRange) = next,
            let cells = CellRange(range), let following = CellRange(nextRange), cells.left == following.left,
            cells.right == following.right, following.top > cells.bottom, following.top - cells.bottom <= 2
        else { return nil }
        return .cells(sheet: sheet, range: "\(cells.left)\(cells.top):\(cells.right)\(following.bottom)")
    }

    /// `mm:ss`, or `h:mm:ss` from an hour on.
    package static func clock(_ seconds: Double) -> String {
        let whole = seconds.isFinite ? Int(min(max(0, seconds), 1e9)) : 0
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(whole / 60 % 60)):\(two(whole % 60))"
        return whole < 3600 ? rest : "\(whole / 3600):\(rest)"
    }
}

/// Cells such as `B7:D9`, or `B7` alone.
private struct CellRange {
    /// Names of columns.
    var left, right: Substring
    var top, bottom: Int

    /// `row 7` or `rows 7–9`.
    var rows: String { top == bottom ? "row \(top)" : "rows \(top)–\(bottom)" }

    init?(_ text: String) {
        let corners = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = corners.first, let last = corners.last, corners.count <= 2 else { return nil }
        (left, right) = (first.prefix(while: \.isLetter), last.prefix(while: \.isLetter))
        let (top, bottom) = (first.dropFirst(left.count), last.dropFirst(right.count))
        guard !left.isEmpty, !right.isEmpty, (top + bottom).utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let top = Int(top), let bottom = Int(bottom)
        else { return nil }
        (self.top, self.bottom) = (top, bottom)
    }
}

/// Coded as an object with the place's `kind` and its values: `{"kind": "page", "number": 3}`, `{"kind": "time",
/// "from": 12.5, "to": 30}`, `{"kind": "cells", "sheet": "Costs", "range": "B7:D9"}`, `{"kind": "paragraph", "number": 3,
/// "heading": "Rent"}`.
extension Place: Codable {
    private enum Key: String, CodingKey { case kind, number, sheet, range, name, heading, from, to }
    private enum Kind: String, Codable { case page, slide, cells, chapter, paragraph, line, message, time }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self =
            switch try values.decode(Kind.self, forKey: .kind) {
            case .page: .page(try values.decode(Int.self, forKey: .number))
            case .slide: .slide(try values.decode(Int.self, forKey: .number))
            case .cells:
                .cells(
                    sheet: try values.decode(String.self, forKey: .sheet),
                    range: try values.decode(String.self, forKey: .range))
            case .chapter: .chapter(try values.decode(String.self, forKey: .name))
            case .paragraph:
                .paragraph(
                    try values.decode(Int.self, forKey: .number),
                    heading: try values.decodeIfPresent(String.self, forKey: .heading))
            case .line: .line(try values.decode(Int.self, forKey: .number))
            case .message: .message(try values.decode(String.self, forKey: .name))
            case .time:
                .time(
                    from: try values.decode(Double.self, forKey: .from), to: try values.decode(Double.self, forKey: .to)
                )
            }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .page(let number), .slide(let number), .line(let number):
            try values.encode(number, forKey: .number)
        case .paragraph(let number, let heading):
            try values.encode(number, forKey: .number)
            try values.encodeIfPresent(heading, forKey: .heading)
        case .cells(let sheet, let range):
            try values.encode(sheet, forKey: .sheet)
            try values.encode(range, forKey: .range)
        case .chapter(let name), .message(let name):
            try values.encode(name, forKey: .name)
        case .time(let from, let to):
            try values.encode(from, forKey: .from)
            try values.encode(to, forKey: .to)
        }
        try values.encode(kind, forKey: .kind)
    }

    private var kind: Kind {
        switch self {
        case .page: .page
        case .slide: .slide
        case .cells: .cells
        case .chapter: .chapter
        case .paragraph: .paragraph
        case .line: .line
        case .message: .message
        case .time: .time
        }
    }
}
