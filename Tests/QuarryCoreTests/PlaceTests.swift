import Foundation
import QuarryCore
import Testing

struct PlaceTests {
    private static let places: [(Place, String, String)] = [
        (.page(3), "page 3", #"{"kind":"page","number":3}"#), (.slide(4), "slide 4", #"{"kind":"slide","number":4}"#),
        (
            .cells(sheet: "Costs", range: "B7:D9"), "Costs!B7:D9",
            #"{"kind":"cells","range":"B7:D9","sheet":"Costs"}"#
        ),
        (.chapter("Roots"), "chapter Roots", #"{"kind":"chapter","name":"Roots"}"#),
        (.message("12"), "message 12", #"{"kind":"message","name":"12"}"#),
        (.message("Re: invoice"), "message “Re: invoice”", #"{"kind":"message","name":"Re: invoice"}"#),
        (.message("3: Re: invoice"), "message 3: “Re: invoice”", #"{"kind":"message","name":"3: Re: invoice"}"#),
        (.paragraph(3, heading: nil), "paragraph 3", #"{"kind":"paragraph","number":3}"#),
        (
            .paragraph(3, heading: "Rent"), "paragraph 3 under “Rent”",
            #"{"heading":"Rent","kind":"paragraph","number":3}"#
        ),
        (.line(12), "line 12", #"{"kind":"line","number":12}"#),
        (.time(from: 12.5, to: 3_723), "00:12–1:02:03", #"{"from":12.5,"kind":"time","to":3723}"#),
    ]

    @Test(arguments: places) func `a place is written for people and for programs`(
        place: Place, text: String, json: String
    ) throws {
        #expect(place.description == text)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(place), as: UTF8.self) == json)
        #expect(try JSONDecoder().decode(Place.self, from: Data(json.utf8)) == place)
    }

    @Test func `places of one kind are given from the first to the last`() {
        #expect(Place.description(of: []) == "" && Place.description(of: [.page(2)]) == "page 2")
        #expect(Place.description(of: [.page(2), .page(3), .page(4)]) == "pages 2–4")
        #expect(Place.description(of: [.time(from: 0, to: 9), .time(from: 9, to: 31)]) == "00:00–00:31")
        #expect(Place.description(of: [.chapter("A"), .chapter("B")]) == "chapter A, chapter B")
        #expect(Place.description(of: [.line(3), .line(9)]) == "lines 3–9")
        let rent = (2...4).map { Place.paragraph($0, heading: "Rent") }
        #expect(Place.description(of: rent) == "paragraphs 2–4 under “Rent”")
        #expect(
            Place.description(of: rent + [.paragraph(1, heading: "Keys")])
                == "paragraph 2 under “Rent” to paragraph 1 under “Keys”")
    }

    @Test(arguments: [
        ("B7:D7", "B8:D8", "B7:D8"), ("B7:D9", "B11:D12", "B7:D12"), ("A1", "A2", "A1:A2"), ("B7:D7", "B10:D10", nil),
        ("B7:D7", "B8:E8", nil), ("B8:D8", "B7:D7", nil), ("B7:D7", "B7:D7", nil), ("", "", nil), ("B", "B1", nil),
        ("B7:D7:F7", "B8:D8", nil), ("B-7", "B8", nil), ("B7", "B9223372036854775808", nil), ("7", "8", nil),
    ])
    func `rows of a table that follow each other are one place`(first: String, second: String, joined: String?) {
        let places = [first, second].enumerated().map { index, range in
            SourceMap.PlacedRange(range: index..<index + 1, place: .cells(sheet: "Costs", range: range))
        }
        let map = SourceMap(segments: [], lineStarts: [0], places: places)
        let both = first == second ? [places[0].place] : places.map(\.place)
        #expect(map.places(of: 0..<2) == (joined.map { [.cells(sheet: "Costs", range: $0)] } ?? both))
        #expect(map.places(of: 1..<2) == [places[1].place] && map.places(of: 1..<1).isEmpty)
    }
}
