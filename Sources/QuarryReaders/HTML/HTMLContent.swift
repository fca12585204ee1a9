/// The content of a page without its boilerplate: navigation, banners, footers, notices, lists of links.
///
/// Elements are left out by their role and by the words in their class and id; of what is left, the part with most text
/// outside of links is taken, if it holds most of the page. The heuristics follow those of Readability (Arc90, Mozilla)
/// and of Kohlschütter et al., "Boilerplate Detection Using Shallow Text Features", WSDM 2010: length of text and
/// density of links.
struct HTMLContent {
    private let tree: HTMLTree
    /// The letters outside of white space in each node's content, and of these, those inside of links.
    private var letters: [Int]
    private var linked: [Int]
    private var isLeftOut: [Bool]

    /// The ranges of nodes to write, in text order.
    private(set) var parts: [Range<Int>] = []
    /// The letters of text that a person does not see by its style, which is left out.
    private(set) var hiddenLetters = 0
    private let keepsHidden: Bool

    /// - `keepsHidden`: Whether hidden text is kept.
    init(_ tree: HTMLTree, keepsHidden: Bool = false) {
        self.tree = tree
        self.keepsHidden = keepsHidden
        letters = [Int](repeating: 0, count: tree.nodes.count)
        linked = letters
        isLeftOut = [Bool](repeating: false, count: tree.nodes.count)
        guard let body = tree.first("body") else { return }
        leaveOutUnseen(body)
        count()
        let all = letters[body]
        leaveOutBoilerplate(body, all: all)
        count()
        // A page of navigation alone is read whole.
        if letters[body] * 10 < all {
            isLeftOut = isLeftOut.map { _ in false }
            leaveOutUnseen(body)
            count()
        }
        let root = mainPart(of: body)
        leaveOutLinkLists(root)
        parts = keptRanges(of: root)
    }

    /// The body of a page without scripts and what is hidden: for pages that have no boilerplate, such as chapters.
    static func seen(of tree: HTMLTree, keepsHidden: Bool) -> (parts: [Range<Int>], hiddenLetters: Int) {
        guard let body = tree.first("body") else { return ([], 0) }
        var content = HTMLContent(whole: tree, keepsHidden: keepsHidden)
        content.leaveOutUnseen(body)
        return (content.keptRanges(of: body), content.hiddenLetters)
    }

    private init(whole tree: HTMLTree, keepsHidden: Bool) {
        self.tree = tree
        self.keepsHidden = keepsHidden
        letters = []
        linked = []
        isLeftOut = [Bool](repeating: false, count: tree.nodes.count)
    }

    // MARK: Counting

    private mutating func count() {
        for index in tree.nodes.indices { (letters[index], linked[index]) = (0, 0) }
        for index in tree.nodes.indices.reversed() {
            let node = tree.nodes[index]
            if isLeftOut[index] {
                (letters[index], linked[index]) = (0, 0)
                continue
            }
            if node.isText { letters[index] = tree.text(of: index).text.count { $0 > 0x20 } }
            if node.tag == "a", tree.attribute("href", of: index)?.first != "#" { linked[index] = letters[index] }
            guard node.parent >= 0 else { continue }
            letters[node.parent] += letters[index]
            linked[node.parent] += linked[index]
        }
    }

    private func linkDensity(_ index: Int) -> Double {
        letters[index] == 0 ? 0 : Double(linked[index]) / Double(letters[index])
    }

    // MARK: Leaving out

    private static let unseen: Set<String> = [
        "script", "style", "noscript", "template", "iframe", "svg", "object", "embed", "canvas", "audio", "video",
        "map",
        "select", "textarea", "button", "input", "datalist", "head", "annotation", "annotation-xml", "dialog",
    ]

    private mutating func leaveOutUnseen(_ body: Int) {
        hiddenLetters = 0
        var hidden = HTMLHiddenText(tree)
        var hiddenEnd = 0
        for index in body + 1..<max(body + 1, tree.nodes[body].end) {
            let node = tree.nodes[index]
            if node.isText {
                guard index < hiddenEnd else { continue }
                hiddenLetters += tree.text(of: index).text.count { $0 > 0x20 && $0 & 0xC0 != 0x80 }
            } else if Self.unseen.contains(node.tag) || tree.attribute("aria-hidden", of: index) == "true" {
                isLeftOut[index] = true
            } else if !keepsHidden, index >= hiddenEnd, hidden.hides(index) {
                isLeftOut[index] = true
                hiddenEnd = node.end
            }
        }
    }

    private static let leftOutTags: Set<String> = ["nav", "footer", "aside", "menu"]
    private static let leftOutRoles: Set<String> = [
        "navigation", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar",
    ]
    /// Words of classes and ids, as whole parts between hyphens, underscores and capitals.
    private static let leftOutWords: Set<String> = [
        "ad", "ads", "advert", "advertisement", "banner", "breadcrumb", "breadcrumbs", "comments", "consent", "cookie",
        "cookies", "disqus", "footer", "gdpr", "masthead", "menu", "modal", "nav", "navbar", "navigation", "newsletter",
        "noprint", "pager", "pagination", "popup", "promo", "promoted", "recommended", "related", "share", "sharing",
        "sidebar", "skip", "skiplink", "social", "sponsor", "sponsored", "subscribe", "subscription", "taboola", "toc",
        "toolbar", "widget", "editsection", "navbox", "catlinks", "printfooter", "byline", "respond",
    ]

    private mutating func leaveOutBoilerplate(_ body: Int, all: Int) {
        for index in body + 1..<tree.nodes[body].end {
            let node = tree.nodes[index]
            guard !node.isText, !isLeftOut[index], letters[index] * 10 < all * 4 else { continue }
            if Self.leftOutTags.contains(node.tag) || isBoilerplate(index) { isLeftOut[index] = true }
        }
    }

    private func isBoilerplate(_ index: Int) -> Bool {
        let tag = tree.nodes[index].tag
        guard
            !["html", "body", "main", "article", "p", "a", "span", "h1", "h2", "h3", "code", "pre", "td", "em"]
                .contains(tag)
        else { return false }
        if let role = tree.attribute("role", of: index), Self.leftOutRoles.contains(role.lowercased()) { return true }
        let names = [tree.attribute("class", of: index), tree.attribute("id", of: index)].compactMap(\.self)
        return names.contains { Self.words(of: $0).contains(where: Self.leftOutWords.contains) }
    }

    /// `siteNav main-content` as `site`, `nav`, `main`, `content`.
    private static func words(of name: String) -> [String] {
        var words = [""]
        var wasLower = false
        for character in name.prefix(256) {
            if !character.isLetter || character.isUppercase && wasLower { words.append("") }
            if character.isLetter { words[words.count - 1] += character.lowercased() }
            wasLower = character.isLowercase
        }
        return words
    }

    /// Leaves out lists, tables and divisions that consist of links.
    private mutating func leaveOutLinkLists(_ root: Int) {
        for index in root + 1..<max(root + 1, tree.nodes[root].end) {
            let tag = tree.nodes[index].tag
            guard ["ul", "ol", "div", "section", "table", "p", "form"].contains(tag), !isLeftOut[index],
                letters[index] > 0, letters[index] * 4 < letters[root]
            else { continue }
            let density = linkDensity(index)
            if tag == "p" ? density > 0.95 && letters[index] < 60 : density > 0.66 { isLeftOut[index] = true }
        }
    }

    // MARK: The main part

    /// The element that holds the page's own text.
    private func mainPart(of body: Int) -> Int {
        let marked = (body..<tree.nodes[body].end).filter { index in
            let node = tree.nodes[index]
            return !node.isText && !isLeftOut[index]
                && (node.tag == "main" || tree.attribute("role", of: index) == "main" || node.tag == "article"
                    || tree.attribute("itemprop", of: index) == "articleBody")
        }
        let own = letters[body] - linked[body]
        func share(_ index: Int) -> Double { own <= 0 ? 0 : Double(letters[index] - linked[index]) / Double(own) }
        if let narrowest = marked.filter({ share($0) >= 0.5 }).min(by: { letters[$0] < letters[$1] }) {
            return narrowest
        }
        return bestScored(body).flatMap { share($0) >= 0.4 ? $0 : nil } ?? body
    }

    /// The element whose paragraphs score most; its ancestors get a share.
    private func bestScored(_ body: Int) -> Int? {
        var scores = [Int: Double]()
        for index in body + 1..<tree.nodes[body].end {
            let node = tree.nodes[index]
            guard ["p", "pre", "td", "blockquote", "li", "dd"].contains(node.tag), !isLeftOut[index],
                letters[index] >= 25
            else { continue }
            let score = (1 + min(Double(letters[index]) / 100, 3)) * (1 - linkDensity(index))
            var ancestor = node.parent
            for share in [1.0, 0.5, 0.25, 0.125] where ancestor > 0 {
                scores[ancestor, default: 0] += score * share
                ancestor = tree.nodes[ancestor].parent
            }
        }
        let best = scores.map { (index: $0.key, score: $0.value * (1 - linkDensity($0.key))) }
            .max { $0.score != $1.score ? $0.score < $1.score : $0.index > $1.index }
        return best?.index
    }

    private func keptRanges(of root: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = root
        var index = root
        let end = tree.nodes[root].end
        while index < end {
            if isLeftOut[index] {
                if start < index { ranges.append(start..<index) }
                index = tree.nodes[index].end
                start = index
            } else {
                index += 1
            }
        }
        if start < end { ranges.append(start..<end) }
        return ranges
    }
}
