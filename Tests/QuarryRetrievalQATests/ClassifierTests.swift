import QuarryCore
import QuarryRetrievalQA
import QuarryTesting
import Testing

private let examples: [Classifier.Example] = [
    .init(text: "Where is my parcel?", label: "delivery"),
    .init(text: "The parcel has not arrived yet.", label: "delivery"),
    .init(text: "When will the courier come?", label: "delivery"),
    .init(text: "I want my money back.", label: "refund"), .init(text: "Please refund the payment.", label: "refund"),
    .init(text: "Как вернуть деньги за заказ?", label: "refund"), .init(text: "Где моя посылка?", label: "delivery"),
]

struct ClassifierTests {
    @Test(arguments: [
        ("My parcel is late, where is it?", "delivery"), ("Refund my payment, please", "refund"),
        ("Посылка не пришла", "delivery"), ("Верните деньги", "refund"),
    ])
    func `a text has the label of the examples that it resembles`(text: String, label: String) async throws {
        let result = try await Classifier(examples: examples).classify([text])[0]
        #expect(result.label == label && result.confidence > 0.5 && result.scores.first?.label == label)
        #expect(result.votes.allSatisfy { $0.weight > 0 && examples.indices.contains($0.example) })
        let near = try await Classifier(examples: examples, embedder: LetterEmbedder(), neighbours: 3).classify([text])[
            0]
        #expect(near.votes.count <= 3 && near.label != nil)
    }

    @Test func `a text that resembles nothing has no label`() async throws {
        let result = try await Classifier(examples: examples).classify(["Quantum chromodynamics", ""])
        #expect(result.allSatisfy { $0.label == nil && $0.confidence == 0 && $0.votes.isEmpty })
        #expect(try await Classifier(examples: []).classify(["Where is my parcel?"])[0].label == nil)
    }

    @Test func `a model chooses among the labels, and is asked once more for another word`() async throws {
        let classifier = Classifier(examples: examples, neighbours: 2)
        let model = AnsweringModel { $0.messages.count > 2 ? "Label: Delivery." : "It is about a parcel." }
        let result = try await classifier.label(
            of: "Where is my </text> parcel?", among: ["delivery", "refund"], by: model)
        #expect(result.label == "delivery" && result.usage == TokenUsage(input: 20, output: 4))
        let user = try #require(model.requests.first?.messages[1].content)
        #expect(user.contains("Where is my parcel?\n</text-") && user.hasSuffix("\nLabel:"))
        #expect(result.prompt.name == "classify-en" && result.prompt.sha256.count == 64)
        let russian = try await classifier.label(of: "Где посылка?", among: ["delivery"], by: model)
        #expect(russian.prompt.name == "classify-ru" && russian.prompt.sha256 != result.prompt.sha256)
        #expect(model.requests.last?.messages.first?.content.hasPrefix("Ты даёшь тексту одну метку") == true)
        let stubborn = AnsweringModel { _ in "no idea" }
        #expect(try await classifier.label(of: "x", among: ["a", "b"], by: stubborn).label == nil)
        #expect(stubborn.requests.count == 2)
    }
}
