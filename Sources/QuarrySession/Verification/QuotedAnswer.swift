import Foundation
package import Quarry

/// The quotes of a file that is to be verified: a reply of this program, replies as JSON Lines, or quotes that were made
/// elsewhere.
package struct QuotedAnswer: Sendable {
    /// A quote with the origin that is claimed for it.
    package struct Quote: Sendable {
        /// The line of its reply in JSON Lines, from 1; nil for a single object.
        package var line: Int?
        package var marker: Int?
        package var text: String
        /// The file or document that is named for it; nil if none is named.
        package var source: String?
        /// The citation, if this program made the quote and it was not altered since.
        package var citation: Citation?
    }

    package private(set) var quotes: [Quote] = []
    /// The number of objects that hold a list of quotes.
    package private(set) var replies = 0

    /// More quotes are refused.
    package static let maximumQuotes = 10_000

    /// - Parameters:
    ///   - bytes: JSON or JSON Lines.
    ///   - name: The name of the file for errors.
    /// - Throws: ``VerificationError`` if they hold no quotes.
    package init(_ bytes: [UInt8], name: String) throws {
        let decoder = JSONDecoder()
        if let whole = try? decoder.decode(Content.self, from: Data(bytes)) {
            add(whole, line: nil)
        } else {
            for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
                guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
                do {
                    add(try decoder.decode(Content.self, from: Data(line)), line: index + 1)
                } catch {
                    throw VerificationError(
                        "\(name):\(index + 1): The line is neither a reply nor a quote in JSON. A quote is an object with “quote” and “source”."
                    )
                }
            }
        }
        guard replies > 0 || !quotes.isEmpty else {
            throw VerificationError(
                "\(name) holds no quotes. A reply has “citations”; other quotes are objects with “quote” and “source”.")
        }
        guard quotes.count <= Self.maximumQuotes else {
            throw VerificationError("\(name) holds \(quotes.count) quotes; the maximum is \(Self.maximumQuotes).")
        }
    }

    private mutating func add(_ content: Content, line: Int?) {
        if content.isReply { replies += 1 }
        for part in content.quotes {
            guard let text = part.quote else { continue }
            quotes.append(
                Quote(
                    line: line, marker: part.marker, text: text, source: part.origin, citation: part.citation(text)))
        }
    }
}

/// A file of quotes cannot be used.
package struct VerificationError: Error, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}

/// A reply, a list of replies or quotes, or one quote.
private struct Content: Decodable {
    var quotes: [QuotedPart] = []
    var isReply = false

    private enum Key: CodingKey { case citations, quotes, quote }

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd {
                if let text = try? list.decode(String.self) {
                    quotes.append(QuotedPart(quote: text))
                } else {
                    let part = try list.decode(Content.self)
                    quotes += part.quotes
                    isReply = isReply || part.isReply
                }
            }
            return
        }
        let values = try decoder.container(keyedBy: Key.self)
        if values.contains(.quote) {
            quotes = [try QuotedPart(from: decoder)]
            return
        }
        isReply = values.contains(.citations) || values.contains(.quotes) || (try? QueryReply(from: decoder)) != nil
        for key in [Key.citations, .quotes] {
            quotes += try values.decodeIfPresent(Content.self, forKey: key)?.quotes ?? []
        }
    }
}

/// A citation of a reply, or a quote of another program.
private struct QuotedPart: Decodable {
    var quote: String?
    var marker: Int?
    private var source: String?
    private var path: String?
    private var file: String?
    private var document: String?
    private var chunk: Int64?
    private var location: QueryReply.Location?
    private var quoteSHA256: String?
    private var sourceSHA256: String?

    private enum Key: CodingKey {
        case quote, marker, source, path, file, document, chunk, location, quoteSHA256, sourceSHA256
    }

    init(quote: String) { self.quote = quote }

    /// A member of an unexpected type counts as absent, because other programs write such files too.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        func string(_ key: Key) -> String? { try? values.decode(String.self, forKey: key) }
        quote = try values.decode(String.self, forKey: .quote)
        marker = try? values.decode(Int.self, forKey: .marker)
        chunk = try? values.decode(Int64.self, forKey: .chunk)
        location = try? values.decode(QueryReply.Location.self, forKey: .location)
        (source, path, file, document) = (string(.source), string(.path), string(.file), string(.document))
        (quoteSHA256, sourceSHA256) = (string(.quoteSHA256), string(.sourceSHA256))
    }

    var origin: String? { location?.name ?? source ?? path ?? file ?? document }

    /// The citation, if all its parts are there and fit together.
    func citation(_ text: String) -> Citation? {
        guard let location, let document, let place = SourceLocation(location),
            let quoteDigest = quoteSHA256.flatMap({ ContentHash(hexadecimal: $0) }),
            quoteDigest == ContentHash(of: text)
        else { return nil }
        return Citation(
            marker: marker ?? 0, documentID: document, chunk: ChunkID(chunk ?? 0), range: 0..<text.utf8.count,
            location: place, quote: text, quoteDigest: quoteDigest,
            sourceDigest: sourceSHA256.flatMap { ContentHash(hexadecimal: $0) })
    }
}

extension SourceLocation {
    /// Nil for numbers that are not a place.
    fileprivate init?(_ location: QueryReply.Location) {
        let (bytes, lines) = (location.bytes, location.lines)
        guard bytes.count == 2, lines.count == 2, 0 <= bytes[0], bytes[0] <= bytes[1], bytes[1] <= 1 << 42,
            0 <= lines[0], lines[0] <= lines[1]
        else { return nil }
        self.init(
            source: location.source, path: location.path, bytes: bytes[0]..<bytes[1], lines: lines[0]...lines[1],
            places: location.places, base: location.base, member: location.member)
    }
}
