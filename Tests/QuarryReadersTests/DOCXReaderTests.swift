import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct DOCXReaderTests {
    private static let namespace = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""

    private static func files(_ body: String, _ parts: [String: String] = [:]) -> [(name: String, text: String)] {
        [("word/document.xml", "<w:document \(namespace)><w:body>\(body)</w:body></w:document>")]
            + parts.sorted { $0.key < $1.key }.map { name, content in
                let root = name.split(separator: "/").last?.split(separator: ".").first ?? "part"
                return (name, "<w:\(root) \(namespace)>\(content)</w:\(root)>")
            }
    }

    private static func read(_ body: String, _ parts: [String: String] = [:]) -> ReadResult {
        DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(files(body, parts))))
    }

    private static func text(_ body: String, _ parts: [String: String] = [:]) -> String? {
        read(body, parts).documents.first?.text
    }

    private static func paragraph(_ text: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr><w:r><w:t>\(text)</w:t></w:r></w:p>"
    }

    @Test func `a heading has the outline level of the style that its own is based on`() {
        let styles = """
            <w:style w:type="paragraph" w:styleId="A"><w:name w:val="Chapter"/><w:basedOn w:val="B"/></w:style>\
            <w:style w:type="paragraph" w:styleId="B"><w:name w:val="Base"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>\
            <w:style w:type="paragraph" w:styleId="C"><w:name w:val="heading 3"/></w:style>
            """
        let text = Self.text(
            Self.paragraph("Soil", "<w:pStyle w:val=\"A\"/>") + Self.paragraph("Clay", "<w:pStyle w:val=\"C\"/>")
                + Self.paragraph("Heavy."), ["word/styles.xml": styles])
        #expect(text == "## Soil\n\n### Clay\n\nHeavy.")
    }

    @Test func `a place is the paragraph below its heading, which a list does not end`() throws {
        let cell = "<w:tc>\(Self.paragraph("740"))</w:tc>"
        let item = Self.paragraph("Oats", "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>")
        let body =
            Self.paragraph("Before.") + Self.paragraph("Rent", "<w:outlineLvl w:val=\"0\"/>") + Self.paragraph("Due.")
            + Self.paragraph(" ") + item + item + "<w:tbl><w:tr>\(cell)\(cell)</w:tr></w:tbl>"
        let list = "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"
        let level = "<w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/></w:lvl>"
        let numbering = "<w:abstractNum w:abstractNumId=\"0\">\(level)</w:abstractNum>" + list
        let document = try #require(Self.read(body, ["word/numbering.xml": numbering]).documents.first)
        func places(of words: String) -> [Place] { document.sourceMap.places(of: document.text.utf8Range(of: words)) }
        #expect(places(of: "Before.") == [.paragraph(1, heading: nil)])
        #expect(places(of: "Rent") == [.paragraph(1, heading: "Rent")] && places(of: "Due.") == places(of: "Rent"))
        #expect(places(of: "740 | 740 |") == [.paragraph(4, heading: "Rent")])
        #expect(places(of: "- Oats\n- Oats") == [.paragraph(2, heading: "Rent"), .paragraph(3, heading: "Rent")])
        #expect(document.blocks.count { $0.kind == .list } == 1)
    }

    @Test func `embedded files are named, also those of a document without text`() {
        let object = (name: "word/embeddings/oleObject1.bin", text: "x")
        let files = Self.files(Self.paragraph("See below."))
        let result = DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(files + [object])))
        #expect(result.unread.map(\.source) == ["a.docx/word/embeddings/oleObject1.bin"])
        let empty = DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(Self.files("") + [object])))
        #expect(empty.unread.count == 1 && empty.rejected.map(\.reason) == [.empty])
        #expect(DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(files))).unread.isEmpty)
    }

    @Test func `raised numbers and formulas are read in one line`() {
        let raised = "<w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>2</w:t></w:r>"
        #expect(Self.text("<w:p><w:r><w:t>10</w:t></w:r>\(raised)</w:p>") == "10^2")
        let runs = ["−", "1", "2"].map { raised.replacing("<w:t>2<", with: "<w:t>\($0)<") }.joined()
        #expect(Self.text("<w:p><w:r><w:t>10</w:t></w:r>\(runs)<w:r><w:t> m</w:t></w:r></w:p>") == "10^−12 m")
        func run(_ text: String) -> String { "<w:r><w:t>\(text)</w:t></w:r>" }
        let formula = """
            <w:oMath><w:f><w:num>\(run("a+b"))</w:num><w:den>\(run("2"))</w:den></w:f>\(run("="))\
            <w:nary><w:naryPr><w:chr w:val="∑"/></w:naryPr><w:sub>\(run("i=1"))</w:sub><w:sup>\(run("n"))</w:sup>\
            <w:e>\(run("x"))</w:e></w:nary><w:d><w:dPr><w:begChr w:val="["/><w:endChr w:val="]"/></w:dPr>\
            <w:e><w:sSup><w:e>\(run("y"))</w:e><w:sup>\(run("10"))</w:sup></w:sSup></w:e></w:d></w:oMath>
            """
        #expect(Self.text("<w:p>\(formula)</w:p>") == "(a+b)/2=∑_(i=1)^nx[y^(10)]")
    }

    @Test func `charts are tables, diagrams are paragraphs, and inserted documents are named`() {
        func points(_ values: [String]) -> String {
            values.enumerated().map { "<c:pt idx=\"\($0)\"><c:v>\($1)</c:v></c:pt>" }.joined()
        }
        let chart = """
            <c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart><c:title><a:p><a:t>Pots sold</a:t></a:p></c:title><c:plotArea>\
            <c:barChart><c:ser><c:tx>\(points(["2024"]))</c:tx><c:cat>\(points(["small", "large"]))</c:cat>\
            <c:val>\(points(["4.0", "2.5"]))</c:val></c:ser></c:barChart>\
            <c:valAx><c:title><a:p><a:t>Count</a:t></a:p></c:title></c:valAx></c:plotArea></c:chart></c:chartSpace>
            """
        let diagram =
            "<d:dataModel xmlns:d=\"d\" xmlns:a=\"a\"><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Dry</a:t></a:r></a:p></d:t></d:pt>"
            + "</d:ptLst></d:dataModel>"
        let relations = """
            <Relationships><Relationship Id="c" Type="x/chart" Target="charts/chart1.xml"/>\
            <Relationship Id="d" Type="x/diagramData" Target="diagrams/data1.xml"/>\
            <Relationship Id="h" Type="x/aFChunk" Target="part.html"/></Relationships>
            """
        let body = """
            <w:p><w:r><w:drawing><w:chart w:id="c"/></w:drawing></w:r></w:p>\
            <w:p><w:r><w:drawing><w:relIds w:dm="d"/></w:drawing></w:r></w:p><w:altChunk w:id="h"/>
            """
        let files =
            Self.files(body) + [
                (name: "word/_rels/document.xml.rels", text: relations), (name: "word/charts/chart1.xml", text: chart),
                (
                    name: "word/charts/_rels/chart1.xml.rels",
                    text:
                        "<Relationships><Relationship Id=\"e\" Type=\"x/package\" Target=\"../embeddings/b.xlsx\"/></Relationships>"
                ),
                (name: "word/embeddings/b.xlsx", text: "x"), (name: "word/diagrams/data1.xml", text: diagram),
            ]
        let result = DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(files)))
        #expect(
            result.documents.first?.text
                == "Pots sold\n\n|  | 2024 |\n| --- | --- |\n| small | 4 |\n| large | 2.5 |\n\nDry")
        #expect(result.unread.map(\.source) == ["a.docx/word/part.html"])
    }

    @Test func `tables that nest too deeply are cut with a warning`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "<w:tbl><w:tr><w:tc>", count: depth) + Self.paragraph("inner")
                + String(repeating: "</w:tc></w:tr></w:tbl>", count: depth)
        }
        #expect(Self.read(Self.paragraph("outer") + nested(50)).warnings.isEmpty)
        let result = Self.read(Self.paragraph("outer") + nested(60))
        #expect(result.warnings.map(\.reason) == [.tooLarge])
        #expect(result.documents.first?.text == "outer")
    }

    @Test func `styles that are based on each other end`() {
        let styles = """
            <w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>
            """
        #expect(Self.text(Self.paragraph("x", "<w:pStyle w:val=\"A\"/>"), ["word/styles.xml": styles]) == "x")
    }

    @Test func `list items have the numbers that Word shows`() {
        let numbering = """
            <w:abstractNum w:abstractNumId="0">\
            <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>\
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1(%2)"/></w:lvl>\
            </w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>
            """
        func item(_ text: String, _ level: Int) -> String {
            Self.paragraph(text, "<w:numPr><w:ilvl w:val=\"\(level)\"/><w:numId w:val=\"5\"/></w:numPr>")
        }
        let text = Self.text(
            item("one", 0) + item("deep", 1) + item("deeper", 1) + item("two", 0) + item("again", 1),
            ["word/numbering.xml": numbering])
        #expect(text == "3. one\n  - 3(a) deep\n  - 3(b) deeper\n4. two\n  - 4(a) again")
    }

    @Test func `a footnote follows its paragraph`() {
        let text = Self.text(
            "<w:p><w:r><w:t>Rye</w:t><w:footnoteReference w:id=\"2\"/></w:r></w:p>" + Self.paragraph("Oats"),
            [
                "word/footnotes.xml":
                    "<w:footnote w:id=\"0\" w:type=\"separator\"><w:p/></w:footnote><w:footnote w:id=\"2\">"
                    + Self.paragraph("A cereal.") + "</w:footnote>"
            ])
        #expect(text == "Rye[^1]\n\n[^1]: A cereal.\n\nOats")
    }

    @Test func `tracked changes are read as accepted`() {
        let text = Self.text(
            """
            <w:p><w:r><w:t xml:space="preserve">The </w:t></w:r><w:del><w:r><w:delText>old</w:delText></w:r></w:del>\
            <w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> mill</w:t></w:r></w:p>\
            <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">by the </w:t></w:r></w:p>\
            <w:p><w:r><w:t>river</w:t></w:r></w:p>
            """)
        #expect(text == "The new mill\n\nby the river")
    }

    @Test func `a table has a header and a nested table is text of its cell`() throws {
        func cell(_ content: String) -> String { "<w:tc>\(content)</w:tc>" }
        let nested = "<w:tbl><w:tr>\(cell(Self.paragraph("b")))\(cell(Self.paragraph("c")))</w:tr></w:tbl>"
        let result = Self.read(
            "<w:tbl><w:tr>\(cell(Self.paragraph("Name")))\(cell(Self.paragraph("Sort")))</w:tr>"
                + "<w:tr>\(cell(Self.paragraph("a")))\(cell(nested))</w:tr></w:tbl>")
        let document = try #require(result.documents.first)
        #expect(document.text == "| Name | Sort |\n| --- | --- |\n| a | b c |")
        #expect(document.blocks.map(\.kind) == [.table(header: 0..<29)])
    }

    @Test func `a text box is read once, after its paragraph`() {
        let box = "<w:txbxContent>\(Self.paragraph("boxed"))</w:txbxContent>"
        let text = Self.text(
            """
            <w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice>\(box)</mc:Choice><mc:Fallback>\(box)</mc:Fallback>\
            </mc:AlternateContent><w:t>around</w:t></w:r></w:p>
            """)
        #expect(text == "around\n\nboxed")
    }

    @Test func `properties give title, author and dates`() throws {
        let core = """
            <cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:t="t"><dc:title>Mills</dc:title>\
            <dc:creator>Ada</dc:creator><t:created>2020-01-02T03:04:05Z</t:created></cp:coreProperties>
            """
        let files = Self.files(Self.paragraph("x")) + [("docProps/core.xml", core)]
        let document = try #require(
            DOCXReader().read(Source(id: "a.docx", bytes: ZipWriter.archive(files))).documents.first)
        #expect(document.title == "Mills")
        #expect(document.metadata == ["author": "Ada", "created": "2020-01-02T03:04:05Z"])
    }

    @Test func `a file that cannot be read is rejected with a reason`() {
        func reason(_ bytes: [UInt8]) -> Rejection? {
            DOCXReader().read(Source(id: "a.docx", bytes: bytes)).rejected.first
        }
        let name: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(reason([0xD0, 0xCF, 0x11, 0xE0] + name)?.reason == .encrypted)
        let old: [UInt8] = "WordDocument".utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(reason([0xD0, 0xCF, 0x11, 0xE0] + old)?.message.contains("before 2007") == true)
        #expect(reason([])?.reason == .empty)
        #expect(reason(Array("no archive".utf8))?.reason == .undecodable)
        #expect(reason(ZipWriter.archive([("a.txt", "a")]))?.reason == .unsupportedFormat)
        #expect(reason(ZipWriter.archive(Self.files("<w:p>")))?.reason == .undecodable)
        #expect(reason(ZipWriter.archive(Self.files("<w:p/>")))?.reason == .empty)
    }

    @Test func `deep nesting ends`() {
        let deep =
            String(repeating: "<w:tbl><w:tr><w:tc>", count: 60) + Self.paragraph("x")
            + String(repeating: "</w:tc></w:tr></w:tbl>", count: 60)
        let result = Self.read(Self.paragraph("top") + deep)
        #expect(result.documents.count + result.rejected.count == 1)
    }

    @Test(arguments: 0..<300)
    func `changed bytes crash no reader`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bytes = ZipWriter.archive(
            Self.files(
                Self.paragraph("a", "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>")
                    + "<w:tbl><w:tr><w:tc>" + Self.paragraph("b") + "</w:tc></w:tr></w:tbl>",
                ["word/numbering.xml": "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"]))
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let result = DOCXReader().read(Source(id: "a.docx", bytes: bytes))
        #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
    }
}
