import QuarryCore
import QuarryReaders
import Testing

struct JSONReaderTests {
    private func read(_ text: String) -> ReadResult {
        JSONReader().read(Source(id: "d/a.json", bytes: Array(text.utf8)))
    }

    @Test func `a list of objects gives a document for each`() {
        let result = read(
            #"""
            [{"id": 1, "title": "One", "text": "First text.", "year": 2020},
             {"_id": "b", "text": "Second\ntext."}, {"text": "x"}, {"text": "y"}]
            """#)
        #expect(result.rejected.isEmpty)
        #expect(result.documents.map(\.id) == ["1", "b", "d/a.json#L2", "d/a.json#L2.2"])
        #expect(result.documents.first?.metadata["year"] == 2020)
        #expect(result.documents.map(\.title) == ["One", nil, nil, nil])
        #expect(result.documents[1].text == "Second\ntext.")
        #expect(result.documents[1].sourceMap.lines(of: 0..<6) == 2...2)
    }

    @Test func `the longest string of an object without text is a paragraph`() throws {
        let source = #"[{"name": "Cup", "about": "A cup of \u0441теклo", "price": 3.5, "made": {"in": "Riga"}}]"#
        let document = try #require(read(source).documents.first)
        #expect(document.title == "Cup")
        #expect(document.text == "- name: Cup\n\nA cup of стеклo\n\n- price: 3.5\n\n# made\n\n- in: Riga")
        #expect(document.metadata["made.in"] == "Riga")
        #expect(try document.written("с", in: source) == #"\u0441"#)
        #expect(try document.written("Riga", in: source) == "Riga")
    }

    @Test func `an object is one document with headings, lines and lists`() throws {
        let source = #"""
            {"title": "Setup", "server": {"host": "a.example", "ports": [80, 443], "off": null},
             "steps": ["a first step that is longer than forty letters", "then"],
             "people": [{"name": "Ann"}, {"name": "Bob"}]}
            """#
        let document = try #require(read(source).documents.first)
        #expect(document.title == "Setup" && document.id == "d/a.json")
        #expect(
            document.text == """
                - title: Setup

                # server

                - host: a.example
                - ports: 80, 443

                # Setup

                - steps:
                  - a first step that is longer than forty letters
                  - then

                # people

                ## people 1

                - name: Ann

                ## people 2

                - name: Bob
                """)
        #expect(document.sourceMap.lines(of: 0..<document.text.utf8.count) == 1...3)
    }

    @Test func `broken JSON is rejected with its line`() {
        for source in ["{\n\"a\": 1,\n\"b\": }", "[1,\n2\n3]", "{\"a\":\n\n\"\\x\"}"] {
            let result = read(source)
            #expect(result.documents.isEmpty)
            #expect(result.rejected.map(\.reason) == [.brokenRecord])
            #expect(result.rejected.map(\.line) == [3])
        }
    }

    @Test func `several objects in a file are read as lines`() {
        #expect(read("{\"text\":\"a\"}\n{\"text\":\"b\"}\n").documents.map(\.text) == ["a", "b"])
    }

    @Test func `deep nesting is read to 256 and rejected beyond`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "{\"a\":", count: depth) + "\"word\"" + String(repeating: "}", count: depth)
        }
        #expect(read(nested(256)).documents.first?.text.contains("word") == true)
        #expect(read(nested(257)).rejected.map(\.reason) == [.brokenRecord])
        #expect(read(String(repeating: "[", count: 100_000)).rejected.map(\.reason) == [.brokenRecord])
    }

    @Test(arguments: ["", "  ", "{}", "[]", "null", "[[], {}]"])
    func `a file without text is rejected`(source: String) {
        #expect(read(source).rejected.map(\.reason) == [.empty])
    }

    /// Needs ../shared/eval/formats/malformed beside the package: y_ must be accepted, n_ must not.
    @Test(.enabled(if: SharedAssets.has("formats/malformed/json"), "../shared/eval/formats/malformed is absent"))
    func `files are accepted and rejected as in the JSON test suite`() throws {
        for name in try SharedAssets.names(in: "formats/malformed/json") where name.hasSuffix(".json") {
            let bytes = try SharedAssets.bytes("formats/malformed/json/\(name)")
            let result = JSONReader().read(Source(id: name, bytes: bytes))
            if name.hasPrefix("y_") { #expect(!result.rejected.contains { $0.reason == .brokenRecord }, "\(name)") }
            if name.hasPrefix("n_") { #expect(result.documents.isEmpty, "\(name)") }
        }
    }

    @Test func `damaged files do not crash`() async throws {
        let sample = #"[{"_id":"a","text":"x\n\u00e9\ud83c\udf7a","m":{"k":[1,"b"]}},{"id":2,"name":"long é"}]"#
        try await readDamaged(sample, id: "a.json", with: JSONReader())
        try await readDamaged("{\"o\":\(sample),\"l\":[[1],[\"s\"]]}", id: "a.json", with: JSONReader())
    }
}
