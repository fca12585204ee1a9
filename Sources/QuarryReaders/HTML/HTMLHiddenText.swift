/// Finds the elements of a page whose text a person does not see. Elements are asked for in the order of the page.
struct HTMLHiddenText {
    private let tree: HTMLTree
    /// Elements that set a size of text, ascending.
    private let sized: [Int]
    /// The colors around an element, with the index after the one that sets them. A background is nil if it is unknown.
    private var colors: [(color: String?, background: String?, end: Int)] = []

    init(_ tree: HTMLTree) {
        self.tree = tree
        var hasStyleSheet = false
        var sized: [Int] = []
        for index in tree.nodes.indices where !tree.nodes[index].isText {
            if tree.nodes[index].tag == "style" || tree.nodes[index].tag == "link" { hasStyleSheet = true }
            if let style = tree.attribute("style", of: index), HTMLStyle(style).setsSize { sized.append(index) }
        }
        self.sized = sized
        // A style sheet may set a background anywhere.
        colors.append((nil, hasStyleSheet ? nil : "#ffffff", Int.max))
    }

    /// Whether an element hides its text.
    mutating func hides(_ index: Int) -> Bool {
        while colors.count > 1, let last = colors.last, last.end <= index { colors.removeLast() }
        if tree.attribute("hidden", of: index) != nil { return true }
        let style = HTMLStyle(tree.attribute("style", of: index) ?? "")
        if style.hides || (style.isTiny && !hasOtherSize(within: index)) { return true }
        return hasColorOfBackground(index, style)
    }

    private mutating func hasColorOfBackground(_ index: Int, _ style: HTMLStyle) -> Bool {
        let around = colors[colors.count - 1]
        let isStyled = tree.attribute("class", of: index) != nil || tree.attribute("id", of: index) != nil
        let own = style.color ?? tree.attribute("color", of: index).map { HTMLStyle.color($0.lowercased()) }
        let background =
            style.background ?? tree.attribute("bgcolor", of: index).map { HTMLStyle.color($0.lowercased()) }
            ?? (isStyled ? nil : around.background)
        if own != nil || background != around.background {
            colors.append((own ?? around.color, background, tree.nodes[index].end))
        }
        guard let own, let background else { return false }
        return own == background
    }

    /// Whether an element within sets a size of its own.
    private func hasOtherSize(within index: Int) -> Bool {
        var (low, high) = (0, sized.count)
        while low < high {
            let middle = (low + high) / 2
            if sized[middle] <= index { low = middle + 1 } else { high = middle }
        }
        return low < sized.count && sized[low] < tree.nodes[index].end
    }
}
