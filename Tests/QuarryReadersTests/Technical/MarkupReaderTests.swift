import QuarryCore
import QuarryReaders
import Testing

struct MarkupReaderTests {
    @Test func `a row of LaTeX may begin with an empty cell`() async throws {
        let text = "\\begin{tabular}{lr}\nTea & Cups \\\\\n& 12 \\\\\nmatcha & 3 \\\\\n\\end{tabular}\n"
        let document = try await read(text, "a.tex")
        #expect(document.text == "| Tea | Cups |\n|  | 12 |\n| matcha | 3 |", "\(document.text)")
    }

    private func read(_ text: String, _ id: String) async throws -> Document {
        let result = try await ReaderRegistry().read(Source(id: id, bytes: Array(text.utf8)))
        return try #require(result.documents.first)
    }

    private func headings(_ document: Document) -> [String] {
        document.blocks.compactMap { block in
            if case .heading(let level, let title) = block.kind { "\(level) \(title)" } else { nil }
        }
    }

    static let rst = """
        Guide
        =====

        :author: Ann

        Text with *em*\\ phasis, ``code`` and :ref:`a link <target>`.

        .. a comment
           that goes on

        .. note:: Mind the gap.

        Lists
        -----

        - one
          goes on
        - two

        Code::

            x = 1

        .. [1] The footnote.
        """

    @Test func `reStructuredText keeps its sections, admonitions and footnotes`() async throws {
        let document = try await read(Self.rst, "a.rst")
        #expect(headings(document) == ["1 Guide", "2 Lists"])
        #expect(document.title == "Guide")
        #expect(document.metadata["author"] == "Ann")
        #expect(document.text.contains("Text with emphasis, code and a link."))
        #expect(!document.text.contains("comment"))
        #expect(document.text.contains("Mind the gap."))
        #expect(document.text.contains("- one goes on\n- two"))
        #expect(document.text.contains("```\nx = 1\n```"))
        #expect(document.text.contains("The footnote."))
        #expect(try document.written("emphasis", in: Self.rst) == "em*\\ phasis")
    }

    static let asciidoc = """
        = Guide
        Ann Smith <ann@example.org>
        :product: Quarry

        The {product} reads **super**natural text, see https://example.org[the site].

        // a comment
        == Lists

        * one
        ** deep

        NOTE: Mind the gap.

        [source,ruby]
        ----
        x = 1
        ----

        |===
        |Name |Sum

        |A |5
        |===
        """

    @Test func `AsciiDoc keeps sections, lists, code and tables`() async throws {
        let document = try await read(Self.asciidoc, "a.adoc")
        #expect(headings(document) == ["1 Guide", "2 Lists"])
        #expect(document.metadata["author"] == "Ann Smith")
        #expect(document.text.contains("The Quarry reads supernatural text, see the site."))
        #expect(!document.text.contains("comment"))
        #expect(document.text.contains("- one\n  - deep"))
        #expect(document.text.contains("```ruby\nx = 1\n```"))
        #expect(document.text.contains("| Name | Sum |\n| --- | --- |\n| A | 5 |"))
        #expect(try document.written("supernatural", in: Self.asciidoc) == "super**natural")
    }

    static let org = """
        #+TITLE: Guide
        #+AUTHOR: Ann
        * TODO First :tag:
        :PROPERTIES:
        :ID: x
        :END:
        Text with *bold* and [[https://example.org][a link]].[fn:1]
        # a comment
        ** Second
        - one
        - term :: meaning
        #+begin_src python
        x = 1
        #+end_src
        | a | b |
        |---+---|
        | 1 | 2 |

        [fn:1] The footnote.
        """

    @Test func `Org keeps headings without keywords, tags and drawers`() async throws {
        let document = try await read(Self.org, "a.org")
        #expect(headings(document) == ["1 First", "2 Second"])
        #expect(document.title == "Guide")
        #expect(document.text.contains("Text with bold and a link."))
        #expect(!document.text.contains("comment") && !document.text.contains("PROPERTIES"))
        #expect(document.text.contains("- one\n- term: meaning"))
        #expect(document.text.contains("```python\nx = 1\n```"))
        #expect(document.text.contains("| a | b |\n| --- | --- |\n| 1 | 2 |"))
        #expect(document.text.contains("The footnote."))
    }

    static let latex = #"""
        \documentclass{article}
        \title{Guide}\author{Ann}
        \begin{document}
        \section{First}
        Text with \emph{em}phasis, caf\'e 5\% % a comment
        and a note\footnote{The footnote.}.
        \begin{itemize}
        \item one
        \item two
        \end{itemize}
        \begin{verbatim}
        x = 1
        \end{verbatim}
        \begin{tabular}{ll}
        a & b \\
        1 & 2 \\
        \end{tabular}
        \end{document}
        """#

    @Test func `LaTeX keeps sections, footnotes, lists, tables and verbatim text`() async throws {
        let document = try await read(Self.latex, "a.tex")
        #expect(headings(document) == ["2 First"])
        #expect(document.title == "Guide")
        #expect(document.metadata["author"] == "Ann")
        #expect(document.text.contains("Text with emphasis, café 5%"))
        #expect(!document.text.contains("comment"))
        #expect(document.text.contains("(The footnote.)"))
        #expect(document.text.contains("- one\n- two"))
        #expect(document.text.contains("x = 1"))
        #expect(document.text.contains("| a | b |"))
        #expect(try document.written("emphasis", in: Self.latex) == "em}phasis")
    }

    static let man = #"""
        .TH LS 1 "May 2026" "tools"
        .\" a comment
        .SH NAME
        ls \- list files
        .SH OPTIONS
        .TP
        .B \-a
        Show \fIall\fR\-files.
        .nf
        ls -a
        .fi
        """#

    @Test func `a manual page has its sections, and a numbered log is no manual page`() async throws {
        let document = try await read(Self.man, "ls.1")
        #expect(headings(document) == ["1 NAME", "1 OPTIONS"])
        #expect(document.title == "ls(1)")
        #expect(document.metadata["date"] == "May 2026")
        #expect(document.text.contains("ls - list files"))
        #expect(document.text.contains("- -a: Show all-files."))
        #expect(!document.text.contains("comment"))
        #expect(try await read("10:00 started\n10:01 done\n", "app.log.1").blocks.isEmpty)
    }

    @Test func `each entry of a log is an item with the lines that continue it`() async throws {
        let timed = "2026-03-05 12:05:01 start\n2026-03-05 12:05:02 ERROR broken\n\tat pump()\nCaused by: no water\n"
        let document = try await read(timed + "2026-03-05 12:05:03 end\n", "app.log")
        #expect(
            document.text == """
                - 2026-03-05 12:05:01 start
                - 2026-03-05 12:05:02 ERROR broken at pump() Caused by: no water
                - 2026-03-05 12:05:03 end
                """)
        #expect(document.blocks == [Block(kind: .list, range: 0..<document.text.utf8.count)])
        let quote = document.text.utf8Range(of: "2026-03-05 12:05:02 ERROR broken at pump() Caused by: no water")
        #expect(document.sourceMap.lines(of: quote) == 2...4)
        #expect(try await read("a\n# b\n\tat c\n\nd\n", "app.log").text == "- a\n- # b at c\n- d")
    }

    @Test(arguments: [(rst, "a.rst"), (asciidoc, "a.adoc"), (org, "a.org"), (latex, "a.tex"), (man, "a.1")])
    func `damaged markup is read`(sample: String, id: String) async throws {
        for reader: any Reader in [RSTReader(), AsciiDocReader(), OrgReader(), LaTeXReader(), ManReader()]
        where reader.pathExtensions.contains(String(id.split(separator: ".").last ?? "")) {
            try await readDamaged(sample, id: id, with: reader)
        }
    }
}
