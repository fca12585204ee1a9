/// Relevance judgements: the graded documents of each query. A grade of 1 or more is relevant.
public struct Judgements: Sendable, Hashable {
    /// Query id → document id → grade.
    public private(set) var grades: [String: [String: Int]]

    public init(_ grades: [String: [String: Int]] = [:]) { self.grades = grades }

    /// The ids of judged queries, sorted by Unicode scalars.
    public var queries: [String] { grades.keys.sorted(by: precedesByScalars) }

    public subscript(query: String) -> [String: Int]? { grades[query] }

    public mutating func judge(_ document: String, for query: String, grade: Int) {
        grades[query, default: [:]][document] = grade
    }
}

/// Compares by Unicode scalars, which is the order of UTF-8 bytes.
func precedesByScalars(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
