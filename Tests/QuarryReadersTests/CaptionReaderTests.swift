import QuarryCore
import QuarryReaders
import Testing

struct CaptionReaderTests {
    private func read(_ text: String, id: String = "talk.vtt") -> ReadResult {
        CaptionReader().read(Source(id: id, bytes: Array(text.utf8)))
    }

    private static let web = """
        WEBVTT - Talk

        STYLE
        ::cue { color: red }

        NOTE a comment
        of two lines

        intro
        00:01.000 --> 00:03.000 align:start position:0%
        <v Anna Lee>Hello &amp; <i>welcome</i>.</v>

        00:03.100 --> 00:05.000
        <v Anna Lee>Come in.
        <v.loud Bob>Thanks! 3 < 5

        1:00:09.000 --> 1:00:10.500
        After a pause.
        """

    @Test func `cues are joined up to a pause, without markup and with speakers`() throws {
        let document = try #require(read(Self.web).documents.first)
        #expect(document.text == "Anna Lee: Hello & welcome. Come in. Bob: Thanks! 3 < 5\n\nAfter a pause.")
        #expect(document.allPlaces == [.time(from: 1, to: 5), .time(from: 3609, to: 3610.5)])
        #expect(try document.written("Thanks", in: Self.web) == "Thanks")
        #expect(try document.written("& ", in: Self.web) == "&amp; ")
    }

    @Test func `subtitles lose their numbers and positions, and keep lines after an empty line`() throws {
        let source = """
            1\r
            00:00:01,000 --> 00:00:02,000 X1:40 X2:600\r
            {\\an8}<font color="red">First</font>\r
            line\r
            \r
            still first\r
            \r
            2\r
            00:00:02,500 --> 00:00:04,000\r
            1984\r

            """
        let document = try #require(read(source, id: "a.srt").documents.first)
        #expect(document.text == "First line still first 1984")
        #expect(document.allPlaces == [.time(from: 1, to: 4)])
    }

    @Test func `a paragraph has some thirty seconds`() throws {
        let cues = (0..<20).map { "00:\(($0 * 3) + 10).000 --> 00:\(($0 * 3) + 12).000\nCue \($0).\n" }
        let document = try #require(
            read("WEBVTT\n\n" + cues.prefix(16).joined(separator: "\n")).documents.first)
        #expect(document.blocks.count == 2)
        #expect(document.allPlaces == [.time(from: 10, to: 39), .time(from: 40, to: 57)])
    }

    @Test func `captions that roll up are written once`() throws {
        let source = """
            WEBVTT

            00:01.000 --> 00:03.000
            one two

            00:03.000 --> 00:03.010
            one two

            00:03.010 --> 00:05.000
            one two
            three<00:04.000><c> four</c>
            """
        #expect(read(source).documents.map(\.text) == ["one two three four"])
    }

    @Test func `a file without times is plain text`() {
        #expect(read("Just words.", id: "a.srt").documents.map(\.text) == ["Just words."])
        #expect(read(" \n", id: "a.srt").rejected.map(\.reason) == [.empty])
    }

    @Test func `damaged files do not crash`() async throws {
        try await readDamaged(Self.web, id: "a.vtt", with: CaptionReader())
    }
}
