import QuarrySession

extension QueryReply {
    var isRussian: Bool { question.isMostlyCyrillic }

    /// The warnings in the language of the question, without the warning that a refusal repeats.
    var shownWarnings: [String] {
        guard !isFromEmptyIndex else { return [] }
        return warnings.filter { $0 != refusal }.map { warning in
            isRussian ? "предупреждение: \(RussianText.of(warning) ?? warning)" : "warning: \(warning)"
        }
    }

    /// Why there is no answer, in English, with the advice of a warning that begins with the same words.
    var refusal: String? {
        guard refused == true, let refusalReason else { return nil }
        return warnings.first { $0.hasPrefix(refusalReason) } ?? refusalReason
    }
}

/// Russian for the sentences of the libraries that are printed with an answer.
enum RussianText {
    /// Nil for a text that has no translation.
    static func of(_ text: String) -> String? {
        if let fixed = fixed[text] { return fixed }
        if let match = text.firstMatch(of: /\(confidence (\d+) %, needed (\d+) %\)/) {
            return "Я не нашёл предложения, которое ясно отвечает на этот вопрос "
                + "(уверенность \(match.1) %, нужно \(match.2) %)."
        }
        if let match = text.firstMatch(of: /vectors: ([\d,]+) of ([\d,]+) passages/) {
            let counts = [match.1, match.2].map { $0.replacing(",", with: " ") }.joined(separator: " из ")
            let rest =
                text.contains("by their words only")
                ? "Остальные можно найти только по словам." : "Остальные нельзя найти по смыслу."
            return "Векторы есть не у всех отрывков (\(counts)). \(rest)"
        }
        if let match = text.firstMatch(of: /^No document has “(.+)”; searched for “(.+)” as well\.$/) {
            return "Слова «\(match.1)» нет в документах; искалось и «\(match.2)»."
        }
        let unheld = /^No passage holds (.+?)( and meets the other conditions)?(; its words count as any others)?\.$/
        if let match = text.firstMatch(of: unheld) {
            let place = match.2 == nil ? "Ни в одном отрывке" : "Ни в одном отрывке, подходящем по другим условиям,"
            return "\(place) нет: \(inRussian(match.1))." + (match.3 == nil ? "" : " Искались отдельные слова.")
        }
        return text.firstMatch(of: /cut off at the limit of (\d+) tokens/).map {
            "Ответ оборван: он достиг предела в \($0.1) токенов."
        }
    }

    /// An operator of a question: `“аренда” in the title`.
    private static func inRussian(_ clause: Substring) -> String {
        let places = [
            " in the title": " в названии", " in a heading": " в заголовке", " in the text": " в тексте",
            " in the name of its file": " в имени файла",
        ]
        return places.reduce(String(clause)) { $0.hasSuffix($1.key) ? $0.dropLast($1.key.count) + $1.value : $0 }
    }

    private static let fixed = [
        "The question excludes every passage.": "Вопрос исключает все отрывки.",
        "No passage matches the question.": "Ни один отрывок не подходит к вопросу.",
        "The question has no words to search for.": "В вопросе нет слов для поиска.",
        "No word of the question occurs in the documents.": "Ни одно слово вопроса не встречается в документах.",
        "No word of the question occurs in the passages that it asks for.":
            "Ни одно слово вопроса не встречается в отрывках, которых он требует.",
        "No word of the question occurs in the passages that it asks for; found by meaning only.":
            "Ни одно слово вопроса не встречается в отрывках, которых он требует; найдено только по смыслу.",
        "No word of the question occurs in the documents. Documents in another language than the question are found only by meaning.":
            "Ни одно слово вопроса не встречается в документах. Документы на другом языке, чем вопрос, находит только поиск по смыслу.",
        "No word of the question occurs in the documents; found by meaning only.":
            "Ни одно слово вопроса не встречается в документах; найдено только по смыслу.",
        "No passage that matches the filter has a vector.": "У отрывков, подходящих под фильтр, нет векторов.",
        "The embedding model of this index reads English only, so a search by meaning is unreliable for this question.":
            "Модель этого индекса читает только по-английски, поэтому поиск по смыслу для этого вопроса ненадёжен.",
        "No document matches the filter. Check its keys and values: they are those of front matter and metadata.":
            "Под фильтр не подходит ни один документ. Проверьте его ключи и значения: они берутся из метаданных документов.",
        "The provider's content filter withheld the rest of the reply.":
            "Фильтр поставщика модели не пропустил остаток ответа.",
        "What the model wrote is not supported by the documents.":
            "Написанное моделью не подтверждается документами.",
        "The model wrote nothing. Ask again, or use another model.":
            "Модель ничего не написала. Спросите ещё раз или возьмите другую модель.",
    ]
}

extension String {
    /// Whether at least half of the letters are Cyrillic.
    var isMostlyCyrillic: Bool {
        let letters = unicodeScalars.filter(\.properties.isAlphabetic)
        return !letters.isEmpty && letters.count { (0x400...0x4FF).contains($0.value) } * 2 >= letters.count
    }
}
