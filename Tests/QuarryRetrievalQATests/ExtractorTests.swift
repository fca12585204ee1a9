import QuarryCore
import QuarryRetrievalQA
import Testing

private let schema = """
    {"type": "object", "required": ["tenant", "rent"], "additionalProperties": false, "properties": {
      "tenant": {"type": "string", "minLength": 2}, "rent": {"type": "number", "minimum": 0},
      "rooms": {"type": "array", "items": {"type": "string"}, "maxItems": 3}, "kind": {"enum": ["flat", "house"]}}}
    """

private let passages = [
    hit(
        1, "The tenant is Peter Finch.\n\nThe monthly rent is 1,250 euros. The flat has a kitchen and a hall.",
        source: "lease.md")
]

struct ExtractorTests {
    @Test func `a reply that fits is the value, and each text and number is cited`() async throws {
        let model = AnsweringModel { _ in
            "<think>{maybe}</think>Here it is:\n```json\n{\"tenant\": \"Peter Finch\", \"rent\": 1250, \"rooms\": [\"kitchen\", \"hall\"]}\n```"
        }
        let result = try await Extractor(schema: schema).extract(from: passages, by: model)
        #expect(result.json == #"{"rent": 1250, "rooms": ["kitchen", "hall"], "tenant": "Peter Finch"}"#)
        #expect(result.citations.map(\.path) == ["/rent", "/rooms/0", "/rooms/1", "/tenant"])
        #expect(result.citations.map(\.citation.quote).first == "The monthly rent is 1,250 euros.")
        #expect(result.unsupported.isEmpty && !result.isRepaired && model.requests.count == 1)
        #expect(result.prompt?.name == "extract-en" && result.prompt?.version == "1")
        let russian = [hit(2, "Арендатор — Пётр Зимин. Плата 900 евро.", source: "аренда.md")]
        let other = try await Extractor(schema: schema).extract(from: russian, by: model)
        #expect(other.prompt?.name == "extract-ru")
        #expect(model.requests.last?.messages.first?.content.contains("\"rent\"") == true)
    }

    @Test func `what is not in the passages is listed`() async throws {
        let model = AnsweringModel { _ in #"{"tenant": "Maria Orlova", "rent": 999}"# }
        let result = try await Extractor(schema: schema).extract(from: passages, by: model)
        #expect(result.unsupported == ["/rent", "/tenant"] && result.citations.isEmpty && result.json != nil)
    }

    @Test func `a reply that does not fit is sent back once with what is wrong`() async throws {
        let model = AnsweringModel { request in
            request.messages.count > 2 ? #"{"tenant": "Peter Finch", "rent": 1250}"# : #"{"tenant": "Peter Finch"}"#
        }
        let result = try await Extractor(schema: schema).extract(from: passages, by: model)
        #expect(result.isRepaired && result.json != nil && result.problems.isEmpty)
        #expect(model.requests.last?.messages.last?.content.contains("The value has no “rent”.") == true)
        let stubborn = AnsweringModel { _ in "I cannot." }
        let failed = try await Extractor(schema: schema).extract(from: passages, by: stubborn)
        #expect(failed.json == nil && failed.problems.count == 1 && stubborn.requests.count == 2)
    }

    @Test(arguments: [
        (#"{"tenant": 1, "rent": 2}"#, "/tenant must be of type string."),
        (#"{"tenant": "x", "rent": 2}"#, "/tenant has fewer characters than 2."),
        (#"{"tenant": "Peter", "rent": -1}"#, "/rent must be at least 0."),
        (#"{"tenant": "Peter", "rent": 1, "pets": true}"#, "The value must not have “pets”."),
        (#"{"tenant": "Peter", "rent": 1, "kind": "boat"}"#, #"/kind must be one of "flat", "house"."#),
        (#"{"tenant": "Peter", "rent": 1, "rooms": ["a", "b", "c", "d"]}"#, "/rooms has more elements than 3."),
        (#"{"tenant": "Peter", "rent": 1, "rooms": ["a", 2]}"#, "/rooms/1 must be of type string."),
        (#"["Peter"]"#, "The value must be of type object."),
    ])
    func `each kind of fault has its sentence`(reply: String, problem: String) async throws {
        let result = try await Extractor(schema: schema).extract(from: passages, by: AnsweringModel { _ in reply })
        #expect(result.json == nil && result.problems == [problem])
    }

    @Test(arguments: [
        "", "[]", ##"{"type": "object", "$ref": "#/x"}"##, #"{"properties": {"a": {"pattern": "x"}}}"#, "{",
    ])
    func `a schema that cannot be checked is refused`(schema: String) {
        #expect(throws: ExtractionError.self) { try Extractor(schema: schema) }
    }

    @Test func `examples are lines with a text and a value`() throws {
        let examples = try Extractor.examples(jsonl: "{\"text\": \"a\", \"value\": {\"b\": [1]}}\n\n")
        #expect(examples == [.init(text: "a", json: #"{"b": [1]}"#)])
        #expect(throws: ExtractionError.example(line: 2)) { try Extractor.examples(jsonl: "\n{\"text\": \"a\"}") }
    }
}
