import Foundation
import QuarryCore
import QuarryReaders
import Testing

struct XMLReaderTests {
    private func read(_ text: String) -> ReadResult {
        XMLReader().read(Source(id: "a.xml", bytes: Array(text.utf8)))
    }

    @Test func `of a document with a fault, what comes before it is read with a warning`() throws {
        let result = read("<notes><p>Green tea is not oxidised.</p>\n<p>Brew it <b>cool.</p></notes>")
        let document = try #require(result.documents.first)
        #expect(document.text.hasPrefix("Green tea is not oxidised."))
        #expect(result.warnings.map(\.line) == [2] && result.warnings.map(\.reason) == [.brokenRecord])
        #expect(read("no elements").rejected.map(\.reason) == [.brokenRecord])
    }

    @Test(arguments: [String.Encoding.utf8, .utf16])
    func `a place is the line of the file in which an element starts`(encoding: String.Encoding) throws {
        let name = encoding == .utf16 ? "utf-16" : "utf-8"
        let text = """
            <?xml version="1.0" encoding="\(name)"?>
            <!DOCTYPE notes [ <!ELEMENT notes (p|table)*> <!-- it's <one> -->
            ]>
            <notes a=">">
            <!-- <p>
            none</p> --><note><![CDATA[
            <p>]]></note>
            <p b='>'
               >Green tea.</p><p>Black tea.</p>
            <table><tr><td>80</td></tr>\r\n<tr><td>95</td></tr></table>
            </notes>
            """
        let result = XMLReader().read(Source(id: "a.xml", bytes: [UInt8](try #require(text.data(using: encoding)))))
        let document = try #require(result.documents.first)
        func place(of words: String) -> [Place] { document.sourceMap.places(of: document.text.utf8Range(of: words)) }
        #expect(place(of: "Green tea.") == [.line(8)] && place(of: "Black tea.") == [.line(9)], "\(document.text)")
        #expect(place(of: "| 80 |") == [.line(10)] && place(of: "| 95 |") == [.line(11)])
    }

    @Test func `too many attributes are named as such, with their line`() {
        let attributes = (0..<17_000).map { "a\($0)=\"1\"" }.joined(separator: " ")
        let rejected = read("<r>\n<p \(attributes)>Tea</p></r>").rejected
        #expect(
            rejected.map(\.message) == ["The file has an element with more than 2000 attributes, which is not read."]
                && rejected.first?.line == 2)
        let page = HTMLReader().read(Source(id: "a.html", bytes: Array("<p \(attributes)>Tea</p>".utf8)))
        #expect(page.rejected.first?.message.contains("one of its elements has too many attributes") ?? false)
    }

    @Test func `the limits of nesting and of entities are named`() {
        let deep = read(String(repeating: "<a>", count: 400) + "x" + String(repeating: "</a>", count: 400)).rejected
        #expect(deep.map(\.message) == ["The file has elements nested more than 256 deep, which is not read."])
        #expect(deep.map(\.reason) == [.tooLarge])
        let entities = (1...9).map { level in
            "<!ENTITY l\(level) \"" + String(repeating: "&l\(level - 1);", count: 10) + "\">"
        }
        let start = "<!DOCTYPE r [<!ENTITY l0 \"lol\">\(entities.joined())]><r>"
        for text in [
            start + "<p>&l9;</p></r>", "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]><r><p>&a;</p></r>",
        ] {
            let result = read(text)
            #expect(
                (result.rejected + result.warnings).map(\.message).allSatisfy {
                    $0.hasPrefix("The file defines entities that repeat themselves")
                })
            #expect(result.documents.allSatisfy { !$0.text.contains("lol") })
        }
    }

    @Test(arguments: [String.Encoding.windowsCP1251, .utf16])
    func `a fault in another encoding than UTF-8 keeps what comes before it`(encoding: String.Encoding) throws {
        let name = encoding == .utf16 ? "utf-16" : "windows-1251"
        let text =
            "<?xml version=\"1.0\" encoding=\"\(name)\"?><notes><p>Зелёный чай не окисляют, а чёрный окисляют.</p>"
            + "<p>Заваривают его <b>недолго.</p></notes>"
        let bytes = [UInt8](try #require(text.data(using: encoding)))
        let result = XMLReader().read(Source(id: "a.xml", bytes: bytes))
        let document = try #require(result.documents.first)
        #expect(document.text.hasPrefix("Зелёный чай не окисляют, а чёрный окисляют."))
        #expect(result.warnings.contains { $0.reason == .brokenRecord })
    }

    @Test func `descriptions of feeds are read as HTML, and plain ones as they are`() throws {
        let feed = """
            <rss><channel><title>Tea</title><item><title>Green</title>
            <description>&lt;p&gt;Leaves &amp;amp; buds&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Sencha&lt;/li&gt;&lt;/ul&gt;</description>
            </item><item><title>Black</title><description>Write to &lt;ann@example.org&gt;</description></item>
            </channel></rss>
            """
        let text = try #require(read(feed).documents.first).text
        #expect(text.contains("Leaves & buds\n\n- Sencha") && text.contains("Write to <ann@example.org>"), "\(text)")
        let other = read("<list><description>&lt;p&gt;Sencha&lt;/p&gt; and matcha</description></list>")
        #expect(other.documents.first?.text.contains("<p>Sencha</p>") ?? false)
    }

    private static let book = """
        <?xml version="1.0"?>
        <book><info><title>Of <emphasis>Tea</emphasis></title></info>
        <chapter><title>Leaves</title><para><emphasis>Green</emphasis> tea is <link>un</link>oxidised.</para>
        <itemizedlist><listitem><para>Sencha</para></listitem><listitem><para>Matcha</para></listitem></itemizedlist>
        <section><title>Brewing</title><programlisting>boil(80)
          wait(3)</programlisting>
        <table><tgroup><thead><row><entry>Tea</entry><entry>°C</entry></row></thead>
        <tbody><row><entry>Green</entry><entry><para>80</para></entry></row></tbody></tgroup></table>
        </section></chapter></book>
        """

    @Test func `titles, paragraphs, lists, code and tables are recognised`() throws {
        let document = try #require(read(Self.book).documents.first)
        #expect(document.title == "Of Tea")
        #expect(
            document.text == """
                # Of Tea

                # Leaves

                Green tea is unoxidised.

                - Sencha
                - Matcha

                ## Brewing

                ```
                boil(80)
                  wait(3)
                ```

                | Tea | °C |
                | --- | --- |
                | Green | 80 |
                """)
    }

    @Test func `a title within a sentence is not a heading`() throws {
        let document = try #require(
            read("<text><div><head>I</head><p>He read <title>Hamlet</title> twice.<lb/>Then slept.</p></div></text>")
                .documents.first)
        #expect(document.text == "# I\n\nHe read Hamlet twice. Then slept.")
    }

    @Test func `an element of short elements is one paragraph`() throws {
        let source = "<all><who><name>Bob</name><age>31</age></who><who><name>Eve</name><age>22</age></who></all>"
        #expect(read(source).documents.map(\.text) == ["name: Bob; age: 31\n\nname: Eve; age: 22"])
    }

    @Test func `a malformed file without text before its fault is rejected with its line`() {
        let result = read("<a>\n<b/>\n</c>\n</a>")
        #expect(result.rejected.map(\.line) == [3])
        #expect(result.rejected.map(\.reason) == [.brokenRecord])
    }

    @Test func `entities are not expanded`() {
        var source = "<!DOCTYPE a [<!ENTITY x0 \"laugh\"><!ENTITY file SYSTEM \"file:///etc/passwd\">"
        for level in 1...9 {
            source += "<!ENTITY x\(level) \"" + String(repeating: "&x\(level - 1);", count: 10) + "\">"
        }
        let result = read(source + "]><a><p>see &x9; here</p></a>")
        #expect(result.documents.allSatisfy { !$0.text.contains("laugh") })
        let file = read(source + "]><a><p>see &file; here</p></a>")
        #expect(file.documents.map(\.text) == ["see &file; here"])
    }

    @Test func `a file that declares another encoding is decoded`() {
        let bytes: [UInt8] =
            Array("<?xml version=\"1.0\" encoding=\"windows-1251\"?><p>".utf8) + [0xEC, 0xE8, 0xF0] + Array("</p>".utf8)
        #expect(XMLReader().read(Source(id: "a.xml", bytes: bytes)).documents.map(\.text) == ["мир"])
    }

    @Test(arguments: ["", " \n", "<a/>", "<a b=\"c\"><d> </d></a>"])
    func `a file without text is rejected`(source: String) {
        #expect(read(source).rejected.map(\.reason) == [.empty])
    }

    @Test func `deep nesting is rejected`() {
        let source = String(repeating: "<a>", count: 5000) + "x" + String(repeating: "</a>", count: 5000)
        #expect(read(source).rejected.map(\.reason) == [.tooLarge])
    }

    @Test func `damaged files do not crash`() async throws {
        try await readDamaged(Self.book, id: "a.xml", with: XMLReader())
    }

    @Test func `an entity that the document defines stays as it is written`() throws {
        let page = "<!DOCTYPE a [<!ENTITY product \"Kettle\">]><a><p>We sell &product; in all shops.</p></a>"
        let result = XMLReader().read(Source(id: "a.xml", bytes: Array(page.utf8)))
        #expect(result.documents.first?.text.contains("We sell &product; in all shops.") ?? false, "\(result)")
    }
}
