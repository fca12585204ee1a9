package import QuarryCore

/// What a web page says to a program that follows its links.
package struct PageLinks: Sendable, Hashable {
    /// The targets of its links as the page writes them, each once, in text order. Links marked `nofollow` are left out.
    package private(set) var targets: [String] = []
    /// The address that relative targets begin at (`<base>`), as the page writes it.
    package private(set) var base: String?
    /// The address that the page names as its own (`<link rel=canonical>`).
    package private(set) var canonical: String?
    /// The address that the page leads on to at once (`<meta http-equiv=refresh>`).
    package private(set) var refresh: String?
    /// What the page asks of robots.
    package private(set) var directives = RobotsDirectives()
    /// How many links there are beyond the limit. They are not in ``targets``.
    package private(set) var omitted = 0

    /// More links of one page are not followed.
    package static let maximumLinks = 5_000
    /// Longer addresses are not followed.
    package static let maximumAddress = 2048

    /// No links.
    package init() {}

    /// - `source`: An HTML page. One that cannot be read has no links.
    /// - `agent`: The name of the robot, for `<meta name=…>`, in lower case.
    /// - Complexity: That of parsing the page.
    package init(of source: Source, agent: String) {
        HTMLTree.withTree(ofPage: source) { collect($0, agent: agent) }
    }

    private mutating func collect(_ tree: HTMLTree, agent: String) {
        var known: Set<String> = []
        base = tree.base.flatMap(Self.address)
        for index in tree.nodes.indices {
            switch tree.nodes[index].tag {
            case "meta": take(meta: index, tree, agent: agent)
            case "link" where canonical == nil && tree.words("rel", of: index).contains("canonical"):
                canonical = tree.attribute("href", of: index).flatMap(Self.address)
            default:
                guard let target = tree.linkedAddress(of: index).flatMap(Self.address), !target.hasPrefix("#"),
                    !tree.words("rel", of: index).contains("nofollow"), !known.contains(target)
                else { continue }
                guard targets.count < Self.maximumLinks else {
                    omitted += 1
                    continue
                }
                known.insert(target)
                targets.append(target)
            }
        }
    }

    private mutating func take(meta index: Int, _ tree: HTMLTree, agent: String) {
        guard let content = tree.attribute("content", of: index) else { return }
        if let name = tree.attribute("name", of: index)?.lowercased(), name == "robots" || name == agent {
            directives.add(content)
        }
        guard refresh == nil, tree.attribute("http-equiv", of: index)?.lowercased() == "refresh",
            let match = content.prefix(Self.maximumAddress).firstMatch(
                of: /^\s*[01](?:\.\d*)?\s*[;,]\s*[uU][rR][lL]\s*=\s*["']?([^"']+)/)
        else { return }
        refresh = Self.address(String(match.1))
    }

    private static func address(_ text: String) -> String? {
        guard text.utf8.count <= maximumAddress else { return nil }
        let trimmed = text.joiningWords()
        return trimmed.isEmpty ? nil : trimmed
    }
}

/// What a page or its header fields ask of robots (`noindex, nofollow`).
package struct RobotsDirectives: Sendable, Hashable {
    /// Whether the page is not to be indexed.
    package private(set) var noindex = false
    /// Whether its links are not to be followed.
    package private(set) var nofollow = false

    package init() {}

    /// Adds a list of words with commas between them, the content of `<meta name=robots>`.
    package mutating func add(_ list: some StringProtocol) {
        for word in list.prefix(1024).lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if word == "noindex" || word == "none" { noindex = true }
            if word == "nofollow" || word == "none" { nofollow = true }
        }
    }

    /// Adds a value of `X-Robots-Tag`, which may begin with the name of the robot that it is for: `quarry: noindex`.
    package mutating func add(header value: String, agent: String) {
        guard let colon = value.firstIndex(of: ":") else { return add(value) }
        let name = value[..<colon].lowercased().filter { !$0.isWhitespace }
        // A directive with a value, such as `unavailable_after: 25 Jun 2027`, is not a name.
        if name.contains(",") || ["unavailable_after", "max-snippet", "max-image-preview"].contains(name) {
            return add(value)
        }
        if name == agent || name == "*" { add(value[value.index(after: colon)...]) }
    }
}

extension HTMLTree {
    /// Parses a source as a web page; nil if it cannot be read, which its reader reports.
    @discardableResult
    static func withTree<Result>(ofPage source: Source, _ body: (HTMLTree) -> Result) -> Result? {
        guard let clean = try? CleanSource(source, declared: HTMLEncoding.declared(in: source.bytes)) else {
            return nil
        }
        return Array(clean.text.utf8).withUnsafeBufferPointer { bytes in try? withTree(of: bytes, body) }
    }

    /// The address that relative ones begin at (`<base href>`): the first counts, as HTML says.
    var base: String? {
        nodes.indices.lazy.filter { nodes[$0].tag == "base" }.compactMap { attribute("href", of: $0) }.first
    }

    /// The address that a link leads to, as it is written; nil for other elements.
    func linkedAddress(of index: Int) -> String? {
        nodes[index].tag == "a" || nodes[index].tag == "area" ? attribute("href", of: index) : nil
    }

    /// The address of a picture, frame or recording; nil for other elements.
    func shownAddress(of index: Int) -> String? {
        ["img", "iframe", "source", "video", "audio", "embed"].contains(nodes[index].tag)
            ? attribute("src", of: index) : nil
    }

    /// The words of an attribute in lower case.
    fileprivate func words(_ name: String, of index: Int) -> [String] {
        attribute(name, of: index)?.prefix(1024).lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
            ?? []
    }
}
