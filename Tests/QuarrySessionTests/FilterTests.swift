import GRDB
import Quarry
import QuarryCore
import QuarryIndex
import QuarrySession
import QuarryTestSupport
import Testing

/// Conditions on metadata, over the list of values and over the metadata itself.
struct FilterTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("test.quarry") }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            {"_id": "a", "title": "Piers", "text": "One.", "metadata": {"year": 2023, "date": "2024-05-31", "tags": ["sea", "wall"], "open": true}}
            {"_id": "b", "title": "Locks", "text": "Two.", "metadata": {"year": "2024", "date": "2024-06-01T10:00", "tags": "sea"}}
            {"_id": "c", "title": "Cats and dogs", "text": "Three.", "metadata": {"year": "999", "date": "unknown", "note": "x=1 and more", "Due date": "2024"}}
            {"_id": "d", "text": "Four.", "metadata": {"year": -1.5, "date": "2025", "open": false}}
            {"_id": "e", "text": "Five."}
            """, to: "docs/five.jsonl")
    }

    private func index() async throws {
        let index = try CorpusIndex.openOrCreate(at: path, settings: IndexSettings(embedding: nil))
        try await Indexer(index, embedder: nil, counter: WordCounter()).index([.path(folder.path("docs"))])
    }

    private func found(_ filter: Filter) async throws -> String {
        let index = try CorpusIndex.open(at: path, readOnly: true)
        let listed = try await index.documents(matching: filter)
        let masked = try await index.withSnapshot { try await $0.mask(of: filter) }
        #expect(masked == ChunkMask(listed.flatMap(\.chunks)), "\(filter)")
        return listed.map(\.id).joined()
    }

    private static let cases = [
        ("year=2024", "b"), ("year>=2024", "b"), ("year>2023", "b"), ("year>=2023", "ab"), ("year<2023", "cd"),
        ("year<=2023", "acd"), ("year<=-1.5", "d"), ("year!=2023", "bcde"), ("year>2024", ""),
        ("date>=2024-05", "abd"), ("date<=2024-05", "a"), ("date<2024-06", "a"), ("date>2024-05", "bd"),
        ("date<=2024", "ab"), ("date<2025", "ab"), ("date>2024", "d"), ("date<=2024-06-01", "ab"),
        ("date<2024-06-01", "a"), ("date>=2024-06-01T09:00", "bd"), ("date>2024-05-31 and date<2025", "b"),
        ("tags=sea", "ab"), ("tags in (wall, river)", "a"), ("tags not in (wall)", "bcde"), ("tags^=wa", "a"),
        ("open=true", "a"), ("open=false", "d"), ("open exists", "ad"), ("not open exists", "bce"),
        ("title=Cats and dogs", "c"), ("title^=Ca", "c"), ("id in (a, \"e\")", "ae"), ("id=z", ""),
        ("note=\"x=1 and more\"", "c"), ("\"Due date\"=2024", "c"), ("year=\"2023\"", ""),
        ("year=2023 or year=999 and tags=sea", "a"), ("(year=2023 or year=999) and not tags=sea", "c"),
        ("not (tags=sea or year=999)", "de"), ("title=Cats and dogs or (id=e)", "ce"), ("NOT id=a AND tags=sea", "b"),
    ]

    @Test(arguments: ["tags= and year=2024", "tags= or year=2024"])
    func `a condition without a value does not take the next condition for one`(text: String) {
        #expect(throws: FilterExpression.Fault.self) { try FilterExpression(text) }
    }

    @Test func `many conditions are joined, and too many are refused`() async throws {
        try await index()
        let many = (0..<990).map { "tags=t\($0)" }.joined(separator: " or ")
        #expect(try await found(FilterExpression(many + " or id=e").filter) == "e")
        #expect(throws: FilterExpression.Fault.self) {
            try FilterExpression((0...1_000).map { "tags=t\($0)" }.joined(separator: " or "))
        }
    }

    @Test func `conditions are typed and joined`() async throws {
        try await index()
        for (text, expected) in Self.cases {
            #expect(try await found(FilterExpression(text).filter) == expected, "\(text)")
        }
    }

    @Test func `a file without the list of values gives the same, and gets it with the next run`() async throws {
        try await index()
        try await DatabaseQueue(path: path).write { try restoreIndexVersion(3, in: $0) }
        for (text, expected) in Self.cases {
            #expect(try await found(FilterExpression(text).filter) == expected, "\(text)")
        }
        try await index()
        #expect(try CorpusIndex.open(at: path).problems() == [])
        #expect(try await found(FilterExpression("year>=2023").filter) == "ab")
    }

    @Test func `values go with their document`() async throws {
        try await index()
        try folder.write("{\"_id\": \"a\", \"text\": \"One.\", \"metadata\": {\"year\": 1990}}", to: "docs/five.jsonl")
        try await index()
        #expect(try await found(.between("year", from: 1000, through: nil)) == "a")
        #expect(try await found(.exists("tags")) == "")
        #expect(try CorpusIndex.open(at: path).problems() == [])
    }
}
