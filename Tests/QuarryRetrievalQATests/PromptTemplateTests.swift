import QuarryRetrievalQA
import Testing

struct PromptTemplateTests {
    @Test func `variables are replaced and doubled braces are braces`() throws {
        let template = try PromptTemplate("{{json}} for {name}: {text}, {name}")
        #expect(template.variables == ["name", "text"])
        #expect(try template.render(["name": "Ann", "text": "x"]) == "{json} for Ann: x, Ann")
    }

    @Test func `a value with braces is inserted verbatim`() throws {
        let template = try PromptTemplate("{a} {b}")
        #expect(try template.render(["a": "{b}", "b": "2"]) == "{b} 2")
    }

    @Test func `missing and unknown values are errors with their names`() throws {
        let template = try PromptTemplate("{question} {context}")
        #expect(throws: PromptError.missingValues(["context"])) { try template.render(["question": "?"]) }
        #expect(throws: PromptError.unknownValues(["contxt"])) {
            try template.render(["question": "?", "context": "", "contxt": ""])
        }
    }

    @Test(arguments: [
        ("a {b", PromptError.unclosedPlaceholder(offset: 2)), ("a } b", .strayBrace(offset: 2)),
        ("{два}", .invalidName("два", offset: 0)), ("{}", .invalidName("", offset: 0)),
        ("{1a}", .invalidName("1a", offset: 0)),
    ])
    func `braces without a name are errors with a position`(text: String, error: PromptError) {
        #expect(throws: error) { try PromptTemplate(text) }
    }

    @Test func `a set rejects templates without the passages`() throws {
        let system = try PromptTemplate("Fence {fence}")
        let user = try PromptTemplate("{question}")
        #expect(throws: PromptError.unsuitableTemplate(role: "user", missing: ["passages"], unknown: [])) {
            try PromptSet(system: system, user: user, refusal: "No.")
        }
    }

    @Test func `the prompt is in the language of the question`() throws {
        #expect(try PromptSet.matching("Сколько стоит аренда?") == PromptSet.russian())
        #expect(try PromptSet.matching("What does GRDB do?") == PromptSet.english())
        #expect(try PromptSet.matching("Как работает GRDB?") == PromptSet.russian())
    }
}
