import QuarryCore
import QuarryReaders
import Testing

struct EPUBReaderTests {
    private static let package = """
        <?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"><metadata
        xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Ferry</dc:title><dc:creator>Maret Saar</dc:creator>
        <dc:language>en</dc:language></metadata><manifest>
        <item id="b" href="text/two.xhtml"/><item id="a" href="text/one%20a.xhtml"/><item id="n" href="notes.xhtml"/>
        </manifest><spine><itemref idref="a"/><itemref idref="b"/><itemref idref="n" linear="no"/></spine></package>
        """

    private func book(_ more: [(name: String, text: String)] = []) -> [UInt8] {
        ZipWriter.archive(
            [
                ("mimetype", "application/epub+zip"),
                (
                    "META-INF/container.xml",
                    "<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>"
                ),
                ("OPS/book.opf", Self.package),
                ("OPS/text/two.xhtml", "<html><body><h2>The crossing</h2><p>The ferry left at six.</p></body></html>"),
                ("OPS/text/one a.xhtml", "<html><body><h2>The pier</h2><p>Nobody was waiting.</p></body></html>"),
                ("OPS/notes.xhtml", "<html><body><p>Not in the reading order.</p></body></html>"),
            ] + more)
    }

    @Test func `chapters come in the order of the spine, each as a place`() throws {
        let result = EPUBReader().read(Source(id: "ferry.epub", bytes: book()))
        let document = try #require(result.documents.first, "\(result.rejected)")
        #expect(document.text == "## The pier\n\nNobody was waiting.\n\n## The crossing\n\nThe ferry left at six.")
        #expect(document.title == "The Ferry" && document.metadata["author"] == "Maret Saar")
        let range = document.text.utf8Range(of: "The ferry left")
        #expect(document.sourceMap.places(of: range) == [.chapter("The crossing")])
    }

    @Test func `a chapter may have any name`() throws {
        let package = Self.package.replacing("text/two.xhtml", with: "text/two.part")
        let book = ZipWriter.archive([
            ("OPS/book.opf", package), ("OPS/text/two.part", "<html><body><p>The ferry left.</p></body></html>"),
            ("OPS/text/one a.xhtml", "<html><body><p>Nobody was waiting.</p></body></html>"),
        ])
        let result = EPUBReader().read(Source(id: "ferry.epub", bytes: book))
        #expect(result.documents.first?.text == "Nobody was waiting.\n\nThe ferry left." && result.warnings.isEmpty)
    }

    @Test func `a protected book is rejected, and so is an archive that is no book`() {
        let protected = EPUBReader().read(
            Source(id: "a.epub", bytes: book([("META-INF/rights.xml", "<rights/>")])))
        #expect(protected.rejected.first?.message.contains("protected") ?? false)
        for bytes in [ZipWriter.archive([("a.txt", "text")]), Array("PK".utf8), []] {
            #expect(EPUBReader().read(Source(id: "b.epub", bytes: bytes)).rejected.count == 1)
        }
    }

    @Test func `a chapter is read once, and one that is missing is a warning`() throws {
        let package = Self.package.replacing(
            "<itemref idref=\"b\"/>", with: "<itemref idref=\"b\"/><itemref idref=\"b\"/>"
        )
        .replacing("text/one%20a.xhtml", with: "text/none.xhtml")
        let result = EPUBReader().read(
            Source(
                id: "a.epub",
                bytes: ZipWriter.archive([
                    ("OPS/book.opf", package),
                    (
                        "OPS/text/two.xhtml",
                        "<html><body><style>p {}</style><p>The ferry left.</p><p hidden>no</p></body></html>"
                    ),
                ])))
        #expect(result.documents.first?.text == "The ferry left.")
        #expect(
            result.warnings.map(\.message) == ["The chapter OPS/text/none.xhtml is left out: it is not in the file."])
    }

    @Test(arguments: ["LRZI\0\0\0\0", "7z\u{BC}", "Rar!"])
    func `only zip archives are opened`(start: String) {
        let bytes = Array(start.utf8) + [UInt8](repeating: 7, count: 400)
        let result = EPUBReader().read(Source(id: "a.epub", bytes: bytes))
        #expect(result.rejected.count == 1 && !(result.rejected.first?.message.contains("lrzip") ?? true))
    }

    @Test func `changed bytes never end the process`() {
        var random = SystemRandomNumberGenerator()
        let bytes = book()
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = EPUBReader().read(Source(id: "a.epub", bytes: changed))
        }
    }
}
