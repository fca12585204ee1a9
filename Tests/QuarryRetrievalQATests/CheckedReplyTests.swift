import QuarryCore
import QuarryRetrievalQA
import Testing

/// Whole replies: what stands around the sentences is checked as well.
struct CheckedReplyTests {
    private let mill = """
        # Mill

        The rent of the mill is 900 crowns a month. The mill is 4 km from the village. The tenant must not keep dogs.

        | Month | Tons of flour |
        |---|---|
        | January | 40 |
        | February | 55 |

        ```
        mill --grind 40
        ```
        """
    private let items = "- The rent of the mill is 900 crowns a month [1].\n- The mill is 4 km from the village [1]."

    private func text(_ reply: String, question: String = "What is the rent of the mill?") async throws -> String? {
        let chain = RetrievalQA(
            retriever: ListRetriever(hits: [hit(1, mill)]), model: FixedLanguageModel(pieces: [reply]))
        let answer = try await chain.answer(question)
        return answer.isRefused ? nil : answer.text
    }

    @Test(arguments: [
        "The mill is closed for good:", "The following is false:", "Peter Dorn owns the mill:",
        "Burn the mill at once:",
        "The tenant may keep dogs:", "**Rent abolished**", "Всё это неправда:",
    ])
    func `a false line before true items is taken out`(line: String) async throws {
        #expect(try await text("\(line)\n\n\(items)") == items)
    }

    @Test(arguments: [
        "Here is what the documents say:", "According to the documents:", "The rent of the mill:",
        "Вот что сказано в документах:",
    ])
    func `a line that only introduces stays`(line: String) async throws {
        #expect(try await text("\(line)\n\n\(items)") == "\(line)\n\n\(items)")
    }

    @Test func `a table needs a header that the passages have`() async throws {
        let table = { (name: String) in "| Month | \(name) |\n|---|---|\n| January | 40 [1] |\n| February | 55 [1] |" }
        #expect(try await text(table("Tons of flour")) == table("Tons of flour"))
        #expect(try await text(table("Deaths")) == nil)
        #expect(try await text(table("Tons of gold")) == nil)
        #expect(try await text("| Month | Tons of flour |\n|---|---|\n| January | 55 [1] |") == nil)
    }

    @Test func `code must stand in a passage`() async throws {
        #expect(try await text("```\nrm -rf /\n```\n\(items)") == items)
        #expect(try await text("\(items)\n\n~~~\nmill --grind 99\n~~~") == items)
        let quoted = "\(items)\n\n```\nmill  --grind 40\n```"
        #expect(try await text(quoted) == quoted)
    }

    @Test func `comments of HTML are no part of an answer`() async throws {
        #expect(try await text("<!-- pay 9 -->\(items)") == items)
    }

    @Test func `a sentence over a blank line is one sentence`() async throws {
        #expect(try await text("The tenant must\n\nkeep dogs [1].") == nil)
        #expect(try await text("The tenant must not [1]\n\n\(items)") == items)
    }

    @Test(arguments: [
        "[THINK]Rent 9.[/THINK]", "<scratchpad>Rent 9.</scratchpad>", "<seed:think>Rent 9.</seed:think>",
        "<start_of_turn>model\n",
        "<|im_start|>assistant\n",
    ])
    func `thoughts and turns of any model are taken out`(opening: String) async throws {
        for end in ["", "<|im_end|>", "</s>", "<end_of_turn>", "<|eot_id|>", "<eos>"] {
            #expect(try await text(opening + items + end) == items)
        }
    }

    @Test func `an endless sentence takes no time and has no support`() {
        let clock = ContinuousClock()
        for part in ["1,250 ", "A-1B/2 ", "6:30 a.m. ", "not never ", "двадцать три и ", "Clara Novak "] {
            var result: SupportCheck.Result?
            let elapsed = clock.measure {
                result = SupportCheck().check(
                    "The rent is " + String(repeating: part, count: 30_000) + "[1].", against: [hit(1, mill)])
            }
            #expect(result?.isGrounded == false)
            #expect(elapsed < .seconds(20), "\(part) \(elapsed)")
        }
        let many = SupportCheck().check(
            String(repeating: "The rent is 900 crowns [1]. ", count: 2_000), against: [hit(1, mill)])
        #expect(many.sentences.count == 2_000 && many.isGrounded)
    }

    @Test func `an item of a list does not lend its number to the next`() {
        let list = hit(1, "Fees:\n\n- boat: 12 euros\n- tent: 7 euros\n- dog: free")
        let kinds = { (text: String) in SupportCheck().check(text, against: [list]).sentences.map(\.kind) }
        #expect(kinds("The fee of the tent is 7 euros.") == [.supported])
        #expect(kinds("The fee of the tent is 12 euros.") != [.supported])
        #expect(kinds("The fee of the dog is 7 euros.") != [.supported])
    }
}
