import QuarryChunking
import QuarryCore
import Testing

@Suite struct SpeakerTurnTests {
    private let speech = "\(filler) \(filler)\n\n\(filler) \(filler)"

    @Test(arguments: [
        ("ANNA:", "BORIS:"), ("[00:12] Anna:", "[00:19] Boris:"), ("Интервьюер:", "Мария Петрова:"),
        ("**Anna:**", "**Boris:**"), ("00:01:12 – Anna:", "00:01:19 – Boris:"), ("Speaker 1:", "Speaker 2:"),
        ("Anna (00:12):", "Boris (00:15):"), ("Dr. Ilves:", "Mr. O’Neill:"),
    ])
    func `a chunk that begins inside a turn has its speaker`(first: String, second: String) throws {
        func name(_ label: String) -> String {
            String(label.drop { !$0.isLetter }.prefix { $0 != ":" && $0 != "(" }).trimmingSpaces
        }
        let text = """
            \(first) Good morning to you all.
            \(second) \(speech)
            \(first) Thank you for that.
            \(second) \(speech)
            """
        for cut in [try chunks(of: text), try chunks(ofMarkdown: text)] {
            #expect(headings(of: cut) == [name(second)])
            #expect(cut.contains { $0.text.hasPrefix("\(second) Stone") })
            for chunk in cut where !chunk.text.contains(":") { #expect(chunk.headings == [name(second)]) }
            for chunk in cut { #expect(!chunk.text.hasSuffix(":")) }
        }
    }

    @Test func `short turns share a chunk`() throws {
        let text = (1...4).map { "ANNA: Yes, I do, for \($0).\nBORIS: No, I do not, for \($0)." }
        let cut = try chunks(of: text.joined(separator: "\n"))
        #expect(cut.count == 2)
        #expect(cut.first?.text.contains("ANNA: Yes, I do, for 1.\nBORIS: No") == true)
    }

    @Test func `a question in a turn does not end it`() throws {
        let turn = "\(filler) \(filler)\n\nAnd who pays for the bridge?\n\n\(filler) \(filler)"
        let text = "ANNA: \(turn)\n\nBORIS: Yes.\n\nANNA: \(turn)\n\nBORIS: No."
        #expect(headings(of: try chunks(of: text)) == ["ANNA"])
    }

    @Test func `a marked heading ends the turn`() throws {
        let text = "# Day 1\n\nANNA: Yes.\n\nBORIS: No.\n\nANNA: Yes.\n\nBORIS: \(speech)\n\n# Day 2\n\n\(speech)\n"
        let cut = try chunks(ofMarkdown: text)
        #expect(cut.map(\.headings).contains(["Day 1", "BORIS"]))
        #expect(cut.last?.headings == ["Day 1", "Day 2"])
    }

    @Test(arguments: [
        "From: Anna\nTo: Boris\nSubject: Plan.\n\nYes.\n\nFrom: Boris\nTo: Anna\nSubject: Plan.\n\nNo.",
        "Name: Anna\nCity: Riga\nAge: 31\n\nName: Boris\nCity: Pskov\nAge: 44\n\nName: Carl\nCity: Bonn\nAge: 9",
        "Note: This is important.\nWarning: It is hot.\nNote: Read this first.\nWarning: Keep away from it.",
        "\"No,\" said Anna: \"It is late.\"\n\"No,\" said Boris: \"It is early.\"\nHe said: no.\nShe said: yes.\nHe said: no.",
        "2026-01-02 12:00:01 INFO: The server started.\n2026-01-02 12:00:02 ERROR: The disk is full.\n12:00:03 INFO: Done.",
        "switch x {\ncase A: return 1\ncase B: return 2\ncase A: return 3\ndefault: break\n}",
        "Ashlar: A square stone.\nBasalt: A black stone.\nChert: A hard stone.\nFlint: A sharp stone.",
        "- Anna: pays the rent.\n- Boris: pays the heating.\n- Anna: pays the water.\n- Boris: pays for coffee.",
        "version: 1\nname: quarry\nports: 80\nversion: 2\nname: sand\nports: 81",
        "https://example.com\nHTTP: yes\nhttps://example.org\nHTTP: no",
    ])
    func `fields, notes and lists are text`(text: String) throws {
        #expect(try hasNoHeadings("\(text)\n\n\(filler)"))
    }
}

extension String {
    fileprivate var trimmingSpaces: String { split(separator: " ").joined(separator: " ") }
}
