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
    }
}
