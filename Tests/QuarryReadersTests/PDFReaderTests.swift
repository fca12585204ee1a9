import Foundation
import QuarryCore
import QuarryReaders
import Testing

/// Skipped where poppler is not installed.
@Suite(.enabled(if: PDFReader().obstacle == nil, "PDF needs poppler-utils"))
struct PDFReaderTests {
    private func read(_ file: PDFFile) async throws -> ReadResult {
        try await PDFReader().read(Source(id: "file.pdf", bytes: file.bytes))
    }

    @Test func `a heading is known by its size, and lines are joined to paragraphs`() async throws {
        var file = PDFFile()
        file.page([
            .init("The mill on the river", x: 72, y: 90, size: 22),
            .init("The mill was built in 1871 by two brothers, who had learned the", x: 72, y: 130),
            .init("trade in a neigh-", x: 72, y: 144), .init("bouring valley. It ground oats.", x: 72, y: 158),
            .init("The wheel was rebuilt after the flood of 1902.", x: 72, y: 200),
        ])
        let document = try #require(try await read(file).documents.first)
        #expect(
            document.text == """
                # The mill on the river

                The mill was built in 1871 by two brothers, who had learned the trade in a neighbouring valley. It ground oats.

                The wheel was rebuilt after the flood of 1902.
                """)
        #expect(document.sourceMap.places(of: 0..<document.text.utf8.count) == [.page(1)])
    }

    @Test func `headers and footers that repeat are left out, and each page is a place`() async throws {
        var file = PDFFile()
        for number in 1...4 {
            file.page([
                .init("Yearly report of the mill", x: 72, y: 40),
                .init("Page text number \(number) says something of its own.", x: 72, y: 300),
                .init("Page \(number) of 4", x: 280, y: 770),
                .init("The Mill | Q3 2022 Form 10-Q | \(number + 2)", x: 72, y: 700),
            ])
        }
        let document = try #require(try await read(file).documents.first)
        for words in ["Yearly report", "of 4", "Form 10-Q"] { #expect(!document.text.contains(words)) }
        let third = document.text.utf8Range(of: "Page text number 3")
        #expect(document.sourceMap.places(of: third) == [.page(3)])
    }

    @Test func `lines at the top that differ in more than the number of the page stay`() async throws {
        var file = PDFFile()
        for number in [4711, 4724, 4730, 4802] { file.page([.init("Invoice number \(number)", x: 72, y: 40)]) }
        let text = try #require(try await read(file).documents.first).text
        #expect(text.contains("4711") && text.contains("4802"))
        var same = PDFFile()
        for number in 1...4 { same.page([.init("Room \(number) is closed", x: 72, y: 40)]) }
        #expect(try await read(same).documents.first?.text.contains("Room 4 is closed") ?? false)
    }

    @Test func `cells under each other are rows of a table`() async throws {
        var file = PDFFile()
        var lines: [PDFFile.Line] = [.init("Flour sold by the mill in two years of the last century:", x: 72, y: 90)]
        for (index, row) in [
            ("Month", "1911", "1912"), ("January", "120", "131"), ("February", "98", "104"), ("March", "140", "152"),
        ]
        .enumerated() {
            let y = Double(130 + 16 * index)
            lines += [.init(row.0, x: 72, y: y), .init(row.1, x: 220, y: y), .init(row.2, x: 340, y: y)]
        }
        file.page(lines)
        let document = try #require(try await read(file).documents.first)
        #expect(document.text.contains("| January | 120 | 131 |\n| February | 98 | 104 |"), "\(document.text)")
    }

    @Test func `words of different heights beside a table are not lost`() async throws {
        var file = PDFFile()
        var lines: [PDFFile.Line] = []
        for (index, row) in [("January", "120"), ("February", "98"), ("March", "140")].enumerated() {
            let y = Double(130 + 16 * index)
            lines += [.init(row.0, x: 72, y: y), .init(row.1, x: 220, y: y), .init("in tons", x: 260, y: y, size: 6)]
        }
        file.page(lines + [.init("Total", x: 72, y: 190, size: 30), .init("358", x: 220, y: 190)])
        let text = try #require(try await read(file).documents.first).text
        for word in ["January", "120", "98", "March", "Total", "358"] { #expect(text.contains(word), "\(text)") }
        #expect(text.ranges(of: "in tons").count == 3)
    }

    @Test func `a file without text says how many pages it has`() async throws {
        var file = PDFFile()
        file.page([])
        file.page([])
        let result = try await read(file)
        #expect(result.documents.isEmpty && result.rejected.first?.reason == .scanned)
        #expect(result.rejected.first?.message.contains("None of its 2 pages has text") ?? false)
    }

    @Test func `a page without text is a warning`() async throws {
        var file = PDFFile()
        file.page([.init("Only this page has words.", x: 72, y: 90)])
        file.page([])
        let result = try await read(file)
        #expect(result.documents.count == 1 && result.warnings.first?.message.contains("1 of 2 pages") ?? false)
    }

    @Test(arguments: [[UInt8]("not a PDF".utf8), [UInt8]("%PDF-1.7\nnothing".utf8), []])
    func `what is no PDF is rejected`(bytes: [UInt8]) async throws {
        let result = try await PDFReader().read(Source(id: "file.pdf", bytes: bytes))
        #expect(result.documents.isEmpty && result.rejected.count == 1)
    }
}

/// A small PDF file: pages of lines in Helvetica. Coordinates are in points from the top left corner.
struct PDFFile {
    struct Line {
        var text: String
        var x: Double
        var y: Double
        var size: Double

        init(_ text: String, x: Double, y: Double, size: Double = 11) {
            (self.text, self.x, self.y, self.size) = (text, x, y, size)
        }
    }

    private var pages: [String] = []

    mutating func page(_ lines: [Line]) {
        pages.append(
            lines.map { "BT /F1 \($0.size) Tf \($0.x) \(792 - $0.y) Td (\($0.text)) Tj ET" }.joined(separator: "\n"))
    }

    var bytes: [UInt8] {
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        for (index, content) in pages.enumerated() {
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(5 + 2 * index) 0 R "
                    + "/Resources << /Font << /F1 3 0 R >> >> >>")
            objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        file += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }
}
