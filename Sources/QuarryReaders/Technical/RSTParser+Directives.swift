extension RSTParser {
    mutating func explicitMarkup(_ line: Range<Int>, _ indentation: Int) -> Bool {
        if bytes.hasText("__ ", at: line.lowerBound) {
            index += 1
            return true
        }
        guard bytes.hasText("..", at: line.lowerBound), line.count == 2 || bytes[line.lowerBound + 2] <= 0x20 else {
            return false
        }
        let content = bytes.trimmed(min(line.lowerBound + 3, line.upperBound)..<line.upperBound)
        if let sign = content.first.map({ bytes[$0] }) {
            if sign == UInt8(ascii: "["), let close = bytes[content].firstIndex(of: UInt8(ascii: "]")) {
                // A footnote or citation.
                index += 1
                push(.directive, indentation + 1)
                let text = bytes.trimmed(close + 1..<content.upperBound)
                let label = bytes[content.lowerBound + 1..<close]
                output.writer.begin(.paragraph)
                if !"#*".utf8.contains(label.first ?? 0) {
                    output.writer.append(content.lowerBound..<close + 1, of: bytes)
                }
                output.writer.append(" ")
                write(text)
                paragraphLines(above: indentation)
                return true
            }
            if sign != UInt8(ascii: "_"), sign != UInt8(ascii: "|"), let colons = directive(content) {
                index += 1
                var name = bytes.string(content.lowerBound..<colons).lowercased()
                if let colon = name.lastIndex(of: ":") { name = String(name[name.index(after: colon)...]) }
                directive(name, bytes.trimmed(colons + 2..<content.upperBound), indentation)
                return true
            }
        } else if lines.isBlank(index + 1) {
            index += 1
            return true
        }
        index += 1
        skip(above: indentation)
        return true
    }

    /// The offset of `::` after the name of a directive.
    private func directive(_ content: Range<Int>) -> Int? {
        var end = content.lowerBound
        while end < content.upperBound, end - content.lowerBound < 64 {
            if bytes.hasText("::", at: end) { return end > content.lowerBound ? end : nil }
            guard bytes[end].isASCIILetterOrDigit || "-_+.:".utf8.contains(bytes[end]) else { return nil }
            end += 1
        }
        return nil
    }

    /// Skips blank lines and those that are further indented.
    private mutating func skip(above indentation: Int) {
        while index < lines.count, lines.isBlank(index) || lines.indentation(of: index) > indentation { index += 1 }
    }

    private mutating func directive(_ name: String, _ arguments: Range<Int>, _ indentation: Int) {
        let options = self.options(indentation)
        switch name {
        case "code-block", "code", "sourcecode", "parsed-literal", "prompt", "testcode", "doctest", "testoutput",
            "math",
            "productionlist", "ipython", "graphviz", "highlight-block", "console":
            let language = bytes.string(arguments).split(separator: " ").first.map(String.init)
            if let caption = options["caption"] { paragraph(caption) }
            if name == "math" || name == "prompt" || name == "parsed-literal", !arguments.isEmpty, name != "prompt" {
                paragraph(arguments)
            }
            literal(above: indentation, language: ["code-block", "code", "sourcecode"].contains(name) ? language : nil)
        case "toctree", "contents", "include", "literalinclude", "index", "raw", "highlight", "default-role", "module",
            "currentmodule", "automodule", "autoclass", "autofunction", "autosummary", "sectnum", "tabularcolumns",
            "meta",
            "image", "py:module", "title", "role", "class", "sectionauthor", "moduleauthor", "header", "footer",
            "testsetup",
            "testcleanup", "target-notes", "unicode", "date", "codeauthor", "automethod", "autoattribute", "autodata":
            if name == "class", !arguments.isEmpty, options.isEmpty, hasContent(above: indentation) {
                paragraph(arguments)
                push(.directive, indentation + 1)
                return
            }
            if let caption = options["caption"] { paragraph(caption) }
            skip(above: indentation)
        case "csv-table": csvTable(arguments, options, indentation)
        case "list-table": listTable(arguments, indentation)
        case "versionadded", "versionchanged", "deprecated", "versionremoved":
            output.writer.begin(.paragraph)
            let words = ["versionadded": "Added in version", "versionchanged": "Changed in version"]
            output.writer.append((words[name] ?? "Deprecated since version") + " ")
            write(arguments)
            if index < lines.count, lines.indentation(of: index) > indentation, !lines.isBlank(index) {
                output.writer.append(": ")
                paragraphLines(above: indentation)
            }
            push(.directive, indentation + 1)
        case "figure", "only", "ifconfig", "container", "tabs", "tab-set", "highlights", "grid", "compound",
            "rst-class",
            "tabularcolumn", "hlist", "div", "cssclass", "glossary", "table-wrapper":
            push(.directive, indentation + 1)
        default:
            // Admonitions, descriptions of functions and unknown directives: their arguments are text.
            if !arguments.isEmpty, bytes.hasWords(arguments) { paragraph(arguments) }
            push(.directive, indentation + 1)
        }
    }

    private func hasContent(above indentation: Int) -> Bool {
        var next = index
        while next < lines.count, next < index + 3, lines.isBlank(next) { next += 1 }
        return next < lines.count && lines.indentation(of: next) > indentation
    }

    /// Reads the options of a directive, `:name: value`.
    private mutating func options(_ indentation: Int) -> [String: Range<Int>] {
        var options: [String: Range<Int>] = [:]
        while index < lines.count, lines.indentation(of: index) > indentation {
            let line = lines.trimmed(index)
            guard !line.isEmpty, let field = self.field(in: line) else { break }
            if options.count < 64 { options[bytes.string(field.name)] = field.value }
            index += 1
        }
        return options
    }
}
