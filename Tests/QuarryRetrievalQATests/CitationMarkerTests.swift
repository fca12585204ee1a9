import QuarryRetrievalQA
import Testing

struct CitationMarkerTests {
    @Test(arguments: [
        ("a [1].", [[1]]), ("a [1][2]", [[1], [2]]), ("a [1, 3; 4]", [[1, 3, 4]]), ("a [2-4]", [[2, 3, 4]]),
        ("a 【2†source】", [[2]]), ("[passage 7] a", [[7]]), ("a [отрывок 2]", [[2]]), ("a [^3]", [[3]]),
    ])
    func `the usual notations are markers`(text: String, numbers: [[Int]]) {
        #expect(CitationMarkerParser.markers(in: text).map(\.numbers) == numbers)
    }

    @Test(arguments: [
        "[see 1]", "[2019]", "[1](https://a.example)", "`a[1]`", "```\na[1]\n```", "[]", "[1.5]", "[x]", "[1", "1]",
        "[9-1]", "[1-2-3]",
    ])
    func `other brackets are text`(text: String) {
        #expect(CitationMarkerParser.markers(in: text).isEmpty)
    }

    @Test func `a marker is found wherever the stream is cut`() {
        let text = "Да [1], 【2】 and `x[3]` then [passage 4, 5] (end) [6](u) [7]"
        let whole = CitationMarkerParser.markers(in: text)
        #expect(whole.map(\.numbers) == [[1], [2], [4, 5], [7]])
        let characters = Array(text)
        for cut in characters.indices {
            for second in cut..<characters.count {
                var parser = CitationMarkerParser()
                var found = parser.consume(String(characters[..<cut]))
                found += parser.consume(String(characters[cut..<second]))
                found += parser.consume(String(characters[second...]))
                #expect(found + parser.finish() == whole)
            }
        }
    }
}
