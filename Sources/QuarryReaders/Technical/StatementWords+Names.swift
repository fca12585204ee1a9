extension StatementWords {
    /// The name after a keyword.
    func name(after keyword: Int, isContainer: Bool) -> String? {
        let traits = language.traits
        var index = keyword + 1
        var receiver = ""
        if traits.contains(.ignoresCase) {
            while ["if", "not", "exists", "body", "concurrently"].contains(text(index).lowercased()) { index += 1 }
            return quotedPath(from: index)
        }
        if ["init", "deinit", "subscript", "constructor"].contains(text(keyword)) {
            if isSign(index, "?!") { index += 1 }
            return text(keyword) + (text(keyword) == "deinit" ? "" : labels(from: index))
        }
        if traits.contains(.receivers), isSign(index, "(") {
            while index < tokens.count, !(isSign(index, ")") && depths[index] == 0) {
                if isWord(index), !isSign(index - 1, "[,") { receiver = text(index) + "." }
                index += 1
            }
            index += 1
        }
        if traits.contains(.implementations), text(keyword) == "impl" { return implementedType(from: index) }
        if isSign(index, "<"), language.layout.hasBraces, !isSign(index + 1, "<") { index = endOfAngles(from: index) }
        while isSign(index, "*&!") || ["class", "struct", "final", "rec"].contains(text(index)) { index += 1 }
        // A macro before the name of a type: `class API_EXPORT Name`.
        while isContainer, traits.contains(.plainFunctions), isWord(index), isWord(index + 1), isMacro(index) {
            index += 1
        }
        if isSign(index, "(") || index >= tokens.count || isSign(index, "{:") {
            return text(keyword) == "object" && keyword > 0 ? text(keyword - 1) : nil
        }
        guard isWord(index) else {
            if tokens[index].kind == .string, language.name == "zig" || language.name == "groovy" {
                return String(bytes.string(tokens[index].range).prefix(Self.maximumName))
            }
            return operatorName(from: index).map { $0 + labels(from: index + $0.utf8.count) }
        }
        let (name, end) = path(from: index)
        guard !name.isEmpty else { return nil }
        if name == "operator" { return operatorName(from: end).map { name + $0 } }
        return receiver + name + (isContainer ? "" : labels(from: end))
    }

    func isMacro(_ index: Int) -> Bool {
        let word = text(index)
        return word.utf8.count > 1
            && word.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.lowerASCII != $0 || $0.isASCIIDigit }
    }

    /// Words joined by dots, colons and the like, and the index after them.
    func path(from start: Int) -> (name: String, end: Int) {
        var name = text(start)
        var index = start + 1
        while index < tokens.count, name.utf8.count < Self.maximumName {
            if isSign(index, ".:#"), touches(index), isWord(index + 1), touches(index + 1) {
                if isSign(index, ":"), language.layout.hasBraces { break }
                name += bytes.string(tokens[index].range) + text(index + 1)
                index += 2
            } else if isSign(index, ":"), isSign(index + 1, ":"), isWord(index + 2), touches(index), touches(index + 2)
            {
                name += "::" + text(index + 2)
                index += 3
            } else if isSign(index, "<"), language.name == "kotlin" {
                let end = endOfAngles(from: index)
                guard isSign(end, ".") else { break }
                index = end
            } else {
                break
            }
        }
        if isSign(index, "?!"), touches(index), language.name == "ruby" || language.name == "elixir" {
            name += bytes.string(tokens[index].range)
            index += 1
        }
        return (name, index)
    }

    /// Names that may be in quotes, joined by dots.
    private func quotedPath(from start: Int) -> String? {
        var name = ""
        var index = start
        while index < tokens.count, name.utf8.count < Self.maximumName {
            guard isWord(index) || tokens[index].kind == .string else { break }
            name += bytes.string(tokens[index].range).filter { !"\"`'".contains($0) }
            guard isSign(index + 1, "."), touches(index + 1) else { break }
            name += "."
            index += 2
        }
        return name.isEmpty ? nil : name
    }

    func operatorName(from start: Int) -> String? {
        var name = ""
        var index = start
        while index < tokens.count, tokens[index].kind == .sign, !isSign(index, "({;"), name.utf8.count < 8 {
            name += bytes.string(tokens[index].range)
            index += 1
        }
        return name.isEmpty ? nil : name
    }

    /// The labels of the parameters of a function: `(_:with:)`.
    private func labels(from start: Int) -> String {
        guard language.traits.contains(.labels) else { return "" }
        var index = start
        if isSign(index, "<") { index = endOfAngles(from: index) }
        guard isSign(index, "(") else { return "" }
        let depth = depths[index]
        var labels = ""
        var isNext = true
        index += 1
        while index < tokens.count, depths[index] > depth, labels.utf8.count < Self.maximumName {
            if depths[index] == depth + 1 {
                if isSign(index, ",") {
                    isNext = true
                } else if isNext, isWord(index), !isSign(index - 1, "@") {
                    labels += text(index) + ":"
                    isNext = false
                }
            }
            index += 1
        }
        return "(\(labels))"
    }

    /// The type in `impl<T> Trait for module::Type<T>`.
    private func implementedType(from start: Int) -> String? {
        var index = isSign(start, "<") ? endOfAngles(from: start) : start
        var name: String?
        var angles = 0
        while index < tokens.count {
            if isSign(index, "<") { angles += 1 }
            if isSign(index, ">"), !isSign(index - 1, "-") { angles -= 1 }
            if angles == 0, isWord(index) {
                let word = text(index)
                if word == "where" { break }
                if word == "for" {
                    name = nil
                } else if !["dyn", "mut", "const"].contains(word), name == nil || isSign(index - 1, ":") {
                    name = word
                }
            }
            index += 1
        }
        return name
    }
}
