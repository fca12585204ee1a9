/// The prompts of the engine, in English and Russian.
public enum PromptPreset: String, Sendable, Hashable, Codable, CaseIterable {
    /// Instructions, the passages, the question.
    case standard = "default"
    /// The same in the form “Context: … Question: …”, which many models were trained with.
    case classic
    /// With examples of answers with markers and of a refusal, the most similar to the question.
    case fewShot = "few-shot"

    /// The texts for a question's language: Russian if most of its letters are Cyrillic, English otherwise.
    public func prompts(for question: String) throws(PromptError) -> PromptSet {
        let isRussian = QuestionLanguage(of: question) == .russian
        let standard = isRussian ? try PromptSet.russian() : try PromptSet.english()
        let language = isRussian ? "ru" : "en"
        switch self {
        case .standard: return standard
        case .classic:
            return try PromptSet(
                system: try PromptTemplate(
                    standard.system.text + "\n" + (isRussian ? "Ключ: {fence}" : "Key: {fence}")),
                user: try PromptTemplate(
                    isRussian
                        ? "Контекст: {context}\n\nВопрос: {question}" : "Context: {context}\n\nQuestion: {question}"),
                refusal: standard.refusal, name: "classic-\(language)")
        case .fewShot:
            return try PromptSet(
                system: try PromptTemplate(
                    standard.system.text
                        + (isRussian
                            ? "\nОтвечай в такой форме (это примеры о других отрывках; их содержание не используй):"
                            : "\nAnswer in this form (examples about other passages; do not use what they say):")
                        + "\n\n{examples}"),
                user: standard.user, refusal: standard.refusal,
                examples: isRussian ? PromptPreset.russianExamples(standard) : PromptPreset.englishExamples(standard),
                name: "few-shot-\(language)")
        }
    }

    private static func englishExamples(_ set: PromptSet) -> [PromptSet.Example] {
        [
            .init(question: "When does the ferry leave?", answer: "The ferry leaves at 9:40 [2]."),
            .init(question: "Who repairs the pump?", answer: "The pump is repaired by the caretaker [1]."),
            .init(question: "How much is a ticket?", answer: "A ticket is 4 euros [3], for children 2 euros [1]."),
            .init(
                question: "Why was the road closed?",
                answer: "The road was closed because the bridge was being painted [1]."),
            .init(
                question: "How do I reset the meter?",
                answer: "Hold both buttons for five seconds [2], then enter the code [2]."),
            .init(question: "What is a halyard?", answer: "A halyard is a rope that hoists a sail [4]."),
            .init(question: "Where is the spare key of the tower?", answer: set.refusal),
        ]
    }

    private static func russianExamples(_ set: PromptSet) -> [PromptSet.Example] {
        [
            .init(question: "Когда отходит паром?", answer: "Паром отходит в 9:40 [2]."),
            .init(question: "Кто чинит насос?", answer: "Насос чинит смотритель [1]."),
            .init(question: "Сколько стоит билет?", answer: "Билет стоит 4 евро [3], детский — 2 евро [1]."),
            .init(question: "Почему закрыли дорогу?", answer: "Дорогу закрыли, потому что красили мост [1]."),
            .init(
                question: "Как сбросить счётчик?", answer: "Держите обе кнопки пять секунд [2], затем введите код [2]."),
            .init(question: "Что такое фал?", answer: "Фал — это верёвка, которой поднимают парус [4]."),
            .init(question: "Где лежит запасной ключ от башни?", answer: set.refusal),
        ]
    }
}
