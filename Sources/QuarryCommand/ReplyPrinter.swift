import Quarry
import QuarrySession

/// Prints a reply for people.
struct ReplyPrinter {
    var reply: QueryReply
    /// The path of the index, for the next step if it is empty.
    var index: String
    var explains: Bool
    /// Whether to print the answer and its citations alone.
    var isQuiet: Bool

    func print() throws {
        guard !reply.isFromEmptyIndex else {
            try Console.prose(Self.emptyIndex(index, isRussian: isRussian))
            return
        }
        guard reply.answer != nil else {
            try printHits()
            return
        }
        try Console.prose(reply.refused == true ? refusal : answer)
        if let citations = reply.citations, !citations.isEmpty {
            try Console.print("")
            for citation in citations {
                try Console.prose(line(for: citation))
                if let others = others(citation.alsoIn) { try Console.prose("    \(others)") }
            }
        }
        if let draft = reply.draft {
            let heading =
                isRussian
                ? "Отклонённый ответ модели, он может быть неверен:" : "The rejected reply, which may be wrong:"
            try Console.prose("\n\(heading)\n\(Self.setApart(draft))")
        }
        try printUnsupported()
        if !isQuiet || explains { try Console.print("") }
        if explains { try printHits() }
        if !isQuiet { try Console.print(footer) }
    }

    /// Names the sentences that no passage supports, and why. The draft of a refused answer shows them already.
    private func printUnsupported() throws {
        for sentence in reply.sentences ?? [] where !sentence.supported {
            guard reply.draft == nil || sentence.kind != .unverifiable else { continue }
            let isLeftOut = sentence.range == nil && reply.draft == nil
            let missing = sentence.missing.joined(separator: ", ")
            let why: String? =
                switch sentence.kind {
                case .supported, .unverifiable: nil
                case .contradicted: isRussian ? "документы говорят иное" : "the documents say otherwise"
                case .factMissing where missing.isEmpty: nil
                case .factMissing: isRussian ? "там нет: \(missing)" : "not there: \(missing)"
                }
            let start = isRussian ? "не подтверждается документами" : "not supported by the documents"
            let notes = [isLeftOut ? isRussian ? "убрано" : "left out" : nil, why].compactMap { $0 }
            let reason = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
            try Console.prose("\(start): \(sentence.text)\(reason)".visibleInLine)
        }
    }

    /// The text of the answer.
    private var answer: String {
        let text = reply.answer ?? ""
        return reply.generator?.kind == "model" ? Self.setApart(text) : text
    }

    /// A text of a model. A bar before each of several lines sets them apart from the lines of this program.
    private static func setApart(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.isEmpty ? "│" : "│ \($0)" }.joined(separator: "\n")
    }

    /// Says that an index is empty, and how to fill it.
    static func emptyIndex(_ path: String, isRussian: Bool = false) -> String {
        let command = IndexFileOptions.commandToFill(path)
        return isRussian
            ? "В этом индексе (\(path)) пока нет документов. Чтобы добавить их: \(command)"
            : "This index (\(path)) holds no documents yet. To add some: \(command)"
    }

    private var isRussian: Bool { reply.isRussian }

    /// The reason of the refusal, and the best passage, in the language of the question.
    private var refusal: String {
        // A refusal is written in the language of the question; only the reason says more.
        let reason = isRussian ? reply.refusal.flatMap(RussianText.of) ?? reply.answer : reply.refusal
        guard reply.draft == nil, let hit = reply.hits.first else { return reason ?? "" }
        let closest = isRussian ? "Ближе всего" : "Closest"
        let more = isRussian ? "другие отрывки" : "see more"
        return "\(reason ?? "") \(closest): \(place(hit.location)) “\(hit.foundText.excerpt(80))” "
            + "(\(more): --retrieve)"
    }

    private func printHits() throws {
        if reply.hits.isEmpty { try Console.prose(isRussian ? "Ни один отрывок не подходит." : "No passage matches.") }
        if explains, let understood = reply.understood { try Console.prose("understood: \(understood.written)") }
        if explains, let transform = reply.transform {
            for query in transform.queries {
                try Console.prose("searched for too (\(transform.kind.rawValue)): \(query)".visibleInLine)
            }
        }
        if explains, let hop = reply.hop {
            try Console.prose("second search (\(hop.name)): \(hop.question)".visibleInLine)
        }
        if explains, let fusion = reply.fusion { try Console.print("fusion: \(fusion)") }
        for hit in reply.hits {
            let place = place(hit.location)
            let heading = hit.headings.isEmpty ? "" : "  \(hit.headings.joined(separator: " > ").visibleInLine)"
            try Console.prose("\(hit.rank). \(place)  \(Format.decimal(hit.score, digits: 4))\(heading)", indent: 3)
            if explains {
                let legs = Set(reply.hits.flatMap(\.legs.keys)).union(["bm25", "vector"]).sorted().map { name in
                    hit.legs[name].map { leg in
                        let rank = leg.rank.map { "rank \($0), " } ?? ""
                        return "\(name) \(rank)score \(Format.decimal(leg.score, digits: 4))"
                    } ?? "\(name) –"
                }
                let language = hit.language.map { "; language \($0)" } ?? ""
                try Console.prose("   \(legs.joined(separator: "; "))\(language)")
            }
            if let snippet = hit.snippet {
                let bold = snippet.matches.compactMap { $0.count == 2 && $0[0] < $0[1] ? $0[0]..<$0[1] : nil }
                try Console.prose(snippet.text, after: "   ", bold: bold)
            } else {
                try Console.prose("   \(hit.foundText.excerpt())")
            }
            if let others = others(hit.alsoIn) { try Console.prose("   \(others)") }
        }
    }

    /// `confidence: medium · 1.1 s`, in the language of the question.
    private var footer: String {
        var parts: [String] = []
        if let generator = reply.generator, generator.kind == "model" {
            parts.append("\(isRussian ? "написала модель" : "written by") \(generator.name)")
        }
        if let support = reply.support, reply.refused != true || explains {
            let exact = explains ? " (\(Format.decimal(support, digits: 2)))" : ""
            parts.append((isRussian ? "уверенность: " : "confidence: ") + level(of: support) + exact)
        }
        let seconds = Format.decimal(reply.timings.total / 1000, digits: 1)
        parts.append(isRussian ? "\(seconds.replacing(".", with: ",")) с" : "\(seconds) s")
        return parts.joined(separator: " · ")
    }

    /// Support in a word: high from 0.75, medium from 0.4.
    private func level(of support: Double) -> String {
        if support >= 0.75 { return isRussian ? "высокая" : "high" }
        if support >= 0.4 { return isRussian ? "средняя" : "medium" }
        return isRussian ? "низкая" : "low"
    }

    /// `also in: a.md:3, b.md:7 and 2 more`; nil without another place.
    private func others(_ places: [QueryReply.Elsewhere]?) -> String? {
        guard let places, !places.isEmpty else { return nil }
        let shown = places.prefix(2).map { place($0.location) }.joined(separator: ", ")
        let more = places.count - 2
        return (isRussian ? "также: " : "also in: ") + shown
            + (more > 0 ? isRussian ? " и ещё \(more)" : " and \(more) more" : "")
    }

    private func line(for citation: QueryReply.Citation) -> String {
        // The quotes of an extracted answer are its sentences.
        citation.line(quotes: reply.generator?.kind == "model", isRussian: isRussian)
    }

    private func place(_ location: QueryReply.Location) -> String { location.shown(isRussian: isRussian) }

}

extension QueryReply.Hit {
    /// The text from the first part that the search found.
    fileprivate var foundText: String {
        guard let start = found?.first?.range.first else { return text }
        return String(decoding: text.utf8.dropFirst(max(0, start)), as: UTF8.self)
    }
}

extension QueryExpression {
    /// The question as it was understood, on one line: `lease rent; with “fail fast” in the title; without “draft”`.
    fileprivate var written: String {
        ([text] + clauses.map(\.written)).joined(separator: "; ").visibleInLine
    }
}

extension QueryExpression.Clause {
    fileprivate var written: String {
        let verb =
            switch occurrence {
            case .preferred: "with, if any has it,"
            case .required: "with"
            case .excluded: "without"
            }
        let what =
            switch match {
            case .word, .phrase: "“\(text)”"
            case .prefix: "words that begin with “\(text)”"
            case .fuzzy: "words that differ from “\(text)” by up to \(edits ?? 1)"
            }
        let place =
            switch field {
            case nil: ""
            case .title: " in the title"
            case .heading: " in a heading"
            case .body: " in the text"
            case .name: " in the name of the file"
            }
        return "\(verb) \(what)\(place)"
    }
}
