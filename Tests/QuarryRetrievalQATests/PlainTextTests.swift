import QuarryRetrievalQA
import QuarryTestSupport
import Testing

struct PlainTextTests {
    @Test(arguments: [
        ("**Ring** the _small_ bell ~~twice~~ once.", "Ring the small bell twice once."),
        ("Run `quarry *index*` in [the folder](https://a.example/x).", "Run quarry *index* in the folder."),
        ("A lamp ![photo](lamp.png) of brass[^2] &mdash; caf&eacute;<br>style", "A lamp of brass — caféstyle"),
        ("2 * 3 * 4 and snake_case_name stay, as \\*this\\*", "2 * 3 * 4 and snake_case_name stay, as *this*"),
        ("{{#include ../a.rs}}Read it.", "Read it."),
        ("2*3*4, __init__ and f(a*b, c*d)", "2*3*4, __init__ and f(a*b, c*d)"),
        ("Write &lt;br&gt; for a break, and &lt;!-- first.", "Write <br> for a break, and <!-- first."),
        ("if a < b and Vec<T> then x[0](y)", "if a < b and Vec<T> then x[0](y)"),
        ("Two\n  lines\tand  spaces ", "Two lines and spaces"),
    ])
    func `marks of Markdown and HTML are left out of what is shown`(text: String, plain: String) {
        #expect(PlainText.of(text) == plain)
    }

    @Test func `a row is shown with the names of its columns`() {
        #expect(
            PlainText.ofRow(
                "| Lamp | 20 € | |", columns: PlainText.columns(of: "| Item | **Price** | Note |\n|---|---|---|"))
                == "Item: Lamp; Price: 20 €")
        #expect(PlainText.ofRow("| a \\| b | c |", columns: []) == "a | b; c")
        #expect(
            PlainText.ofRow("| 1 | 2 |", columns: PlainText.columns(of: "| Sales | Sales |\n| May | June |"))
                == "Sales May: 1; Sales June: 2")
    }

    @Test func `any text is read`() {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "**", "*", "_", "`", "``", "[", "](", ")", "<b>", "<!--", "{{#", "}}", "![", "слово", " ", "\\", "&amp;",
            "\n",
        ]
        for _ in 0..<500 {
            let text = (0..<20).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            #expect(PlainText.of(text).utf8.count <= text.utf8.count)
        }
    }
}
