import QuarryCore
import QuarryReaders
import Testing

struct MHTMLReaderTests {
    private func page(_ encoding: String, charset: String = "utf-8", _ body: String) -> String {
        """
        From: <Saved by a browser>
        Snapshot-Content-Location: https://example.org/mill
        Subject: The mill
        Date: Thu, 5 Mar 2026 14:30:05 +0100
        MIME-Version: 1.0
        Content-Type: multipart/related; type="text/html"; boundary="b"

        --b
        Content-Type: text/html; charset=\(charset)
        Content-Transfer-Encoding: \(encoding)
        Content-Location: https://example.org/mill

        \(body)
        --b
        Content-Type: image/png
        Content-Transfer-Encoding: base64

        eA==
        --b
        Content-Type: text/html

        <p>An advertisement in a frame.</p>
        --b--
        """
    }

    private func read(_ text: String) -> ReadResult {
        MHTMLReader().read(Source(id: "a.mhtml", bytes: Array(text.utf8)))
    }

    @Test func `the page is read as HTML, and its map leads to the bytes of the file`() throws {
        let text = page("quoted-printable", "<h1>Mill</h1><p>The caf=C3=A9 has nine wheels, of =\noak.</p>")
        let document = try #require(read(text).documents.first)
        #expect(document.text == "# Mill\n\nThe café has nine wheels, of oak.")
        #expect(document.title == "Mill" && document.metadata["url"] == "https://example.org/mill")
        #expect(document.metadata["saved"] == "2026-03-05T14:30:05+01:00")
        #expect(try document.written("café", in: text) == "caf=C3=A9")
        #expect(try document.written("of oak", in: text) == "of =\noak")
        #expect(document.sourceMap.base == .source)
        #expect(document.sourceMap.lines(of: document.text.utf8Range(of: "oak")) == 14...14)
    }

    @Test func `a page in base64 or another charset is decoded`() throws {
        let base64 = try #require(read(page("base64", "PHA+Q2Fmw6kgYXQgdGhlIG1pbGw8L3A+")).documents.first)
        #expect(base64.text == "Café at the mill" && base64.sourceMap.base == .text)
        let cyrillic = page(
            "quoted-printable", charset: "windows-1251", "<p>=CC=E5=EB=FC=ED=E8=F6=E0 =F3 =F0=E5=EA=E8</p>")
        let document = try #require(read(cyrillic).documents.first)
        #expect(document.text == "Мельница у реки")
        #expect(try document.written("реки", in: cyrillic) == "=F0=E5=EA=E8")
    }

    @Test func `a file without a page is rejected`() {
        for text in ["", "words", "Subject: x\n\nwords", "<p>A page as it is.</p>"] {
            #expect(read(text).rejected.count == 1)
        }
    }

    @Test func `damaged files crash nothing`() async throws {
        try await readDamaged(page("quoted-printable", "<p>caf=C3=A9</p>"), id: "a.mht", with: MHTMLReader())
    }
}
