extension WordParser {
    /// Reads an element of Office's mathematics in one line, such as `x^2` or `(a+b)/2`.
    ///
    /// - Returns: False for elements without a sign of their own.
    mutating func mathematics(
        _ xml: inout ElementReader, _ name: String, into paragraph: inout WordParagraph
    ) throws -> Bool {
        switch name {
        case "num": try group(&xml, after: "", into: &paragraph)
        case "den": try group(&xml, after: "/", into: &paragraph)
        case "sup": try group(&xml, after: "^", into: &paragraph)
        case "sub": try group(&xml, after: "_", into: &paragraph)
        case "rad": try group(&xml, after: "√", into: &paragraph)
        case "naryPr": paragraph.text += try value(of: "chr", in: &xml) ?? "∫"
        case "d": try delimited(&xml, into: &paragraph)
        case "mr":
            try inlines(&xml, into: &paragraph)
            paragraph.text += "; "
        default: return false
        }
        return true
    }

    /// Reads a part after its sign, in parentheses if it has more than one character.
    private mutating func group(
        _ xml: inout ElementReader, after sign: String, into paragraph: inout WordParagraph
    ) throws {
        let text = try content(&xml, of: &paragraph)
        guard !text.isEmpty else { return }
        paragraph.text += text.count == 1 ? sign + text : "\(sign)(\(text))"
    }

    /// Reads a part in the delimiters that it names.
    private mutating func delimited(_ xml: inout ElementReader, into paragraph: inout WordParagraph) throws {
        var (begin, end) = ("(", ")")
        let before = paragraph.text
        paragraph.text = ""
        try xml.elements { xml, name in
            guard name == "dPr" else { return try inlines(&xml, into: &paragraph) }
            try xml.elements { xml, name in
                if name == "begChr" { begin = xml.mathematicalValue ?? begin }
                if name == "endChr" { end = xml.mathematicalValue ?? end }
            }
        }
        paragraph.text = before + begin + paragraph.text + end
    }

    /// The text of an element.
    private mutating func content(_ xml: inout ElementReader, of paragraph: inout WordParagraph) throws -> String {
        let before = paragraph.text
        paragraph.text = ""
        try inlines(&xml, into: &paragraph)
        defer { paragraph.text = before }
        return paragraph.text
    }

    private func value(of element: String, in xml: inout ElementReader) throws -> String? {
        var value: String?
        try xml.elements { xml, name in if name == element { value = xml.mathematicalValue } }
        return value
    }
}

extension ElementReader {
    fileprivate var mathematicalValue: String? { attributes()["val"] }
}
