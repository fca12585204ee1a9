/// A question without greetings, thanks and other phrases of courtesy, in English and Russian.
///
/// "Hello, could you please tell me who repairs the boats? Thank you!" asks "who repairs the boats?". Search and reader
/// would otherwise look for the other words in the documents.
package struct BareQuestion: Sendable, Hashable {
    package let text: String
    /// Whether the text is nothing but courtesy, as "Thanks, Tom" or "OK, thank you".
    package let asksNothing: Bool

    /// - Complexity: O(length).
    package init(_ question: String) {
        let words = question.utf8.count <= BareQuestion.longest ? Word.words(of: question) : []
        var isCourtesy = [Bool](repeating: false, count: words.count)
        var index = 0
        while index < words.count {
            let opensClause = index == 0 || isCourtesy[index - 1] || words[index - 1].endsClause
            let count = opensClause ? BareQuestion.lengthOfPhrase(at: index, in: words) : 0
            for place in index..<(index + count) { isCourtesy[place] = true }
            index += max(1, count)
        }
        guard isCourtesy.contains(true) else {
            text = question
            asksNothing = !words.isEmpty && words.allSatisfy(\.acknowledges)
            return
        }
        // A name after a greeting or at the end: "Hi Anna," and "Cheers, Tom".
        let firstOfLastNames = words.count - words.reversed().prefix(while: \.isName).count
        for (index, word) in words.enumerated() where word.isName && !isCourtesy[index] && index > 0 {
            let before = words[index - 1]
            let isLast = index + 1 >= firstOfLastNames
            if isCourtesy[index - 1], isLast && before.endsClause || before.greets && word.endsClause {
                isCourtesy[index] = true
            }
        }
        let kept = words.indices.filter { !isCourtesy[$0] }
        asksNothing = kept.allSatisfy { words[$0].acknowledges } && !question.contains("?")
        guard let first = kept.first, let last = kept.last else {
            text = question
            return
        }
        var scalars = String.UnicodeScalarView()
        let all = question.unicodeScalars
        var position: String.Index?
        for index in first...last {
            guard !isCourtesy[index] else {
                position = nil
                continue
            }
            // The marks between two words that stay, stay.
            if let position { scalars.append(contentsOf: all[position..<words[index].range.lowerBound]) }
            if position == nil {
                if !scalars.isEmpty { scalars.append(" ") }
                // Operators stand before a word: `"`, `+` and `-`.
                let before = all[..<words[index].range.lowerBound].reversed().prefix {
                    "\"+-".unicodeScalars.contains($0)
                }
                scalars.append(contentsOf: before.reversed())
            }
            scalars.append(contentsOf: all[words[index].range])
            position = words[index].range.upperBound
        }
        let tail = all[words[last].range.upperBound...].prefix { !$0.properties.isWhitespace && $0 != "," && $0 != "." }
        scalars.append(contentsOf: tail)
        if tail.isEmpty, question.contains("?") { scalars.append("?") }
        text = String(scalars)
    }

    /// Longer questions, in UTF-8 bytes, are not changed.
    private static let longest = 4_096

    /// The number of words of the longest phrase that begins at a word.
    private static func lengthOfPhrase(at index: Int, in words: [Word]) -> Int {
        let count = lengthOfWords(at: index, in: words)
        guard count == 1, words[index].greets, !words[index].endsClause, index + 1 < words.count else { return count }
        // "Hello world" is not a greeting, "Hello Anna," is.
        let next = words[index + 1]
        return next.isName && next.endsClause || lengthOfWords(at: index + 1, in: words) > 0 ? 1 : 0
    }

    private static func lengthOfWords(at index: Int, in words: [Word]) -> Int {
        guard let phrases = phrases[words[index].folded], let longest = phrases.first?.count else { return 0 }
        let rest = words[index...].prefix(longest).map(\.folded)
        return phrases.first { rest.starts(with: $0) }?.count ?? 0
    }

    /// Phrases by their first word, longest first.
    private static let phrases: [String: [[String]]] = {
        let phrases = list.split { ",\n".contains($0) }
            .map { $0.split(separator: " ").map(String.init) }.filter { !$0.isEmpty }
        return Dictionary(grouping: phrases) { $0[0] }.mapValues { $0.sorted { $0.count > $1.count } }
    }()

    private static let list = """
        hi, hi there, hi all, hi everyone, hello, hello there, hello all, hello everyone, hey, hey there, greetings
        good morning, good afternoon, good evening, good day, dear all, dear team, dear sir or madam
        thanks, thanks a lot, many thanks, thanks in advance, thanks so much, thank you, thank you very much
        thank you so much, thank you in advance, thx, cheers, regards, best regards, kind regards, best wishes, please
        could you please tell me, could you tell me, can you tell me, can you please tell me, please tell me
        could anyone tell me, can anyone tell me, could someone tell me, can someone tell me, would you tell me
        could you please explain, could you explain, can you explain, could you let me know, please let me know
        do you know, do you happen to know, does anyone know, any idea, i would like to know, i 'd like to know
        i want to know, i would love to know, i need to know, i was wondering, i am wondering, i 'm wondering
        i wonder, i was wondering if you could tell me, i have a question, i have a quick question, quick question
        just a quick question, just wondering, just curious, i am new here, i 'm new here, i am new here and
        i 'm new here and, i am new here and was wondering, i 'm new here and was wondering, sorry to bother you
        excuse me, sorry, i hope you are well, hope you are well, have a nice day
        привет, всем привет, здравствуйте, здравствуй, добрый день, добрый вечер, доброе утро, приветствую
        подскажите, подскажите пожалуйста, подскажи, подскажи пожалуйста, скажите, скажите пожалуйста
        скажи пожалуйста, не подскажете, не подскажете ли, вы не подскажете, не могли бы вы сказать
        не могли бы вы подсказать, могли бы вы сказать, можете сказать, можете подсказать, пожалуйста
        спасибо, большое спасибо, спасибо большое, заранее спасибо, спасибо заранее, благодарю, заранее благодарю
        хочу узнать, хотел бы узнать, хотела бы узнать, хотелось бы узнать, я хотел бы узнать, я хотела бы узнать
        мне хотелось бы узнать, интересно, мне интересно, у меня вопрос, есть вопрос, я здесь новенький
        я здесь новенькая, я тут новенький, я тут новенькая, я здесь недавно, я новичок, извините
        извините за беспокойство, простите, с уважением, всего доброго, хорошего дня
        """
}

/// A word of a question, as written.
private struct Word {
    var range: Range<String.Index>
    /// Lower case, with ё as е; the end of “I’d” begins with an apostrophe.
    var folded: String
    var isName: Bool
    /// Whether a mark follows that divides clauses or sentences.
    var endsClause: Bool
    var greets: Bool
    var acknowledges: Bool { Self.acknowledgements.contains(folded) }

    private static let acknowledgements: Set<String> = [
        "ok", "okay", "great", "perfect", "understood", "good", "nice", "yes", "no", "ок", "окей", "хорошо", "ладно",
        "понятно",
        "ясно", "отлично", "понял", "поняла", "да", "нет",
    ]
    private static let greetings: Set<String> = ["hi", "hello", "hey", "dear", "привет", "здравствуйте", "здравствуй"]

    static func words(of text: String) -> [Word] {
        let scalars = text.unicodeScalars
        var words: [Word] = []
        var start: String.Index?
        func isPart(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        func finish(at end: String.Index) {
            guard let lower = start else { return }
            start = nil
            let text = String(scalars[lower..<end])
            let hasApostrophe =
                lower > scalars.startIndex && "'’".unicodeScalars.contains(scalars[scalars.index(before: lower)])
            let rest = scalars[end...].prefix(2)
            words.append(
                Word(
                    range: lower..<end,
                    folded: (hasApostrophe ? "'" : "") + text.lowercased().replacing("ё", with: "е"),
                    isName: text.unicodeScalars.first?.properties.isUppercase ?? false,
                    endsClause: rest.first.map { !$0.properties.isWhitespace && !"'’-".unicodeScalars.contains($0) }
                        ?? true,
                    greets: greetings.contains(text.lowercased())))
        }
        for index in scalars.indices {
            if isPart(scalars[index]) {
                if start == nil { start = index }
            } else {
                finish(at: index)
            }
        }
        finish(at: scalars.endIndex)
        return words
    }
}
