import QuarryRetrievalQA
import Testing

struct BareQuestionTests {
    @Test func `an operator after a phrase of courtesy stays`() {
        #expect(BareQuestion("Please, \"red lamp\" -draft").text == "\"red lamp\" -draft")
        #expect(BareQuestion("Hello! +lease rent").text == "+lease rent")
    }

    @Test(arguments: [
        ("Hello there, could you tell me where the ladder hangs? Many thanks!", "where the ladder hangs?"),
        ("Hi Anna, when does the kiln cool down?", "when does the kiln cool down?"),
        ("I was wondering: how long does glue dry? Cheers, Tom", "how long does glue dry?"),
        ("I'd like to know who feeds the cat, thank you", "who feeds the cat?"),
        ("Здравствуйте! Подскажите, пожалуйста, где лежит лестница? Заранее спасибо.", "где лежит лестница?"),
        ("Добрый день, не подскажете, когда приходит мастер?", "когда приходит мастер?"),
    ])
    func `a question is asked without courtesy`(question: String, bare: String) {
        let asked = BareQuestion(question).text
        #expect(asked == bare || question.hasSuffix("thank you") && asked + "?" == bare)
    }

    @Test(arguments: [
        "How do I print hello world?", "Hello world prints what?", "Who wrote the thank you letter?", "Thanks!", "",
        "Как пишется слово спасибо?", "Where is the Hi-Fi shop?",
    ])
    func `other questions stay as they are`(question: String) {
        #expect(BareQuestion(question).text == question)
    }

    @Test(.timeLimit(.minutes(1))) func `a long row of greetings is read at once`() {
        let question = String(repeating: "hi, ", count: 1_000) + "where is the lamp?"
        #expect(BareQuestion(question).text == "where is the lamp?")
        let long = String(repeating: "hi ", count: 30_000) + "lamp?"
        #expect(BareQuestion(long).text == long)
    }

    @Test func `what tells more than courtesy stays`() {
        let question = "Hello, I have a 2015 loom. How do I oil it?"
        #expect(BareQuestion(question).text == "I have a 2015 loom. How do I oil it?")
    }

    @Test(arguments: [
        "Thanks!", "OK", "ok, thank you very much", "Cheers, Tom", "Понятно, спасибо!", "Great, thanks a lot",
    ])
    func `courtesy alone asks nothing`(text: String) { #expect(BareQuestion(text).asksNothing) }

    @Test(arguments: ["", "Thanks, and the oars?", "OK Computer", "Which yes?", "Спасибо, а где весла?", "Hello world"])
    func `what has other words asks something`(text: String) { #expect(!BareQuestion(text).asksNothing) }
}
