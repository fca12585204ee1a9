import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct PPTXReaderTests {
    private static func shape(_ type: String, _ paragraphs: String) -> String {
        "<p:sp><p:nvSpPr><p:nvPr><p:ph \(type)/></p:nvPr></p:nvSpPr><p:txBody>\(paragraphs)</p:txBody></p:sp>"
    }

    private static func paragraph(_ text: String, _ properties: String = "") -> String {
        "<a:p>\(properties)<a:r><a:t>\(text)</a:t></a:r></a:p>"
    }

    private static func page(_ root: String, _ shapes: String) -> String {
        "<p:\(root) xmlns:p=\"p\" xmlns:a=\"a\"><p:cSld><p:spTree>\(shapes)</p:spTree></p:cSld></p:\(root)>"
    }

    /// A presentation whose second slide is shown first.
    private static let files: [(name: String, text: String)] = [
        (
            "ppt/presentation.xml",
            """
            <p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="b"/><p:sldId id="257" r:id="a"/>\
            </p:sldIdLst></p:presentation>
            """
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            """
            <Relationships><Relationship Id="a" Type="x/slide" Target="slides/slide1.xml"/>\
            <Relationship Id="b" Type="x/slide" Target="/ppt/slides/slide2.xml"/></Relationships>
            """
        ),
        (
            "ppt/slides/slide1.xml",
            page(
                "sld",
                "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow=\"1\"/>"
                    + ["Year", "1920"].map {
                        "<a:tr><a:tc><a:txBody>\(paragraph($0))</a:txBody></a:tc><a:tc><a:txBody>\(paragraph("x"))</a:txBody></a:tc></a:tr>"
                    }.joined() + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>")
        ),
        (
            "ppt/slides/slide2.xml",
            page(
                "sld",
                shape("idx=\"1\"", paragraph("flour") + paragraph("rye", "<a:pPr lvl=\"1\"/>"))
                    + shape("type=\"sldNum\"", paragraph("7")) + shape("type=\"title\"", paragraph("Mills")))
        ),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            "<Relationships><Relationship Id=\"n\" Type=\"x/notesSlide\" Target=\"../notesSlides/n.xml\"/></Relationships>"
        ),
        ("ppt/notesSlides/n.xml", page("notes", shape("type=\"body\"", paragraph("Speak slowly.")))),
    ]

    @Test func `a raised number is written as a power, and what nests too deeply is cut with a warning`() throws {
        func read(_ shapes: String) -> ReadResult {
            let files = Self.files.map { file in
                file.name == "ppt/slides/slide1.xml" ? (file.name, Self.page("sld", shapes)) : file
            }
            return PPTXReader().read(Source(id: "a.pptx", bytes: ZipWriter.archive(files)))
        }
        let run = "<a:r><a:rPr baseline=\"30000\"/><a:t>"
        let result = read(
            Self.shape(
                "idx=\"1\"",
                "<a:p><a:r><a:t>10</a:t></a:r>\(run)1</a:t></a:r>\(run)2</a:t></a:r><a:r><a:rPr baseline=\"0\"/>"
                    + "<a:t> and 5</a:t></a:r>\(run)th</a:t></a:r></a:p>"))
        #expect(result.documents.first?.text.contains("10^12 and 5th") == true)
        #expect(result.warnings.isEmpty)
        let groups = String(repeating: "<p:grpSp>", count: 200)
        let deep = read(groups + Self.shape("", Self.paragraph("x")) + groups.replacing("<", with: "</"))
        #expect(deep.warnings.map(\.message).contains { $0.contains("nest") }, "\(deep.warnings)")
    }

    @Test func `embedded files are named`() {
        let bytes = ZipWriter.archive(Self.files + [(name: "ppt/embeddings/costs.xlsx", text: "x")])
        let result = PPTXReader().read(Source(id: "a.pptx", bytes: bytes))
        #expect(result.unread.map(\.source) == ["a.pptx/ppt/embeddings/costs.xlsx"])
    }

    @Test func `slides come in the order of the presentation with their titles, tables and notes`() throws {
        let result = PPTXReader().read(Source(id: "a.pptx", bytes: ZipWriter.archive(Self.files)))
        let document = try #require(result.documents.first)
        #expect(
            document.text == """
                # Mills

                - flour
                  - rye

                Notes: Speak slowly.

                # Slide 2

                | Year | x |
                | --- | --- |
                | 1920 | x |
                """)
        #expect(document.sourceMap.places.map(\.place) == [.slide(1), .slide(2)])
        #expect(document.title == "Mills")
    }

    @Test(arguments: 0..<300)
    func `changed bytes crash no reader`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bytes = ZipWriter.archive(Self.files)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let result = PPTXReader().read(Source(id: "a.pptx", bytes: bytes))
        #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
    }
}
