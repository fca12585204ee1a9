/// Words of lines that introduce a list or head a column, and state nothing.
enum LeadWords {
    /// First words after which "is" and "are" state nothing: "here are the rules".
    static let opening: Set<String> = ["here", "below", "these", "this", "following", "the", "вот", "ниже", "далее"]

    /// Verbs and negations without content of their own.
    static let stating: Set<String> = [
        "is", "are", "was", "were", "be", "has", "have", "had", "does", "do", "did", "can", "could", "may", "might",
        "must",
        "will", "would", "shall", "should", "not", "no", "never", "cannot", "t", "не", "нет", "был", "была", "было",
        "были",
        "есть", "будет", "можно", "нельзя", "надо", "нужно", "является",
    ]

    static let all: Set<String> = Set(text.split(separator: " ").map(String.init))

    private static let text = """
        here below following follows follow answer answers summary overview list listed points point key main details \
        detail information facts fact according based document documents passage passages source sources text texts say \
        says said state states stated mention mentions mentioned give gives given describe describes described provide \
        provides provided note notes sum short brief steps step items item rules rule parts part value values parameter \
        parameters name description property properties category topic question type kind number result results example \
        examples conclusion table notable important relevant about regarding concerning follow-up include includes \
        including вот ниже следующее следующие следующий следующая следующим ответ ответы итог итоги кратко список пункты \
        пункт подробности сведения информация факты факт согласно документ документы документам документах документов \
        отрывок отрывки отрывкам источник источники источникам текст тексту говорится сказано указано указаны приведены \
        перечислены описано описаны содержат содержит сообщают сообщается шаги шаг правила условия основные основное \
        главное показатель показатели значение значения параметр параметры название описание категория тема вопрос тип вид \
        номер результат результаты пример примеры вывод таблица насчет относительно касательно
        """
}
