import QuarryCore
import QuarryReaders
import Testing

struct CSVReaderTests {
    private func read(_ text: String, id: String = "data/costs.csv") -> ReadResult {
        CSVReader().read(Source(id: id, bytes: Array(text.utf8)))
    }

    private func text(_ text: String, id: String = "data/costs.csv") throws -> String {
        try #require(read(text, id: id).documents.first).text
    }

    @Test(arguments: [
        ("name,price\nPear,3\n\"Fig, dried\",5\n", "Fig, dried"),
        ("name;price\r\nPear;3,5\r\n\"Fig; dried\";5,0\r\n", "Fig; dried"),
        ("name\tprice\nPear\t3\nFig dried\t5\n", "Fig dried"),
        ("name|price\nPear|3\nFig, dried|5\n", "Fig, dried"),
        ("name,price\nPear,3\n'Fig, dried',5\n", "Fig, dried"),
        ("name,price\nPear,3\n\"a \"\"fine\"\" fig\",5\n", "a \"fine\" fig"),
        ("\"name\",\"price\"\n\"Pear\",\"3\"\n\"a \\\"fine\\\", dried fig\",\"5\"\n", "a \"fine\", dried fig"),
        ("name,price\nPear,3\n\"Fig\nand date\",5\n", "Fig and date"),
    ])
    func `the dialect is detected`(source: String, cell: String) throws {
        let text = try text(source)
        #expect(text.hasPrefix("| name | price |\n| --- | --- |\n| Pear | 3"))
        #expect(text.contains("| \(cell) | 5"))
    }

    @Test func `a backslash before a quote may be the end of a path`() throws {
        let text = try text("name,path\nx,\"C:\\dir\\\"\ny,\"D:\\z\\\"\n")
        #expect(text.contains("| x | C:\\dir\\ |\n| y | D:\\z\\ |"))
    }

    @Test func `a declared delimiter is used, and its line is left out`() throws {
        #expect(try text("sep=;\na;b\n1;2\n") == "| a | b |\n| --- | --- |\n| 1 | 2 |")
    }

    @Test func `columns without names are numbered`() throws {
        #expect(
            try text("Anna,Bonn,3\nBob,Rome,4\n").hasPrefix("| 1 | 2 | 3 |\n| --- | --- | --- |\n| Anna | Bonn | 3 |"))
    }

    @Test func `years name columns of numbers`() throws {
        #expect(try text("Land,1990,2000\nA,4812,5012\nB,77,81\n").hasPrefix("| Land | 1990 | 2000 |"))
    }

    @Test func `each table of twenty rows has the header and its cells`() throws {
        let rows = (1...45).map { "item \($0),\($0)\n" }.joined()
        let document = try #require(read("name,count\n" + rows).documents.first)
        #expect(document.blocks.count == 3)
        #expect(
            document.blocks.map { document.sourceMap.places(of: $0.range).map(\.description) } == [
                ["rows 1–21"], ["row 1", "rows 22–41"], ["row 1", "rows 42–46"],
            ])
        #expect(document.text.components(of: "| name | count |") == 3)
    }

    @Test func `a quote of one row or some rows names those rows`() throws {
        let document = try #require(read("name,count\nink,3\n\npaper,4\n\n\npen,5\n").documents.first)
        func places(of quote: String) throws -> [String] {
            let range = try #require(document.text.firstRange(of: quote))
            let start = document.text.utf8.distance(from: document.text.startIndex, to: range.lowerBound)
            return document.sourceMap.places(of: start..<start + quote.utf8.count).map(\.description)
        }
        #expect(try places(of: "paper | 4") == ["row 4"])
        #expect(try places(of: "ink | 3 |\n| paper") == ["rows 2–4"])
        // Two empty rows divide.
        #expect(try places(of: "paper | 4 |\n| pen") == ["row 4", "row 7"])
    }

    @Test func `a citation leads to the bytes of a cell`() throws {
        let source = "\u{FEFF}name,text\r\n1,\"a \"\"good\"\" day\"\r\n2,плохо\r\n3,end"
        let document = try #require(read(source).documents.first)
        #expect(try document.written("плохо", in: source) == "плохо")
        #expect(try document.written("good", in: source) == "good")
        let end = document.text.utf8.count
        #expect(document.sourceMap.base == .source)
        #expect(document.sourceMap.lines(of: end - 5..<end) == 4...4)
    }

    @Test func `a title above the table is a paragraph`() throws {
        let document = try #require(read("Squares,,\n,,\n,Number,Square\n,1,1\n,2,4\n").documents.first)
        #expect(document.title == "Squares")
        #expect(document.text == "Squares\n\n|  | Number | Square |\n| --- | --- | --- |\n|  | 1 | 1 |\n|  | 2 | 4 |")
        #expect(document.allPlaces.first == .cells(sheet: "", range: "A1"))
    }

    @Test func `rows of more than fifty cells are lists`() throws {
        let names = (0..<60).map { "c\($0)" }.joined(separator: ",")
        let values = (0..<60).map { "\($0 * 7)" }.joined(separator: ",")
        let document = try #require(read("\(names)\n\(values)\n").documents.first)
        #expect(document.blocks.map(\.kind) == [.list])
        #expect(document.text.contains("- c1: 7\n- c2: 14\n"))
        #expect(document.allPlaces == [.cells(sheet: "", range: "A2:BH2")])
    }

    @Test func `a quote that is not closed is text`() throws {
        #expect(try text("a,b\n1,\"x\n2,y\n").contains("| 1 | \"x |\n| 2 | y |"))
    }

    @Test(arguments: ["", "\n\n", ",,\n,,\n"])
    func `a file without text is rejected`(source: String) {
        #expect(read(source).rejected.map(\.reason) == [.empty])
    }

    @Test func `damaged files do not crash`() async throws {
        let sample = "sep=,\nname,\"a \"\"b\"\" c\"\n'x, y',\"C:\\\\d\\\" e\"\n1,2;3|4\t5\n"
        try await readDamaged(sample, id: "a.csv", with: CSVReader())
    }
}

extension String {
    /// How often a part occurs.
    fileprivate func components(of part: String) -> Int {
        split(separator: "\n").count { $0 == part }
    }

    @Test func `names of columns cannot make a small file endless`() throws {
        let names = (0..<60).map { "\($0)" + String(repeating: "n", count: 300) }.joined(separator: ",")
        let text = names + "\n" + String(repeating: "v" + String(repeating: ",", count: 59) + "\n", count: 120_000)
        let result = CSVReader().read(Source(id: "wide.csv", bytes: Array(text.utf8)))
        let document = try #require(result.documents.first)
        #expect(document.text.utf8.count < 8 * text.utf8.count + (17 << 20))
        let short = names + "\n" + String(repeating: "v,,\n", count: 200_000)
        let cut = CSVReader().read(Source(id: "short.csv", bytes: Array(short.utf8)))
        #expect(cut.warnings.map(\.reason) == [.tooLarge] && cut.documents.count == 1)
    }
}
