import QuarryCore
import QuarryIndex
import QuarryRetrieval
import Testing

/// What is written in a document is found, in an index of several languages.
struct WordsTests {
    private func records(_ texts: [String]) -> String {
        texts.enumerated().map { "{\"_id\":\"r\($0)\",\"text\":\"\($1)\"}" }.joined(separator: "\n")
    }

    @Test func `a word of a rare language is found among documents of another`() async throws {
        let corpus = try TestCorpus()
        for number in 1...6 {
            try corpus.write(
                "The gardener of house \(number) waters the roses and the hedges in the evening.", to: "\(number).txt")
        }
        try corpus.write("Die Gärtnerin schneidet die Hecken, und sie gießt die Blumenkübel am Abend.", to: "de.txt")
        try await corpus.index()
        for word in ["Gärtnerin", "Hecken", "Blumenkübel", "Blumenkuebel", "gießt", "giesst"] {
            #expect(try await corpus.documents(with: word) == ["docs/de.txt"], "\(word)")
        }
        #expect(try await corpus.documents(with: "hedge").count == 6)
    }

    @Test func `a few documents in another language do not change how the others are found`() async throws {
        let corpus = try TestCorpus()
        var texts = (1...60).map { "Painted boats, number \($0)" }
        texts += ["Les bateaux sont dans le port et ils ne sont pas à vendre, mais on les loue."]
        try corpus.write(records(texts), to: "boats.jsonl")
        try await corpus.index()
        #expect(try await corpus.search("paint boat", mode: .bm25, limit: 100).count == 60)
        #expect(try await corpus.search("painting of a boat", mode: .bm25, limit: 100).count == 60)
        #expect(try await corpus.documents(with: "bateau") == ["r60"])
    }

    @Test func `short records are stemmed in the language of their file`() async throws {
        let corpus = try TestCorpus()
        let texts = [
            "Los pescadores salieron del puerto.", "Pescaron toda la noche en la bahía.", "Se vendieron las barcas.",
            "Regresaron cansados y con las redes vacías.", "Vendedora de redes.",
        ]
        try corpus.write(records(texts), to: "bahia.jsonl")
        try await corpus.index()
        #expect(try await corpus.documents(with: "vendedor") == ["r4"])
        #expect(try corpus.open().summary().languages == ["es": 5])
    }
}
