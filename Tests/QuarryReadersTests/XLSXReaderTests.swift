import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct XLSXReaderTests {
    private static func files(_ rows: String, formats: [String] = []) -> [(name: String, text: String)] {
        let codes = formats.enumerated().map { "<numFmt numFmtId=\"\(200 + $0)\" formatCode=\"\($1)\"/>" }.joined()
        let styles = formats.indices.map { "<xf numFmtId=\"\(200 + $0)\"/>" }.joined()
        return [
            (
                "xl/workbook.xml",
                """
                <workbook xmlns:r="r"><sheets><sheet name="Costs" sheetId="1" r:id="a"/>\
                <sheet name="Secret" sheetId="2" state="hidden" r:id="b"/></sheets></workbook>
                """
            ),
            (
                "xl/_rels/workbook.xml.rels",
                """
                <Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/one.xml"/>\
                <Relationship Id="b" Type="x/worksheet" Target="worksheets/two.xml"/></Relationships>
                """
            ),
            ("xl/worksheets/one.xml", "<worksheet><sheetData>\(rows)</sheetData></worksheet>"),
            (
                "xl/worksheets/two.xml",
                "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>hidden</t></is></c></row></sheetData></worksheet>"
            ),
            ("xl/sharedStrings.xml", "<sst><si><t>Name</t></si><si><r><t>Su</t></r><r><t>m</t></r></si></sst>"),
            (
                "xl/styles.xml",
                "<styleSheet><numFmts>\(codes)</numFmts><cellXfs><xf numFmtId=\"0\"/>\(styles)</cellXfs></styleSheet>"
            ),
        ]
    }

    private static func read(_ rows: String, formats: [String] = []) -> ReadResult {
        XLSXReader().read(Source(id: "a.xlsx", bytes: ZipWriter.archive(files(rows, formats: formats))))
    }

    /// A number as a cell with a format shows it.
    private static func shown(_ number: String, _ format: String) -> String? {
        let row = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>\(number)</v></c></row>"
        return read(row, formats: [format]).documents.first?.text.split(separator: "\n").last.map(String.init)
    }

    private static let header = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>"

    @Test func `a sheet is a heading and a table without empty columns`() {
        let row = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>Ink</t></is></c><c r=\"C2\"><v>2.50</v></c></row>"
        let result = Self.read(Self.header + row)
        #expect(result.documents.first?.text == "# Costs\n\n| Name | Sum |\n| --- | --- |\n| Ink | 2.5 |")
    }

    @Test func `charts are named with their titles`() {
        let chart = "<chartSpace><chart><title><p><r><t>Ink by year</t></r></p></title></chart></chartSpace>"
        let files = Self.files(Self.header) + [(name: "xl/charts/chart1.xml", text: chart)]
        let result = XLSXReader().read(Source(id: "a.xlsx", bytes: ZipWriter.archive(files)))
        #expect(result.unread.map(\.source) == ["a.xlsx/xl/charts/chart1.xml"])
        #expect(result.unread.first?.message == "The chart “Ink by year” is not read. The cells that it shows are.")
    }

    @Test func `hidden sheets are named, and read on demand`() throws {
        let bytes = ZipWriter.archive(Self.files(Self.header))
        let result = XLSXReader().read(Source(id: "a.xlsx", bytes: bytes))
        #expect(result.warnings.map(\.message) == ["1 hidden sheet was left out: “Secret”."])
        #expect(result.warnings.first?.reason == .hiddenText)
        let reader = XLSXReader(keepsHidden: true)
        let whole = reader.read(Source(id: "a.xlsx", bytes: bytes))
        #expect(whole.documents.first?.text.contains("# Secret") ?? false)
        #expect(whole.warnings.isEmpty && reader.version != XLSXReader().version)
    }

    @Test func `a workbook with text in hidden sheets alone says so`() {
        let rejected = Self.read("").rejected
        #expect(rejected.map(\.reason) == [.empty])
        #expect(rejected.first?.message.contains("“Secret”") ?? false)
    }

    @Test func `truth values, errors and formulas have their stored values`() {
        let row = """
            <row r="1"><c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c><c t="str"><f>A1</f><v>ok</v></c>\
            <c><f>1+1</f><v>2</v></c></row>
            """
        #expect(Self.read(row).documents.first?.text == "# Costs\n\n| TRUE | #DIV/0! | ok | 2 |")
    }

    @Test func `a quote of one row or some rows names those rows`() throws {
        // Row 6 is empty.
        let rows = (2...9).filter { $0 != 6 }.map {
            "<row r=\"\($0)\"><c r=\"A\($0)\"><v>\($0)00</v></c><c r=\"C\($0)\"><v>1</v></c></row>"
        }
        let document = try #require(Self.read(Self.header + rows.joined()).documents.first)
        func places(of quote: String) throws -> [Place] {
            let range = try #require(document.text.firstRange(of: quote))
            let start = document.text.utf8.distance(from: document.text.startIndex, to: range.lowerBound)
            return document.sourceMap.places(of: start..<start + quote.utf8.count)
        }
        #expect(try places(of: "700") == [.cells(sheet: "Costs", range: "A7:C7")])
        #expect(try places(of: "| 500 | 1 |\n| 700 | 1 |\n| 800") == [.cells(sheet: "Costs", range: "A5:C8")])
        #expect(try places(of: "Name") == [.cells(sheet: "Costs", range: "A1:C1")])
    }

    @Test func `each stretch of rows repeats the header and has its cells as place`() throws {
        let rows = (2...30).map {
            "<row r=\"\($0)\"><c r=\"A\($0)\"><v>\($0)</v></c><c r=\"C\($0)\"><v>1</v></c></row>"
        }
        let document = try #require(Self.read(Self.header + rows.joined()).documents.first)
        let tables = document.blocks.filter { if case .table = $0.kind { true } else { false } }
        #expect(
            tables.map { document.sourceMap.places(of: $0.range) } == [
                [.cells(sheet: "Costs", range: "A1:C21")],
                [.cells(sheet: "Costs", range: "A1:C1"), .cells(sheet: "Costs", range: "A22:C30")],
            ])
        #expect(document.text.hasSuffix("| Name | Sum |\n| --- | --- |" + (22...30).map { "\n| \($0) | 1 |" }.joined()))
    }

    @Test(arguments: [
        ("0.30000000000000004", "General", "| 0.3 |"), ("1234567", "#,##0", "| 1,234,567 |"),
        ("1234.565", "#,##0.00", "| 1,234.57 |"), ("-5", "#,##0;(#,##0)", "| (5) |"), ("0.256", "0.0%", "| 25.6% |"),
        ("7", "00000", "| 00007 |"), ("12345", "0.00E+00", "| 1.23E+04 |"), ("3", "0 &quot;pcs&quot;", "| 3 pcs |"),
        ("1500000", "0.0,,", "| 1.5 |"), ("0", "0;-0;&quot;none&quot;", "| none |"), ("999.999", "0.00", "| 1000.00 |"),
        ("-0.001", "0.00", "| 0.00 |"), ("5551234", "000-0000", "| 555-1234 |"),
    ])
    func `numbers are shown by their format`(number: String, format: String, expected: String) {
        #expect(Self.shown(number, format) == expected)
    }

    @Test(arguments: [
        ("45356", "d/m/yyyy", "| 2024-03-05 |"), ("45356.5", "yyyy-mm-dd hh:mm", "| 2024-03-05 12:00 |"),
        ("0.75", "h:mm AM/PM", "| 6:00 PM |"), ("1.5", "[h]:mm", "| 36:00 |"), ("45356", "mmm yyyy", "| Mar 2024 |"),
        ("1", "yyyy-mm-dd", "| 1900-01-01 |"), ("61", "yyyy-mm-dd", "| 1900-03-01 |"),
        ("2958465", "yyyy-mm-dd", "| 9999-12-31 |"), ("1e300", "yyyy-mm-dd", "| 1e300 |"),
    ])
    func `dates and times are shown by their format`(number: String, format: String, expected: String) {
        #expect(Self.shown(number, format) == expected)
    }

    @Test(arguments: 0..<300)
    func `changed bytes crash no reader`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let row = "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>12.5</v></c><c r=\"C2\" s=\"2\"><v>45000</v></c></row>"
        var bytes = ZipWriter.archive(Self.files(Self.header + row, formats: ["#,##0.0", "d/m/yyyy"]))
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let result = XLSXReader().read(Source(id: "a.xlsx", bytes: bytes))
        #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
    }
}
