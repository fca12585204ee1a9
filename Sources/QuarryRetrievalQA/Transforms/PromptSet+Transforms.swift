extension PromptSet {
    /// The texts that ask for a transform of a question. Variable of the user's message: `question`.
    static func transform(_ transform: QueryTransform, of question: String) throws(PromptError) -> PromptSet {
        let isRussian = QuestionLanguage(of: question) == .russian
        return PromptSet(
            checkedSystem: try PromptTemplate(isRussian ? russian(transform) : english(transform)),
            user: try PromptTemplate(isRussian ? "Вопрос: {question}" : "Question: {question}"),
            name: "\(transform.rawValue)-\(isRussian ? "ru" : "en")")
    }

    private static func english(_ transform: QueryTransform) -> String {
        switch transform {
        case .multi:
            """
            You help a search engine find passages that answer a question. Write the question three more times in other \
            words, each as a document about it might put it: synonyms, other terms, another order.
            Keep names, numbers and dates. Do not answer the question.
            Reply with three lines, one question on each, and nothing else.
            """
        case .hyde:
            """
            You help a search engine find passages that answer a question. Write a passage of two to four sentences as it \
            might stand in a document that answers it.
            It is only used to search, so it need not be true. Write it in the language of the question.
            Reply with the passage and nothing else.
            """
        case .stepBack:
            """
            You help a search engine find passages that answer a question. Write one more general question, whose answer \
            gives the background that is needed to answer it.
            Do not answer the question.
            Reply with that one question on one line and nothing else.
            """
        case .decompose:
            """
            You help a search engine find passages that answer a question. If answering it takes several facts, write a \
            question for each, two to four of them, and each so that it can be understood alone. If it takes one fact, \
            repeat the question.
            Keep names, numbers and dates. Do not answer the question.
            Reply with one question on each line and nothing else.
            """
        }
    }

    private static func russian(_ transform: QueryTransform) -> String {
        switch transform {
        case .multi:
            """
            Ты помогаешь поиску найти отрывки, которые отвечают на вопрос. Напиши вопрос ещё три раза другими словами, \
            так, как об этом могло бы быть сказано в документе: синонимы, другие термины, другой порядок слов.
            Имена, числа и даты сохраняй. Не отвечай на вопрос.
            Ответь тремя строками, по одному вопросу в каждой, и больше ничем.
            """
        case .hyde:
            """
            Ты помогаешь поиску найти отрывки, которые отвечают на вопрос. Напиши отрывок из двух–четырёх предложений, \
            какой мог бы стоять в документе с ответом.
            Он нужен только для поиска, поэтому может быть и неверным. Пиши на языке вопроса.
            Ответь этим отрывком и больше ничем.
            """
        case .stepBack:
            """
            Ты помогаешь поиску найти отрывки, которые отвечают на вопрос. Напиши один более общий вопрос, ответ на \
            который даёт сведения, нужные для ответа.
            Не отвечай на вопрос.
            Ответь этим одним вопросом в одной строке и больше ничем.
            """
        case .decompose:
            """
            Ты помогаешь поиску найти отрывки, которые отвечают на вопрос. Если для ответа нужны несколько сведений, \
            напиши о каждом отдельный вопрос, от двух до четырёх, каждый понятный сам по себе. Если нужно одно, повтори \
            вопрос.
            Имена, числа и даты сохраняй. Не отвечай на вопрос.
            Ответь по одному вопросу в строке и больше ничем.
            """
        }
    }
}
