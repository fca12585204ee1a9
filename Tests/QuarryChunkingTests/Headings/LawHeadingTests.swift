import QuarryChunking
import QuarryCore
import Testing

@Suite struct LawHeadingTests {
    private let text = "\(filler) \(filler) \(filler)"

    @Test(arguments: [
        ("Статья 15. Право на обращение", "Статья 16. Сроки"), ("Article 5", "Article 6"), ("§ 12", "§ 12a"),
        ("Art. 3 Gleichheit", "Art. 4 Glaube"), ("Section 4.2 The term", "SECTION 4.3: THE RENT"),
        ("Глава II", "Глава III. Ответственность"), ("CHAPTER I", "CHAPTER II — Principles"),
        ("**Artikel 1** Schutz", "**Artikel 2** Freiheit"), ("Article premier", "Article L. 121-1"),
        ("Abschnitt 1: Dauer", "Abschnitt 2: Ende"), ("§ 12 [Namensrecht]", "§ 13 (weggefallen)"),
    ])
    func `an article is a heading`(first: String, second: String) throws {
        let expected = [first, second].map { $0.replacing("**", with: "") }
        #expect(headings(of: try chunks(of: "\(first)\n\(text)\n\(second)\n\(text)")) == expected)
        #expect(headings(of: try chunks(ofMarkdown: "\(first)\n\n\(text)\n\n\(second)\n\n\(text)")) == expected)
    }

    @Test func `the text of an article may begin on its line`() throws {
        let law = "Статья 15. Суд рассматривает дело. \(text)\nСтатья 16. Суд решает дело. \(text)"
        #expect(headings(of: try chunks(of: law)) == ["Статья 15.", "Статья 16."].map { String($0.dropLast()) })
    }

    @Test func `the title of an article may be on the next line`() throws {
        let law = "Article 5\n\nPrinciples of processing\n\n\(text)\n\nArticle 6\nLawfulness\n\(text)"
        #expect(headings(of: try chunks(of: law)) == ["Article 5 Principles of processing", "Article 6 Lawfulness"])
    }

    @Test func `articles are in chapters, and sections in articles if these come first`() throws {
        let law = "CHAPTER I\n\nSection 1\n\nArticle 1\n\n\(text)\n\nCHAPTER II\n\nArticle 2\n\n\(text)"
        let cut = try chunker.chunks(of: Document(id: "d", text: law))
        #expect(cut.map(\.headings).contains(["CHAPTER I", "Section 1", "Article 1"]))
        #expect(cut.last?.headings == ["CHAPTER II", "Article 2"])
        let contract = "ARTICLE I\n\nSection 1.1\n\n\(text)\n\nSection 1.2\n\n\(text)"
        #expect(
            try chunker.chunks(of: Document(id: "d", text: contract)).last?.headings == ["ARTICLE I", "Section 1.2"])
    }

    private var chunker: MarkdownChunker {
        get throws { try MarkdownChunker(length: ChunkLength(target: 40, maximum: 44), counter: WordCounter()) }
    }

    @Test(arguments: [
        "Article 5 of the Treaty applies to all members.\nArticle 6 applies as well.",
        "Section 4 Members pay for the workshop\nand for the garden.\nSection 5 Members pay for nothing\nat all.",
        "as it is said in\nArticle 5. The law is clear, as it is in\nArticle 6. The law is not clear",
        "Статья 15 Конституции гарантирует право.\nСтатья 16 Конституции гарантирует свободу.",
        "Chapter 3 describes the costs\n\nChapter 4 describes the plan",
        "Article 1. Definitions ........ 3\nArticle 2. Scope ........ 5\nArticle 3. Term\t7",
        "article 5\narticle 6\n§§ 12\nPartly 5\nSections 4 and 5", "Article 5(1) is void\nArticle 6, too\nArticle 7;",
        "1. Stone\n2. Sand\n3. Gravel",
    ])
    func `a mention is text`(law: String) throws { #expect(try hasNoHeadings("\(law)\n\n\(text)")) }

    @Test func `one article alone is text`() throws { #expect(try hasNoHeadings("Article 5. Definitions\n\n\(text)")) }
}
