/// Lines of a letter that say nothing: greetings and sign-offs, with or without a name.
enum Courtesy {
    /// Whether a text is only a sign-off, as "Kind regards," or "С уважением, Анна".
    static func isClosing(_ text: String) -> Bool { isOnly(text, of: closings) }

    /// Whether a text is only a greeting, as "Hi Bruno," or "Семён, добрый день!".
    static func isGreeting(_ text: String) -> Bool { isOnly(text, of: greetings) }

    private static func isOnly(_ text: String, of phrases: Set<String>) -> Bool {
        guard text.utf8.count <= longest, let last = text.last else { return false }
        let words = SurfaceWord.words(of: text)
        guard words.count <= mostWords else { return false }
        for count in 1...max(1, words.count) where count <= words.count {
            for phrase in [words[..<count], words[(words.count - count)...]]
            where phrases.contains(phrase.map(\.folded).joined(separator: " ")) {
                let names = phrase.startIndex == 0 ? words[count...] : words[..<phrase.startIndex]
                // "Best" alone may be an answer, "Best," is none.
                if names.isEmpty ? ",!".contains(last) || count > 1 : names.allSatisfy(\.startsUppercase) {
                    return true
                }
            }
        }
        return false
    }

    private static let longest = 80
    private static let mostWords = 6

    private static let closings = list(
        """
        best, best regards, kind regards, kindest regards, warm regards, with kind regards, regards, best wishes
        all the best, yours, yours sincerely, sincerely, sincerely yours, yours faithfully, yours truly, cheers, thanks
        many thanks, thanks in advance, thank you, love, take care, see you
        с уважением, с наилучшими пожеланиями, всего доброго, всего хорошего, искренне ваш, искренне ваша, ваш, ваша
        твой, твоя, с приветом, спасибо, заранее спасибо, обнимаю, целую, до встречи, до свидания
        """)

    private static let greetings = list(
        """
        hi, hello, hey, dear, hi all, dear all, hello everyone, good morning, good afternoon, good evening
        привет, всем привет, здравствуй, здравствуйте, добрый день, добрый вечер, доброе утро, уважаемый, уважаемая
        уважаемые коллеги, дорогой, дорогая
        """)

    private static func list(_ text: String) -> Set<String> {
        Set(text.split { ",\n".contains($0) }.map { $0.drop { $0 == " " } }.map(String.init))
    }
}
