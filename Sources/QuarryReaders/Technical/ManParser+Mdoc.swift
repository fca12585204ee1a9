extension ManParser {
    private static let maximumLists = 16

    mutating func mdoc(_ name: String, _ rest: Range<Int>) {
        switch name {
        case "Dd": output.add("date", bytes.string(rest))
        case "Dt": header(arguments(rest))
        case "Sh", "Ss":
            isVerbatim = false
            lists = []
            begin(.heading(level: name == "Sh" ? 1 : 2), rest)
        case "Pp", "Lp", "Rs", "Re": breakParagraph()
        case "Bl":
            breakParagraph()
            let kind = bytes.string(rest)
            if lists.count < Self.maximumLists {
                lists.append(["-tag", "-hang", "-ohang", "-inset", "-diag"].contains { kind.hasPrefix($0) })
            }
        case "El":
            _ = lists.popLast()
            if lists.isEmpty { endItem() }
        case "It":
            output.writer.begin(.item(depth: max(0, lists.count - 1)))
            part = .item
            if !rest.isEmpty {
                words(rest)
                if lists.last == true { output.writer.append(":") }
                output.writer.append(" ")
            }
        case "Bd":
            if ["-literal", "-unfilled"].contains(where: { bytes.string(rest).hasPrefix($0) }) {
                isVerbatim = true
                endItem()
            } else {
                breakParagraph()
            }
        case "Ed":
            isVerbatim = false
            if part == .code { endItem() }
        case "Dl", "D1":
            endItem()
            output.writer.begin(.code())
            words(rest)
            endItem()
        case "Bk", "Ek", "Bf", "Ef", "Sm", "Fd", "Tg", "Xo", "Xc": break
        default:
            open()
            if name == "Nd" { output.writer.append(" – ") }
            if name == "Nm", let first = arguments(rest).first, self.name.isEmpty {
                self.name = bytes.string(first)
                words(rest)
            } else if name.hasPrefix("%") || name.utf8.count == 2, Self.macros.contains(name) {
                words(rest, after: name)
            } else if name.hasPrefix("%") {
                words(rest)
            } else {
                // The macro of another package: its words are text.
                escaped(rest)
            }
            endLine()
        }
    }

    private mutating func endItem() {
        output.writer.end()
        part = .nothing
    }

    /// Appends words, among which macros may be.
    private mutating func words(_ rest: Range<Int>, after macro: String = "") {
        var closing: [String] = []
        var isJoined = true
        var current = macro
        var numberInMacro = 0
        if let (open, close) = Self.enclosures[macro] {
            output.writer.append(open)
            closing.append(close)
        }
        if macro == "Nm", arguments(rest).isEmpty, !name.isEmpty { output.writer.append(name) }
        for range in arguments(rest) {
            let word = range.count <= 3 ? bytes.string(range) : ""
            if Self.macros.contains(word) {
                if word == "Ns" || word == "No" && current == "Ns" {
                    isJoined = true
                    continue
                }
                current = word
                numberInMacro = 0
                if let (open, close) = Self.enclosures[word], closing.count < Self.maximumLists {
                    if !isJoined { output.writer.append(" ") }
                    output.writer.append(open)
                    closing.append(close)
                    isJoined = true
                } else if word == "Nm", !name.isEmpty {
                    output.writer.append((isJoined ? "" : " ") + name)
                    isJoined = false
                }
                continue
            }
            let isPunctuation = range.count == 1 && ".,:;)]?!".utf8.contains(bytes[range.lowerBound])
            if !isJoined, !isPunctuation, !(current == "Xr" && numberInMacro == 1),
                current != "Pf" || numberInMacro != 1
            {
                output.writer.append(current == "Fn" && numberInMacro > 0 ? (numberInMacro == 1 ? "(" : ", ") : " ")
            }
            if current == "Xr", numberInMacro == 1, !isPunctuation {
                output.writer.append("(")
                escaped(range)
                output.writer.append(")")
            } else {
                if current == "Fl", !isPunctuation { output.writer.append("-") }
                escaped(range)
            }
            isJoined = range.count == 1 && "([".utf8.contains(bytes[range.lowerBound])
            numberInMacro += 1
        }
        if current == "Fl", numberInMacro == 0 { output.writer.append("-") }
        if current == "Fn", numberInMacro > 0 { output.writer.append(numberInMacro == 1 ? "()" : ")") }
        for close in closing.reversed() { output.writer.append(close) }
    }

    /// Macros of mdoc that may be among words.
    private static let macros: Set<String> = [
        "Ac", "Ad", "An", "Ao", "Ap", "Aq", "Ar", "At", "Bc", "Bo", "Bq", "Brc", "Bro", "Brq", "Bsx", "Bx", "Cd", "Cm",
        "Dc", "Do", "Dq", "Dv", "Ec", "Em", "Eo", "Er", "Es", "Ev", "Fa", "Fc", "Fl", "Fn", "Fo", "Fr", "Ft", "Fx",
        "Ic",
        "In", "Lb", "Li", "Lk", "Ms", "Mt", "Nm", "No", "Ns", "Nx", "Oc", "Oo", "Op", "Ot", "Ox", "Pa", "Pc", "Pf",
        "Po",
        "Pq", "Qc", "Ql", "Qo", "Qq", "Rv", "Sc", "So", "Sq", "St", "Sx", "Sy", "Ta", "Tn", "Ux", "Va", "Vt", "Xr",
        "Nd",
    ]
    /// Macros of mdoc that put their words between signs.
    private static let enclosures: [String: (String, String)] = [
        "Op": ("[", "]"), "Oo": ("[", ""), "Oc": ("", "]"), "Dq": ("“", "”"), "Do": ("“", ""), "Dc": ("", "”"),
        "Sq": ("‘", "’"), "Ql": ("‘", "’"), "Qq": ("\"", "\""), "Qo": ("\"", ""), "Qc": ("", "\""), "Pq": ("(", ")"),
        "Po": ("(", ""), "Pc": ("", ")"), "Bq": ("[", "]"), "Bo": ("[", ""), "Bc": ("", "]"), "Aq": ("<", ">"),
        "Ao": ("<", ""), "Ac": ("", ">"), "Brq": ("{", "}"), "Bro": ("{", ""), "Brc": ("", "}"), "So": ("‘", ""),
        "Sc": ("", "’"), "Fo": ("", "("), "Fc": ("", ")"), "In": ("<", ">"),
    ]
}
