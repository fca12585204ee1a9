import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct RTFReaderTests {
    private func read(_ rtf: String) -> ReadResult {
        RTFReader().read(Source(id: "a.rtf", bytes: Array(rtf.utf8)))
    }

    @Test func `the text after a brace that closes too much is read with a warning`() throws {
        let result = read("{\\rtf1\\ansi First.\\par\n} Second.\\par {\\b Third.}\\par}")
        let document = try #require(result.documents.first)
        #expect(document.text == "First.\n\nSecond.\n\nThird.")
        #expect(result.warnings.map(\.line) == [2] && result.warnings.map(\.reason) == [.undecodable])
        let whole = read("{\\rtf1\\ansi First.\\par}\n\0 tail }}")
        #expect(whole.documents.first?.text == "First." && whole.warnings.isEmpty)
    }

    private func text(_ body: String) throws -> String {
        try #require(read(#"{\rtf1\ansi\ansicpg1252\deff0 "# + body + "}").documents.first).text
    }

    @Test func `paragraphs, signs and escapes are read`() throws {
        #expect(
            try text(#"One\~two \{three\} caf\'e9 \emdash  \ldblquote x\rdblquote\par Next\line line\-break\par"#)
                == "One two {three} café — “x”\n\nNext linebreak")
    }

    @Test func `a raised number is written as a power`() throws {
        #expect(
            try text(
                #"10{\super 1\'32} and 10\super -3\nosupersub , x{\up6 2}, H{\sub 2}O, 5{\super th}, a {\super 2}\par"#)
                == "10^12 and 10^-3, x^2, H2O, 5th, a 2")
    }

    @Test func `bytes are in the code page of their font`() throws {
        #expect(
            try text(
                #"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}"#
                    + #"\f1\'cf\'f0\'e8 \f2\'83e\'83X\'83g \f0\'e9\par"#) == "При テスト é")
    }

    @Test func `a Unicode character replaces its fallback`() throws {
        #expect(try text(#"\u233?\uc2\u1055\'cf\'cf\uc0\u1088 x\uc1\u-10179?\u-8704?"#) == "éПрx😀")
    }

    @Test func `headings come from styles and outline levels`() throws {
        let rtf =
            #"{\rtf1{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\outlinelevel2 Custom;}}"#
            + #"\pard\s1 Top\par\pard Text\par\pard\s2 Third\par\pard\outlinelevel1 Second\par}"#
        let document = try #require(read(rtf).documents.first)
        #expect(document.text == "# Top\n\nText\n\n### Third\n\n## Second")
        #expect(document.title == "Top")
    }

    @Test func `list labels make items`() throws {
        #expect(
            try text(
                #"\pard{\listtext 1.\tab}One\par{\listtext\'95\tab}\ilvl1 Deep\par\pard After\par"#)
                == "1. One\n  - Deep\n\nAfter")
    }

    @Test func `rows and cells make a table`() throws {
        #expect(
            try text(
                #"\trowd\trhdr\cellx1\cellx2\pard\intbl Name\cell Sum\cell\row"#
                    + #"\trowd\cellx1\cellx2\pard\intbl A|b\cell{\b 5}\cell\row\pard After\par"#)
                == "| Name | Sum |\n| --- | --- |\n| A\\|b | 5 |\n\nAfter")
    }

    @Test func `a footnote follows its paragraph`() throws {
        #expect(
            try text(#"Words{\super\chftn}{\footnote\pard\plain\chftn  The note.} go on.\par Next.\par"#)
                == "Words go on.\n\nThe note.\n\nNext.")
    }

    @Test func `pictures, hidden text and unknown destinations are skipped`() throws {
        #expect(
            try text(
                #"{\pict\bin6 }}}\'{}{\*\unknown no}{\v no}{\header no}{\field{\*\fldinst HYPERLINK "no"}{\fldrslt yes}}"#
            ) == "yes")
    }

    @Test func `the information of the file gives title and author`() throws {
        let document = try #require(
            read(#"{\rtf1\ansicpg1251{\info{\title \'cc\'e8\'f0}{\author Ada}{\comment no}}Text.}"#).documents.first)
        #expect(document.title == "Мир")
        #expect(document.metadata == ["author": "Ada"])
        #expect(document.text == "Text.")
    }

    @Test func `a citation leads to the bytes of the file`() throws {
        let rtf = "{\\rtf1\\ansi\n{\\b Bold} caf\\'e9 here\\par\nSecond.\\par}"
        let document = try #require(read(rtf).documents.first)
        #expect(document.text == "Bold café here\n\nSecond.")
        let cafe = document.sourceMap.sourceRange(of: 5..<10)
        #expect(String(decoding: Array(rtf.utf8)[cafe], as: UTF8.self) == "caf\\'e9")
        #expect(document.sourceMap.lines(of: 17..<24) == 3...3)
    }

    @Test func `a file that is not RTF or has no text is rejected`() {
        #expect(read("plain").rejected.map(\.reason) == [.unsupportedFormat])
        #expect(read("{\\rtf1 }").rejected.map(\.reason) == [.empty])
        #expect(read("").rejected.map(\.reason) == [.empty])
    }

    @Test func `groups may nest very deeply`() throws {
        let depth = 50_000
        #expect(
            try text(String(repeating: "{", count: depth) + "In" + String(repeating: "}", count: depth) + " out")
                == "In out")
    }

    @Test func `changed bytes crash nothing`() {
        let sample = Array(
            (#"{\rtf1\ansi{\fonttbl{\f0\fcharset128 A;}}{\stylesheet{\s1 heading 1;}}{\info{\title T}}\s1 Top\par "#
                + #"\f0\'83e\u-10179?\u-8704?{\footnote n}\trowd\intbl a\cell\row{\*\x}{\bin3 abc}{\upr{a}{\*\ud{b}}}}"#)
                .utf8)
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            var bytes = sample
            for _ in 0..<6 {
                let index = Int.random(in: 5..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let result = RTFReader().read(Source(id: "a.rtf", bytes: bytes))
            #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
        }
    }
}
