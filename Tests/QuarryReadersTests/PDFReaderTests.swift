import Foundation
import QuarryCore
import QuarryReaders
import QuarryTestSupport
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

    @Test func `attached files are named, though the only page has no text`() async throws {
        var file = PDFFile()
        file.attachments = ["costs.xlsx", "plan.pdf"]
        file.page([.init("The plan is attached.", x: 72, y: 90)])
        let names = ["file.pdf/costs.xlsx", "file.pdf/plan.pdf"]
        let result = try await read(file)
        #expect(result.unread.map(\.source) == names && result.documents.count == 1)
        var cover = PDFFile()
        cover.attachments = file.attachments
        cover.page([])
        let empty = try await read(cover)
        #expect(empty.unread.map(\.source) == names && empty.rejected.first?.reason == .scanned)
        #expect(try await ReaderRegistry().read(Source(id: "file.pdf", bytes: file.bytes)).unread.count == 2)
    }

    @Test func `the addresses of links are metadata, each once`() async throws {
        var file = PDFFile()
        file.links = [
            "https://example.org/mill?a=1&b=2", "mailto:anna@example.org", "https://example.org/mill?a=1&b=2",
        ]
        file.page([.init("More about the mill is in the archive.", x: 72, y: 90)])
        let document = try #require(try await read(file).documents.first)
        #expect(
            document.metadata["links"] == .strings(["https://example.org/mill?a=1&b=2", "mailto:anna@example.org"]))
        file.links = []
        #expect(try await read(file).documents.first?.metadata["links"] == nil)
    }

    @Test func `links beyond the limits are counted in a warning`() async throws {
        var file = PDFFile()
        file.links =
            (0..<1_002).map { "https://example.org/\($0)" } + ["https://" + String(repeating: "a", count: 2048)]
        file.page([.init("This page has very many links.", x: 72, y: 90)])
        let result = try await read(file)
        guard case .strings(let links)? = result.documents.first?.metadata["links"] else {
            Issue.record("There are no links.")
            return
        }
        #expect(links.count == 1_000 && links.last == "https://example.org/999")
        #expect(result.warnings.map(\.message).contains { $0.hasPrefix("3 of its links are left out") })
        file.links = (0..<200).map { "https://example.org/\($0)/" + String(repeating: "a", count: 2_000) }
        guard case .strings(let long)? = try await read(file).documents.first?.metadata["links"] else {
            Issue.record("There are no links.")
            return
        }
        #expect(long.map(\.utf8.count).reduce(0, +) <= 128 << 10 && long.count > 60)
    }

    /// Lines of a column; the last of each paragraph is short.
    private func column(_ name: String, x: Double, y: Double, paragraphs: [Int], gap: Double = 0) -> [PDFFile.Line] {
        var lines: [PDFFile.Line] = []
        var top = y
        for length in paragraphs {
            for number in 1...length {
                let words = number < length ? "the ferry crosses the wide river twice a day so" : "and ends."
                let indent = number == 1 && !lines.isEmpty ? 10.0 : 0
                lines.append(.init("\(name)\(lines.count) \(words)", x: x + indent, y: top, size: 10))
                top += 12
            }
            top += gap
        }
        return lines
    }

    private func order(of names: [String], in document: Document) -> [String] {
        document.text.split { $0 == " " || $0 == "\n" }.map(String.init).filter(Set(names).contains)
    }

    @Test(arguments: [310.0, 324.0])
    func `columns with a small gap are read one after the other`(right: Double) async throws {
        var file = PDFFile()
        file.page(
            [.init("Ferries and Mills", x: 200, y: 60, size: 20), .init("Abstract", x: 72, y: 150, size: 15)]
                + column("L", x: 72, y: 174, paragraphs: [2, 18, 11, 4])
                + column("R", x: right, y: 150, paragraphs: [12, 1, 10]))
        let document = try #require(try await read(file).documents.first)
        let names = (0..<35).map { "L\($0)" } + (0..<23).map { "R\($0)" }
        #expect(order(of: names, in: document) == names, "\(document.text)")
        #expect(document.text.hasPrefix("# Ferries and Mills\n\n## Abstract\n\nL0 the ferry"))
        #expect(document.text.contains("twice a day so L1 and ends.\n\nL2 the ferry"))
    }

    @Test func `cells of several lines that begin at the same heights stay rows`() async throws {
        var file = PDFFile()
        let sides = [(name: "A", x: 72.0), (name: "B", x: 300.0)]
        file.page(sides.flatMap { column($0.name, x: $0.x, y: 100, paragraphs: [4, 4, 4, 4], gap: 10) })
        let document = try #require(try await read(file).documents.first)
        let firsts = ["A0", "B0", "A4", "B4", "A8", "B8", "A12", "B12"]
        #expect(order(of: firsts, in: document) == firsts, "\(document.text)")
    }

    @Test func `the fields of a form are rows, and not titles that run together`() async throws {
        var file = PDFFile()
        let fields = [
            ["Name of owner", "Anna Berg", "Date of birth", "3 May 1961"],
            ["Street and number", "Quay Street 14", "Postcode and town", "24103 Kiel"],
            ["Name of boat", "Heron", "Length in metres", "7.40"],
            ["Insurance", "Northern", "Policy number", "NM-22-88"],
        ]
        file.page(
            fields.enumerated().flatMap { number, row in
                zip(row, [72.0, 180, 320, 430]).map {
                    PDFFile.Line($0, x: $1, y: 110 + 18 * Double(number), size: 10)
                }
            })
        let text = try #require(try await read(file).documents.first).text
        let first = "| Name of owner | Anna Berg | Date of birth | 3 May 1961 |"
        #expect(text.contains("\(first)\n| Street and number | Quay Street 14 |"), "\(text)")
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

    @Test func `titles above the columns are the header of the table`() async throws {
        var file = PDFFile()
        var lines: [PDFFile.Line] = [
            .init("The mill sold flour and oats in both years, as the following table shows in tons:", x: 72, y: 60),
            .init("Year ended", x: 250, y: 114), .init("March 1911", x: 220, y: 128),
            .init("March 1912", x: 330, y: 128),
            .init("Sold:", x: 72, y: 142),
        ]
        for (index, row) in [("Flour", "120", "(131)"), ("Oats, barley and other", "", ""), ("grain", "40", "52")]
            .enumerated()
        {
            let y = Double(156 + 14 * index)
            lines.append(.init(row.0, x: 80, y: y))
            if !row.1.isEmpty {
                lines += [.init("$", x: 222, y: y), .init(row.1, x: 255, y: y), .init(row.2, x: 365, y: y)]
            }
        }
        file.page(lines)
        let document = try #require(try await read(file).documents.first)
        #expect(
            document.text.contains(
                """
                |  | Year ended March 1911 | March 1912 |
                | --- | --- | --- |
                | Sold: |  |  |
                | Flour | $120 | (131) |
                | Oats, barley and other grain | $40 | 52 |
                """), "\(document.text)")
    }

    @Test func `fields and their values stay together`() async throws {
        var file = PDFFile()
        var lines: [PDFFile.Line] = []
        for (index, row) in [
            ("Owner:", "Anna Reed", "Built:", "1871"), ("Place:", "Lower valley, by the old", "Wheel:", "Oak"),
            ("Trade:", "Grain", "Stones:", "Granite"),
        ].enumerated() {
            let y = Double(130 + 30 * index)
            for (text, x) in [(row.0, 72.0), (row.1, 150), (row.2, 330), (row.3, 420)] {
                lines.append(.init(text, x: x, y: y))
            }
        }
        file.page(lines + [.init("stone bridge", x: 150, y: 173)])
        let document = try #require(try await read(file).documents.first)
        #expect(document.text.contains("| Owner: | Anna Reed | Built: | 1871 |"), "\(document.text)")
        #expect(document.text.contains("| Place: | Lower valley, by the old stone bridge | Wheel: | Oak |"))
    }

    @Test func `a short line of its own above text is a heading`() async throws {
        var file = PDFFile()
        let text = "The wheel of the mill was rebuilt after the flood of 1902, of oak and iron, by"
        file.page([
            .init(text, x: 72, y: 90), .init("the younger brother alone.", x: 72, y: 104),
            .init("Note 2 - The stones", x: 72, y: 132), .init("Granite", x: 72, y: 160),
            .init(text, x: 72, y: 174), .init("hand. No one helped him.", x: 72, y: 188),
            .init("Yes", x: 72, y: 220), .init("No", x: 72, y: 248),
        ])
        let document = try #require(try await read(file).documents.first)
        #expect(document.text.contains("# Note 2 - The stones\n\n## Granite\n\nThe wheel of"), "\(document.text)")
        #expect(!document.text.contains("# Yes") && !document.text.contains("# No\n"))
    }

    @Test func `a large answer of a form is neither a heading nor the title`() async throws {
        var file = PDFFile()
        file.page([
            .init("The mill on the river", x: 72, y: 60, size: 18), .init("No [X]", x: 72, y: 100, size: 26),
            .init("[ ] A report of the year", x: 72, y: 140, size: 18), .init("of the flood", x: 72, y: 160, size: 18),
            .init("The mill was built in 1871 by two brothers, who had learned the trade.", x: 72, y: 200),
            .init("It stood by the river until the flood of 1902 took its wheel away.", x: 72, y: 214),
            .init("Owner is a company [x]", x: 72, y: 250),
            .init("The mill was sold in 1911 to a company of the next town, with its stones.", x: 72, y: 278),
        ])
        let document = try #require(try await read(file).documents.first)
        let headings = document.text.split(separator: "\n").filter { $0.hasPrefix("#") }
        #expect(headings == ["## The mill on the river"], "\(document.text)")
        #expect(document.title == "The mill on the river – file")
        for words in ["No [X]", "A report of the year", "of the flood", "a company [x]"] {
            #expect(document.text.contains(words))
        }
    }

    @Test func `a large line that ends with a point is a heading, and the title if the file has none`() async throws {
        var file = PDFFile()
        file.page([
            .init("Reed & Sons Inc.", x: 72, y: 90, size: 22),
            .init("The mill was built in 1871 by two brothers, who had learned the trade.", x: 72, y: 130),
        ])
        let document = try #require(try await read(file).documents.first)
        #expect(document.title == "Reed & Sons Inc. – file" && document.text.hasPrefix("# Reed & Sons Inc.\n\nThe"))
    }

    @Test func `a paragraph goes on over the end of a page`() async throws {
        var file = PDFFile()
        file.page([.init("The mill stood on the river until the flood took the build-", x: 72, y: 300)])
        file.page([.init("ings and the wheel with it.", x: 72, y: 90)])
        let document = try #require(try await read(file).documents.first)
        #expect(
            document.text == "The mill stood on the river until the flood took the buildings and the wheel with it.")
        let places = document.sourceMap.places(of: 0..<document.text.utf8.count)
        #expect(places == [.page(1), .page(2)])
        #expect(document.sourceMap.places(of: document.text.utf8Range(of: "wheel")) == [.page(2)])
    }

    @Test func `footers where the text ends are left out`() async throws {
        var file = PDFFile()
        for number in 1...4 {
            file.page([
                .init("This page says something of mill number \(number * 100).", x: 72, y: 300),
                .init("The Mill | Form 7 | \(number + 2)", x: 72, y: 330 + Double(number)),
            ])
        }
        let document = try #require(try await read(file).documents.first)
        #expect(!document.text.contains("Form 7") && document.text.contains("mill number 300"))
    }

    @Test func `a raised number is a power or the mark of a note`() async throws {
        var file = PDFFile()
        file.page([
            .init("It holds 2", x: 72, y: 100, size: 12), .init("7", x: 120.7, y: 95, size: 7),
            .init("sacks of the miller", x: 140, y: 100, size: 12), .init("3", x: 236.1, y: 95, size: 7),
        ])
        let text = try #require(try await read(file).documents.first).text
        #expect(text == "It holds 2^7 sacks of the miller 3")
    }

    @Test func `boxes of any size and order are read in bounded time`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pdf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "pdftotext")
        try "#!/bin/sh\ncat '\(folder.path)/words'\n".write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let reader = PDFReader(environment: ["PATH": folder.path])
        var random = SeededGenerator(seed: 11)
        let numbers = ["0", "-1", "12.5", "300", "1e9", "nan", "99999999999999999999", "", "612", "7.25"]
        let words = ["Sum:", "12", "$", "(3)", "—", "Mill", "☒", "№", "a|b", "Page", "7", "end.", "co-"]
        for _ in 0..<60 {
            var table = ""
            for _ in 0..<Int.random(in: 0..<400, using: &random) {
                let level = ["1", "3", "4", "5", "5", "5", "5", "x"].randomElement(using: &random) ?? "5"
                let box = (0..<4).map { _ in numbers.randomElement(using: &random) ?? "0" }.joined(separator: "\t")
                let word = words.randomElement(using: &random) ?? ""
                table += "\(level)\t1\t0\t0\t0\t0\t\(box)\t100\t\(word)\n"
            }
            try table.write(to: folder.appending(path: "words"), atomically: true, encoding: .utf8)
            let result = try await reader.read(Source(id: "file.pdf", bytes: Array("%PDF-1.7".utf8)))
            #expect(result.documents.count + result.rejected.count == 1)
            for document in result.documents {
                #expect(document.blocks.allSatisfy { $0.range.upperBound <= document.text.utf8.count })
            }
        }
        // Very many rows.
        var page = "1\t1\t0\t0\t0\t0\t0\t0\t612\t30000\t-1\t\n"
        for number in 0..<30_000 {
            page += "4\t1\t0\t0\t0\t0\t72\t\(number)\t40\t1\t-1\t\n"
            page += "5\t1\t0\t0\t0\t0\t72\t\(number)\t9\t1\t1\tRow\n"
            page += "5\t1\t0\t0\t0\t0\t99\t\(number)\t9\t1\t1\t12\n"
        }
        try page.write(to: folder.appending(path: "words"), atomically: true, encoding: .utf8)
        let start = ContinuousClock.now
        let result = try await reader.read(Source(id: "file.pdf", bytes: Array("%PDF-1.7".utf8)))
        #expect(result.documents.count == 1 && ContinuousClock.now - start < .seconds(60))
    }

    @Test func `mutated files are read or refused`() async throws {
        var file = PDFFile()
        var lines: [PDFFile.Line] = []
        for row in 0..<12 {
            lines.append(.init("Row \(row) has 12 sacks", x: Double(40 + row * 9), y: Double(60 + row * 14)))
        }
        for _ in 0..<3 { file.page(lines) }
        file.links = ["https://example.org/mill", "page.html"]
        var random = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            var bytes = file.bytes
            for _ in 0..<8 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let result = try await PDFReader().read(Source(id: "file.pdf", bytes: bytes))
            #expect(result.documents.count + result.rejected.count == 1)
        }
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

    /// The names of attached files.
    var attachments: [String] = []
    /// The addresses of links on the first page.
    var links: [String] = []
    private var pages: [String] = []
    private var scans: [Int: (width: Int, height: Int, pixels: ArraySlice<UInt8>)] = [:]

    /// Adds a page that is a picture, given as a PGM file.
    mutating func page(scan: [UInt8]) throws {
        let fields = scan.split(maxSplits: 4, whereSeparator: { $0 == 0x20 || $0 == 0x0A })
        let size = fields.dropFirst().prefix(2).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard size.count == 2, fields.count == 5 else { throw CocoaError(.fileReadCorruptFile) }
        let pixels = scan.suffix(size[0] * size[1])
        scans[pages.count] = (size[0], size[1], pixels)
        pages.append("612 0 0 792 0 0 cm /Scan Do")
    }

    mutating func page(_ lines: [Line]) {
        pages.append(
            lines.map { "BT /F1 \($0.size) Tf \($0.x) \(792 - $0.y) Td (\($0.text)) Tj ET" }.joined(separator: "\n"))
    }

    var bytes: [UInt8] {
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        let firstAttachment = 4 + 2 * pages.count + scans.count
        let files = attachments.enumerated().map {
            "(\($1)) << /Type /Filespec /F (\($1)) /EF << /F \(firstAttachment + $0) 0 R >> >>"
        }
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [\(files.joined(separator: " "))] >> >> >>",
            "<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        let annotations = links.map {
            "<< /Type /Annot /Subtype /Link /Rect [72 700 200 710] /A << /S /URI /URI (\($0)) >> >>"
        }.joined(separator: " ")
        let firstScan = 4 + 2 * pages.count
        for (index, content) in pages.enumerated() {
            let scan =
                scans[index] == nil ? "" : "/XObject << /Scan \(firstScan + scans.keys.count { $0 < index }) 0 R >> "
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents \(5 + 2 * index) 0 R "
                    + (index == 0 && !links.isEmpty ? "/Annots [\(annotations)] " : "")
                    + "/Resources << \(scan)/Font << /F1 3 0 R >> >> >>")
            objects.append("<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream")
        }
        var bytes = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(bytes.count)
            bytes += Array("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8)
        }
        for (_, scan) in scans.sorted(by: { $0.key < $1.key }) {
            offsets.append(bytes.count)
            bytes += Array(
                ("\(offsets.count) 0 obj\n<< /Type /XObject /Subtype /Image /Width \(scan.width) /Height \(scan.height) "
                    + "/ColorSpace /DeviceGray /BitsPerComponent 8 /Length \(scan.pixels.count) >>\nstream\n").utf8)
            bytes += Array(scan.pixels) + Array("\nendstream\nendobj\n".utf8)
        }
        for _ in attachments {
            offsets.append(bytes.count)
            bytes += Array("\(offsets.count) 0 obj\n<< /Length 2 >>\nstream\nhi\nendstream\nendobj\n".utf8)
        }
        let start = bytes.count
        var file = ""
        file += "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets { file += String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n" }
        file += "trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return bytes + Array(file.utf8)
    }
}
