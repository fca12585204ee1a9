import QuarryCore
import QuarryReaders
import Testing

struct NotebookReaderTests {
    private static let sample = #"""
        {"cells": [
          {"cell_type": "markdown", "metadata": {}, "source": ["# Caf\u00e9\n", "\n", "Text *x*\n", "\n", "- a\n", "- b"]},
          {"cell_type": "code", "outputs": [{"text": ["secret"]}], "source": ["import os\n", "print(\"```\")"]},
          {"cell_type": "markdown", "source": "```\nnot closed"},
          {"cell_type": "markdown", "source": "Last"}],
         "metadata": {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}, "nbformat": 4}
        """#

    private func read(_ text: String) -> ReadResult {
        NotebookReader().read(Source(id: "a.ipynb", bytes: Array(text.utf8)))
    }

    @Test func `cells are Markdown and code, without outputs`() throws {
        let document = try #require(read(Self.sample).documents.first)
        #expect(document.title == "Café")
        #expect(
            document.blocks.map(\.kind) == [
                .heading(level: 1, title: "Café"), .paragraph, .list, .code(language: "python"), .code(language: nil),
                .paragraph,
            ])
        #expect(document.text.contains("````python\nimport os\nprint(\"```\")\n````"))
        #expect(!document.text.contains("secret"))
        #expect(document.text.hasSuffix("not closed\n\nLast"))
    }

    @Test func `a citation leads through escapes to the bytes of the file`() throws {
        let document = try #require(read(Self.sample).documents.first)
        #expect(try document.written("é", in: Self.sample) == #"\u00e9"#)
        #expect(try document.written("print(\"", in: Self.sample) == #"print(\""#)
        let end = document.text.utf8.count
        #expect(document.sourceMap.lines(of: end - 4..<end) == 5...5)
    }

    @Test func `a notebook of version 3 has worksheets and headings`() throws {
        let source = #"""
            {"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": ["Part"]},
              {"cell_type": "code", "language": "r", "input": ["x <- 1"]}]}], "nbformat": 3}
            """#
        let document = try #require(read(source).documents.first)
        #expect(document.text == "## Part\n\n```r\nx <- 1\n```")
    }

    @Test func `other files are rejected`() {
        #expect(read("{\"a\": 1}").rejected.map(\.reason) == [.unsupportedFormat])
        #expect(read("{\"cells\": []}").rejected.map(\.reason) == [.empty])
        #expect(read("{\"cells\": [\n{]}").rejected.map(\.line) == [2])
    }

    @Test func `damaged files do not crash`() async throws {
        try await readDamaged(Self.sample, id: "a.ipynb", with: NotebookReader())
    }
}
