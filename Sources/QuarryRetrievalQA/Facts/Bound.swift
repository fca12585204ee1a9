/// What a sentence says of a number beyond its value: that it is a limit, a multiple, or a change.
enum Bound: Sendable, Hashable {
    /// "at most", "less than", "before", "не более".
    case atMost
    /// "at least", "more than", "after", "не менее".
    case atLeast
    /// "twice", "вдвое".
    case multiple

    /// The bound of a fact, from the words before and after it.
    init?(of fact: Int, in statement: Statement) {
        let range = statement.factWords[fact]
        guard !range.isEmpty else { return nil }
        let words = statement.words
        func folded(_ index: Int) -> String { words.indices.contains(index) ? words[index].piece.folded : "" }
        var index = range.lowerBound - 1
        let floor = max(0, range.lowerBound - 4)
        while index >= floor, !words[index].isInFact {
            let word = folded(index)
            if let bound = Bound.words[word] {
                let before = folded(index - 1)
                let isDenied = Bound.denying.contains(before)
                self = isDenied ? bound.opposite : bound
                return
            }
            if word == "most" || word == "least", folded(index - 1) == "at" {
                self = word == "most" ? .atMost : .atLeast
                return
            }
            if word == "to", folded(index - 1) == "up" {
                self = .atMost
                return
            }
            // Of "с 9 до 17", the end is no limit.
            if word == "до", index == range.lowerBound - 1, index == 0 || !words[index - 1].isInFact {
                self = .atMost
                return
            }
            guard Bound.fillers.contains(word) else { break }
            index -= 1
        }
        let after = folded(range.upperBound)
        if ["or", "and", "или", "и"].contains(after), let bound = Bound.words[folded(range.upperBound + 1)],
            words[range.upperBound + 1].isInFact == false, !Bound.times.contains(folded(range.upperBound + 1))
        {
            self = bound
            return
        }
        return nil
    }

    private var opposite: Bound {
        switch self {
        case .atMost: .atLeast
        case .atLeast: .atMost
        case .multiple: .multiple
        }
    }

    /// Whether a sentence may say this bound of some number, in words that need not stand beside it.
    ///
    /// - `ofTime`: Whether the number is a part of a date or a time.
    func isHinted(in statement: Statement, ofTime: Bool) -> Bool {
        statement.words.contains { word in
            let folded = word.piece.folded
            if Bound.words[folded] == self { return true }
            switch self {
            case .atMost:
                return Bound.lowHints.contains(folded) || ofTime && Bound.ends.contains(folded)
                    || Bound.lowBeginnings.contains { folded.hasPrefix($0) }
            case .atLeast:
                return ofTime && Bound.starts.contains(folded)
                    || Bound.highBeginnings.contains { folded.hasPrefix($0) }
            case .multiple: return false
            }
        }
    }

    private static let words: [String: Bound] = {
        var words: [String: Bound] = [:]
        for word in low.split(separator: " ") { words[String(word)] = .atMost }
        for word in high.split(separator: " ") { words[String(word)] = .atLeast }
        for word in ["twice", "double", "triple", "вдвое", "дважды", "втрое"] { words[word] = .multiple }
        return words
    }()

    private static let low = """
        less fewer under below nearly almost before until till earlier maximum меньше менее ниже почти младше раньше \
        ранее максимум
        """
    private static let high = """
        more over above exceeding exceeds exceed exceeded beyond after later minimum больше более выше свыше старше \
        позже позднее после минимум превышает превышать превысила превысил
        """
    /// Words that bound a time; after a number, they are no limit ("3 years and later").
    private static let times: Set<String> = ["before", "until", "till", "after", "после"]
    private static let denying: Set<String> = ["no", "not", "never", "t", "не", "ни"]
    private static let fillers: Set<String> = ["than", "a", "the", "of", "чем", "на", "в", "за", "about", "or"]
    private static let lowHints: Set<String> = ["up", "not", "never", "cannot", "within", "cap", "не"]
    private static let lowBeginnings = ["max", "limit", "deadline", "максим", "предел", "лимит", "огранич", "превыш"]
    private static let highBeginnings = ["min", "минимал"]
    private static let ends: Set<String> = [
        "by", "end", "ends", "ended", "expires", "expired", "to", "по", "заканчивается", "истекает", "завершается",
    ]
    private static let starts: Set<String> = [
        "since", "from", "start", "starts", "started", "begins", "began", "following", "when", "с", "от", "начинается",
        "началось", "начался", "началась", "когда",
    ]
}

extension Statement {
    /// Whether a number is by how much something changes, or to what: "rose by 15 %", "вырос до 15 %".
    enum Change: Sendable, Hashable { case by, to }

    func change(of fact: Int) -> Change? {
        let range = factWords[fact]
        guard !range.isEmpty, range.lowerBound > 0, facts[fact].isNumber else { return nil }
        switch words[range.lowerBound - 1].piece.folded {
        case "by", "на": return .by
        case "to", "до": return .to
        default: return nil
        }
    }
}
