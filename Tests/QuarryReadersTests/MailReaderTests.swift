import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct MailReaderTests {
    private func read(_ text: String, _ name: String = "a.eml") -> ReadResult {
        MailReader().read(Source(id: name, bytes: Array(text.utf8)))
    }

    private func document(_ text: String) throws -> Document { try #require(read(text).documents.first) }

    /// The texts of the blocks of a kind.
    private func texts(_ document: Document, where matches: (Block.Kind) -> Bool) -> [String] {
        let bytes = Array(document.text.utf8)
        return document.blocks.filter { matches($0.kind) }.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    }

    @Test func `header fields become metadata and the subject a heading`() throws {
        let document = try document(
            """
            From: =?koi8-r?B?6dfBzg==?= <ivan@example.ru>
            To: "Doe, Jane" <jane@example.org>,
             bob@example.org
            Cc: <cc@example.org>
            Subject: =?utf-8?Q?The_budget_f=C3?=
             =?utf-8?Q?=BCr_March?=
            Date: Thu, 5 Mar 2026 14:30:05 +0100
            Message-ID: <one@example.org>
            In-Reply-To: <zero@example.org>

            We agreed on 40,000 euros.
            """)
        #expect(document.title == "The budget für March")
        #expect(document.text == "# The budget für March\n\nWe agreed on 40,000 euros.")
        #expect(
            document.metadata == [
                "from": "Иван <ivan@example.ru>", "to": .strings(["Doe, Jane <jane@example.org>", "bob@example.org"]),
                "cc": .strings(["cc@example.org"]), "subject": "The budget für March",
                "date": "2026-03-05T14:30:05+01:00", "message-id": "one@example.org",
                "in-reply-to": "zero@example.org",
            ])
        #expect(document.sourceMap.places(of: 0..<5) == [.message("The budget für March")])
    }

    @Test func `a citation of plain text leads to the bytes of the file`() throws {
        let mail = "Subject: Lunch\r\n\r\nAt noon in the\r\ncafé, as always.\r\n"
        let document = try document(mail)
        let sentence = try #require(document.text.firstRange(of: "At noon in the café, as always."))
        let start = document.text.utf8.distance(from: document.text.startIndex, to: sentence.lowerBound)
        let source = document.sourceMap.sourceRange(of: start..<document.text.utf8.count)
        #expect(
            String(decoding: Array(mail.utf8)[source], as: UTF8.self) == "At noon in the\r\ncafé, as always.")
        #expect(document.sourceMap.lines(of: start..<document.text.utf8.count) == 3...4)
        #expect(document.sourceMap.base == .source)
    }

    @Test func `quoted-printable text in a Cyrillic charset is decoded and keeps its lines`() throws {
        let document = try document(
            """
            Subject: x
            Content-Type: text/plain; charset="windows-1251"
            Content-Transfer-Encoding: quoted-printable

            =CF=F0=E8=E2=E5=F2, =EC=
            =E8=F0!

            =CF=EE=EA=E0.
            """)
        #expect(document.text == "# x\n\nПривет, мир!\n\nПока.")
        let last = document.text.utf8.count
        #expect(document.sourceMap.lines(of: last - 9..<last) == 8...8)
    }

    @Test func `base64 text has no map to the file`() throws {
        let document = try document(
            "Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVs\nbG8u\n")
        #expect(document.text == "# x\n\nHello.")
        #expect(document.sourceMap.base == .text)
    }

    @Test func `quotations are apart from what the message says`() throws {
        let document = try document(
            """
            Subject: Re: x

            I agree.

            On Monday, 2 March 2026 at 10:00 Ada <ada@example.org>
            wrote:

            > Shall we meet?
            >> Earlier words.

            See you.
            """)
        #expect(texts(document) { $0 == .paragraph } == ["I agree.", "See you."])
        #expect(
            texts(document) { $0 == .quote } == [
                "> On Monday, 2 March 2026 at 10:00 Ada <ada@example.org> wrote:", "> Shall we meet?",
                "> Earlier words.",
            ])
    }

    @Test(arguments: [
        "-----Original Message-----\nFrom: Ada\nSent: Monday", "От: Ада\nОтправлено: сегодня\nКому: Ева",
        "02.03.2026 10:00, Ада <ada@example.org> написал:",
    ])
    func `what follows a repeated header is a quotation`(mark: String) throws {
        let document = try document("Subject: x\n\nMy words.\n\n\(mark)\n\nOld words.\n")
        #expect(texts(document) { $0 == .paragraph } == ["My words."])
        #expect(texts(document) { $0 == .quote }.last == "> Old words.")
    }

    @Test func `a signature is the last paragraph`() throws {
        let document = try document("Subject: x\n\nBye.\n\n-- \nAda\n\nRoom 5\n")
        #expect(texts(document) { $0 == .paragraph } == ["Bye.", "Ada Room 5"])
    }

    @Test func `soft lines of flowed text are joined`() throws {
        let document = try document(
            "Subject: x\nContent-Type: text/plain; format=flowed\n\nOne \nline.\nAnother.\n> quoted \n> text\n")
        #expect(texts(document) { $0 == .paragraph } == ["One line.", "Another."])
        #expect(texts(document) { $0 == .quote } == ["> quoted text"])
    }

    private func alternative(_ plain: String, _ html: String) -> String {
        """
        Subject: x
        Content-Type: multipart/alternative; boundary="b"

        --b
        Content-Type: text/plain

        \(plain)
        --b
        Content-Type: text/html

        \(html)
        --b--
        """
    }

    @Test func `HTML keeps its headings, tables and code`() throws {
        let html = """
            <h2>Costs</h2><p>All in euros.</p><table><tr><th>Tea</th><th>Price</th></tr>
            <tr><td>Sencha | green</td><td>7</td></tr></table><pre>boil(80)
              wait(3)</pre><blockquote>Was it <b>dear</b>?</blockquote><p># no heading</p>
            """
        let document = try document("Subject: x\nContent-Type: text/html\n\n\(html)\n")
        #expect(
            document.text == """
                # x

                ## Costs

                All in euros.

                | Tea | Price |
                | --- | --- |
                | Sencha \\| green | 7 |

                ```
                boil(80)
                  wait(3)
                ```

                > Was it dear?

                # no heading
                """)
        let kinds = document.blocks.map(\.kind)
        #expect(kinds.count { if case .heading = $0 { true } else { false } } == 2)
        #expect(kinds.contains { if case .table(let header) = $0 { !header.isEmpty } else { false } })
    }

    @Test func `plain text is preferred unless it is empty or much shorter`() throws {
        let long = String(repeating: "The caf&eacute; opens at nine. ", count: 20)
        #expect(try document(alternative("Plain words.", "<p>Rich words.</p>")).text == "# x\n\nPlain words.")
        #expect(try document(alternative("", "<p>Rich</p>")).text == "# x\n\nRich")
        let rich = try document(alternative("See HTML.", "<style>p{}</style><p>\(long)</p>")).text
        #expect(rich.contains("café opens at nine.") && !rich.contains("See HTML") && !rich.contains("p{}"))
    }

    @Test func `attachments are named with type and size, and messages within follow`() throws {
        let document = try document(
            """
            Subject: Outer
            Content-Type: multipart/mixed; boundary="b"

            --b

            Outer text.
            --b
            Content-Type: application/pdf; name*0*=utf-8''%D0%9E%D1%82; name*1*=%D1%87%D1%91%D1%82.pdf
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment

            AAECAwQ=
            --b
            Content-Type: message/rfc822

            From: inner@example.org
            Subject: Inner

            Inner text.
            --b--
            """)
        #expect(
            document.text == """
                # Outer

                Outer text.

                ## Inner

                From: inner@example.org

                Inner text.

                Attachment: Отчёт.pdf (application/pdf, 5 bytes)
                """)
    }

    @Test func `an encrypted message is rejected with a sentence that says so`() {
        let result = read(
            """
            Subject: x
            Content-Type: multipart/encrypted; boundary=b

            --b
            Content-Type: application/pgp-encrypted

            Version: 1
            --b--
            """)
        #expect(result.documents.isEmpty)
        #expect(result.rejected.map(\.reason) == [.encrypted])
        #expect(result.rejected.first?.message.contains("encrypted") == true)
    }

    @Test func `a mailbox has a document for each message, with its own lines`() throws {
        let result = read(
            """
            From ada@example.org Mon Jun 01 04:28:28 2009
            Subject: One

            First.
            >From here on.
            From now on, too.

            From eve@example.org Mon Jun 01 05:28:28 2009
            From: eve@example.org

            Second.

            """, "box.mbox")
        #expect(result.documents.map(\.id) == ["box.mbox#1", "box.mbox#2"])
        let first = try #require(result.documents.first)
        #expect(texts(first) { $0 == .paragraph } == ["First.", "From here on. From now on, too."])
        let second = try #require(result.documents.last)
        #expect(second.text == "Second.")
        #expect(second.sourceMap.lines(of: 0..<7) == 11...11)
        #expect(second.sourceMap.places(of: 0..<7) == [.message("2")])
    }

    @Test func `a mailbox with one message has the name of the file`() {
        let result = read("From a Mon Jun 01 04:28:28 2009\nSubject: One\n\nFirst.\n", "box.mbox")
        #expect(result.documents.map(\.id) == ["box.mbox"])
    }

    @Test func `a file that is not a message is rejected`() {
        #expect(read("no header here").rejected.map(\.reason) == [.brokenRecord])
        #expect(read("").rejected.map(\.reason) == [.empty])
        #expect(read("X: y\n\n").rejected.map(\.reason) == [.empty])
    }

    @Test(arguments: [
        ("5 Mar 26 14:30 EST", "2026-03-05T14:30:00-05:00"), ("Thu, 05 Mar 2026 14:30:00 GMT", "2026-03-05T14:30:00Z"),
        ("Thu Mar 5 14:30:00 2026", "2026-03-05T14:30:00Z"),
    ])
    func `dates of older forms are read`(date: String, expected: String) throws {
        #expect(try document("Date: \(date)\n\nx").metadata["date"] == .string(expected))
    }

    @Test func `parts nest no deeper than the limit`() {
        let parts = (0..<200).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
        #expect(read("Subject: x\n" + parts + "\nDeep.\n").documents.count == 1)
    }

    @Test(arguments: [
        "text/plain; (", "text/plain; charset=\"", "text/plain; a=(", "; =", "text/plain; name*1*=%", "(\\",
    ])
    func `a header value that breaks off is read as far as it goes`(value: String) throws {
        #expect(try document("Content-Type: \(value)\n\nx").text == "x")
    }

    @Test func `changed bytes crash nothing`() throws {
        let sample = Array(alternative("On 1 May 2026 a@b.c wrote:\n> =?utf-8?Q?x?=", "<blockquote>a&amp;b").utf8)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            var bytes = sample
            for _ in 0..<8 {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let name = Bool.random(using: &generator) ? "a.eml" : "a.mbox"
            let result = MailReader().read(Source(id: name, bytes: bytes))
            #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
        }
    }

    @Test func `HTML that nests too deeply is a warning, and styles are not text`() throws {
        func read(_ html: String) -> ReadResult {
            let message = "Subject: Tea\r\nContent-Type: text/html\r\n\r\n\(html)\r\n"
            return MailReader().read(Source(id: "a.eml", bytes: Array(message.utf8)))
        }
        let deep = read(String(repeating: "<div>", count: 5000) + "text")
        #expect(deep.warnings.count == 1 && deep.documents.first?.text == "# Tea")
        let plain = read("<style>p { color: red }</style><p>The tea is ready.</p><p hidden>no</p>")
        #expect(plain.warnings.isEmpty && plain.documents.first?.text == "# Tea\n\nThe tea is ready.")
    }
}
