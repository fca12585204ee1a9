import QuarryEvaluation
import Testing

struct PassageSpansTests {
    @Test func `recall, precision and IoU compare lengths`() {
        // 10 wanted; passages of 20 and 20 hold 6 of them.
        let scores = PassageSpans(wanted: ["a": [10..<20]], found: ["a": [14..<34, 40..<60]])
        #expect(scores.recall == 0.6)
        #expect(scores.precision == 6.0 / 40)
        #expect(scores.intersectionOverUnion == 6.0 / 44)
        #expect(!scores.isWhole)
    }

    @Test func `a passage that is found twice counts twice as found and once as right`() {
        let scores = PassageSpans(wanted: ["a": [0..<10]], found: ["a": [0..<10, 0..<10]])
        #expect(scores.recall == 1)
        #expect(scores.precision == 0.5)
        #expect(scores.intersectionOverUnion == 0.5)
        #expect(scores.isWhole)
    }

    @Test func `spans in passages of another document are not found`() {
        let scores = PassageSpans(wanted: ["a": [0..<10]], found: ["b": [0..<10]])
        #expect(scores.recall == 0 && scores.precision == 0 && scores.intersectionOverUnion == 0)
    }

    @Test func `an answer cut over two passages is whole if both are found`() {
        let wanted = ["a": [5..<15, 30..<40]]
        #expect(PassageSpans(wanted: wanted, found: ["a": [0..<10, 10..<20, 30..<45]]).isWhole)
        #expect(!PassageSpans(wanted: wanted, found: ["a": [0..<10, 11..<20, 30..<45]]).isWhole)
    }

    @Test func `nothing found is nothing right`() {
        let scores = PassageSpans(wanted: ["a": [0..<4]], found: [:])
        #expect(scores.recall == 0 && scores.precision == 0 && scores.intersectionOverUnion == 0 && !scores.isWhole)
    }

    @Test func `the measures agree with sets of offsets`() {
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            func ranges() -> [Range<Int>] {
                (0..<Int.random(in: 1...5, using: &numbers)).map { _ in
                    let start = Int.random(in: 0..<50, using: &numbers)
                    return start..<start + Int.random(in: 1...20, using: &numbers)
                }
            }
            let (wanted, found) = (ranges(), ranges())
            let scores = PassageSpans(wanted: ["a": wanted], found: ["a": found])
            let (right, seen) = (Set(wanted.flatMap { $0 }), Set(found.flatMap { $0 }))
            let common = Double(right.intersection(seen).count)
            let length = Double(found.reduce(0) { $0 + $1.count })
            #expect(scores.recall == common / Double(right.count))
            #expect(scores.precision == common / length)
            #expect(scores.intersectionOverUnion == common / (length + Double(right.count) - common))
        }
    }

    @Test func `questions have spans or quotes`() throws {
        let lines = """
            {"_id": "1", "text": "How deep?", "doc": "a", "spans": [[0, 4], [9, 12]]}

            {"id": "2", "text": "How wide?", "document": "b", "answers": ["nine metres"]}
            """
        let questions = try SpanQuestion.read(jsonl: Array(lines.utf8), file: "q.jsonl")
        #expect(questions.map(\.spans) == [[0..<4, 9..<12], []])
        #expect(questions.map(\.quotes) == [[], ["nine metres"]])
        #expect(questions.map(\.document) == ["a", "b"])
    }

    @Test(arguments: [#"{"_id": "1"}"#, #"{"_id": "1", "text": "a", "spans": [[4, 1]]}"#, "[]", "\u{FF}"])
    func `a line that is no question is named`(line: String) {
        let error = #expect(throws: EvaluationFileError.self) {
            try SpanQuestion.read(jsonl: Array("\n\(line)".utf8), file: "q.jsonl")
        }
        #expect(error?.line == 2)
    }
}
