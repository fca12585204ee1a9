import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct OpenDocumentReaderTests {
    private static func content(_ kind: String, _ body: String, styles: String = "") -> String {
        """
        <office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:style="s" xmlns:draw="d" \
        xmlns:presentation="p"><office:automatic-styles>\(styles)</office:automatic-styles>\
        <office:body><office:\(kind)>\(body)</office:\(kind)></office:body></office:document-content>
        """
    }

    private static func archive(_ content: String, _ more: [(name: String, text: String)] = []) -> [UInt8] {
        ZipWriter.archive([(name: "content.xml", text: content)] + more)
    }

    private static func text(_ body: String, styles: String = "") -> String? {
        let bytes = archive(content("text", body, styles: styles))
        return ODTReader().read(Source(id: "a.odt", bytes: bytes)).documents.first?.text
    }

    @Test func `headings, spaces and notes are read in order`() {
        let text = Self.text(
            """
            <text:h text:outline-level="2">Soil</text:h>\
            <text:p>Clay<text:s text:c="3"/>and<text:note><text:note-citation>1</text:note-citation>\
            <text:note-body><text:p>Small grains.</text:p></text:note-body></text:note> sand</text:p><text:p>End</text:p>
            """)
        #expect(text == "## Soil\n\nClay and[^1] sand\n\n[^1]: Small grains.\n\nEnd")
    }

    @Test func `a list has its depth and numbers`() {
        let styles = """
            <text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" \
            style:num-suffix="."/><text:list-level-style-bullet text:level="2"/></text:list-style>
            """
        let text = Self.text(
            """
            <text:list text:style-name="L"><text:list-item><text:p>one</text:p><text:list><text:list-item>\
            <text:p>deep</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>two</text:p>\
            </text:list-item></text:list>
            """, styles: styles)
        #expect(text == "1. one\n  - deep\n2. two")
    }

    @Test func `deleted text and comments are left out`() {
        let text = Self.text(
            """
            <text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>\
            </text:changed-region></text:tracked-changes>\
            <text:p>kept<office:annotation><text:p>remark</text:p></office:annotation></text:p>
            """)
        #expect(text == "kept")
    }

    @Test func `repeated cells are bounded and hidden sheets left out`() throws {
        let styles =
            "<style:style style:name=\"H\"><style:table-properties table:display=\"false\"/></style:style>"
        let cell =
            "<table:table-cell table:number-columns-repeated=\"2000000000\"><text:p>x</text:p></table:table-cell>"
        let empty = "<table:table-cell table:number-columns-repeated=\"16384\"/>"
        let body = """
            <table:table table:name="Costs"><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell>\
            <table:table-cell><text:p>Sum</text:p></table:table-cell>\(empty)</table:table-row>\
            <table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>Ink</text:p></table:table-cell>\
            <table:table-cell office:value-type="float"><text:p>2.50</text:p></table:table-cell></table:table-row>\
            <table:table-row table:number-rows-repeated="1048576">\(empty)</table:table-row></table:table>\
            <table:table table:name="Secret" table:style-name="H"><table:table-row>\(cell)</table:table-row></table:table>
            """
        let result = ODSReader().read(
            Source(id: "a.ods", bytes: Self.archive(Self.content("spreadsheet", body, styles: styles))))
        let document = try #require(result.documents.first)
        #expect(
            document.text == "# Costs\n\n| Name | Sum |\n| --- | --- |\n| Ink | 2.50 |\n| Ink | 2.50 |")
        #expect(
            document.sourceMap.places(of: 0..<document.text.utf8.count) == [.cells(sheet: "Costs", range: "A1:B3")])
        #expect(document.sourceMap.places.last?.place == .cells(sheet: "Costs", range: "A3:B3"))
        #expect(result.warnings.map(\.message) == ["1 hidden sheet was left out: “Secret”."])
        let whole = ODSReader(keepsHidden: true).read(
            Source(id: "a.ods", bytes: Self.archive(Self.content("spreadsheet", body, styles: styles))))
        #expect(whole.warnings.isEmpty && whole.documents.first?.text.contains("# Secret") ?? false)

        let wide = "<table:table table:name=\"W\"><table:table-row>\(cell)</table:table-row></table:table>"
        let repeated = ODSReader().read(Source(id: "b.ods", bytes: Self.archive(Self.content("spreadsheet", wide))))
        #expect(repeated.documents.first?.text.filter { $0 == "x" }.count == 1_000)
    }

    @Test func `embedded objects are named once`() {
        let content = Self.content("text", "<text:p>See below.</text:p>")
        let bytes = Self.archive(
            content,
            [
                (name: "Object 1/content.xml", text: "<x/>"), (name: "Object 1/styles.xml", text: "<x/>"),
                (name: "ObjectReplacements/Object 1", text: "x"), (name: "Object 2", text: "x"),
            ])
        let result = ODTReader().read(Source(id: "a.odt", bytes: bytes))
        #expect(result.unread.map(\.source) == ["a.odt/Object 1", "a.odt/Object 2"])
    }

    @Test func `a chart is named as one, with its title`() {
        let chart = """
            <office:document-content xmlns:office="o" xmlns:chart="c" xmlns:text="t"><office:body><office:chart>\
            <chart:chart chart:class="chart:bar"><chart:title><text:p>Flour sold</text:p></chart:title></chart:chart>\
            </office:chart></office:body></office:document-content>
            """
        let content = Self.content("text", "<text:p>See below.</text:p>")
        let bytes = Self.archive(content, [(name: "Object 1/content.xml", text: chart)])
        let result = ODTReader().read(Source(id: "a.odt", bytes: bytes))
        #expect(result.unread.map(\.message) == ["The chart “Flour sold” is not read."])
        let place = result.documents.first.map { $0.sourceMap.places(of: 0..<$0.text.utf8.count) }
        #expect(place == [.paragraph(1, heading: nil)])
    }

    @Test func `a raised number is written as a power`() {
        let styles = """
            <style:style style:name="T1"><style:text-properties style:text-position="super 58%"/></style:style>\
            <style:style style:name="T2" style:parent-style-name="T1"/>\
            <style:style style:name="T3"><style:text-properties style:text-position="sub 58%"/></style:style>
            """
        func span(_ style: String, _ text: String) -> String {
            "<text:span text:style-name=\"\(style)\">\(text)</text:span>"
        }
        let body =
            "<text:p>10\(span("T1", "2")), 10\(span("T2", "−3")), H\(span("T3", "2"))O, 5\(span("T1", "th"))</text:p>"
        #expect(Self.text(body, styles: styles) == "10^2, 10^−3, H2O, 5th")
    }

    @Test func `shapes that nest too deeply are cut with a warning`() {
        let groups = String(repeating: "<draw:g>", count: 200)
        let body =
            "<draw:page>\(groups)<text:p>x</text:p>\(groups.replacing("<", with: "</"))"
            + "<draw:frame><draw:text-box><text:p>grain</text:p></draw:text-box></draw:frame></draw:page>"
        let result = ODPReader().read(Source(id: "a.odp", bytes: Self.archive(Self.content("presentation", body))))
        #expect(result.documents.first?.text.contains("grain") == true)
        #expect(result.warnings.map(\.message).contains { $0.contains("nest") }, "\(result.warnings)")
    }

    @Test func `slides have their titles and notes`() throws {
        let body = """
            <draw:page><draw:frame presentation:class="outline"><draw:text-box><text:p>grain</text:p></draw:text-box>\
            </draw:frame><draw:frame presentation:class="title"><draw:text-box><text:p>Mills</text:p></draw:text-box>\
            </draw:frame><presentation:notes><draw:frame presentation:class="notes"><draw:text-box>\
            <text:p>Slowly.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>
            """
        let result = ODPReader().read(Source(id: "a.odp", bytes: Self.archive(Self.content("presentation", body))))
        let document = try #require(result.documents.first)
        #expect(document.text == "# Mills\n\ngrain\n\nNotes: Slowly.")
        #expect(document.sourceMap.places.map(\.place) == [.slide(1)])
    }

    @Test func `an encrypted file is rejected as such`() {
        let manifest = (
            name: "META-INF/manifest.xml", text: "<m:manifest xmlns:m=\"m\"><m:encryption-data/></m:manifest>"
        )
        let result = ODTReader().read(Source(id: "a.odt", bytes: Self.archive("\u{1}\u{2}", [manifest])))
        #expect(result.rejected.first?.message.contains("encrypted") == true)
    }

    @Test(arguments: 0..<300)
    func `changed bytes crash no reader`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let body =
            "<table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"3\"><table:table-cell "
            + "table:number-columns-repeated=\"3\"><text:p>x</text:p></table:table-cell></table:table-row></table:table>"
        for (kind, reader) in [("text", ODTReader()), ("spreadsheet", ODSReader()), ("presentation", ODPReader())]
            as [(String, any Reader)]
        {
            var bytes = Self.archive(Self.content(kind, body))
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let source = Source(id: "a", bytes: bytes)
            let result =
                switch reader {
                case let reader as ODTReader: reader.read(source)
                case let reader as ODSReader: reader.read(source)
                default: ODPReader().read(source)
                }
            #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
        }
    }
}
