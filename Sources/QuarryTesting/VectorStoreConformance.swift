public import QuarryCore

/// Verifies the requirements of `VectorStore`: it agrees with an exhaustive cosine search, orders ties by id, replaces
/// and removes rows, ignores unknown ids, returns all rows if the limit is larger, and finds the best rows of a mask as
/// if no others were stored.
///
/// - Parameter makeStore: Creates an empty store of the given dimension.
/// - Throws: ``ConformanceFailure``, or the errors of the store.
public func verifyVectorStore(_ makeStore: (_ dimension: Int) async throws -> some VectorStore) async throws {
    let dimension = 8
    let store = try await makeStore(dimension)
    let query = row(seed: 999, dimension)
    try require(try await store.nearest(to: query, limit: 3).isEmpty, "An empty store returned hits.")

    var rows: [ChunkID: [Float]] = [:]
    for number in 1...40 { rows[ChunkID(Int64(number * 3))] = row(seed: number, dimension) }
    try await upsert(rows, into: store)
    try await verifyNearest(in: store, to: query, rows, "after the first rows")

    rows[ChunkID(9)] = query
    try await upsert([ChunkID(9): query], into: store)
    try await verifyNearest(in: store, to: query, rows, "after a row was replaced")

    for id in [7, 100, 4] as [Int64] { rows[ChunkID(id)] = query.map { $0 * 2 } }
    try await upsert(rows, into: store)
    let ties = try await store.nearest(to: query, limit: 4).map(\.id.rawValue)
    try require(
        ties == [4, 7, 9, 100], "Rows of equal score have the order \(ties), not by id; length must not count.")

    try await store.remove([ChunkID(9), ChunkID(9), ChunkID(123_456)])
    rows[ChunkID(9)] = nil
    try await verifyNearest(in: store, to: query, rows, "after a removal")
    try await store.upsert(EmbeddingBatch(values: [], dimension: dimension), ids: [])
    try await store.remove([])
    try await store.remove(rows.keys.sorted())
    try require(try await store.nearest(to: query, limit: 3).isEmpty, "A store without remaining rows returned hits.")
    try await verifyMasks(makeStore)
}

private func verifyMasks(_ makeStore: (_ dimension: Int) async throws -> some VectorStore) async throws {
    let dimension = 8
    let store = try await makeStore(dimension)
    let query = row(seed: 31, dimension)
    var rows: [ChunkID: [Float]] = [:]
    for number in 1...200 { rows[ChunkID(Int64(number))] = row(seed: number, dimension) }
    try await upsert(rows, into: store)
    for keep in [Set<Int64>([]), [17], Set(stride(from: 5, through: 200, by: 13)), [17, 5_000]] {
        let mask = ChunkMask(keep.sorted().map { ChunkID($0) })
        let expected = best(10, for: query, in: rows.filter { keep.contains($0.key.rawValue) })
        let found = try await store.nearest(to: query, limit: 10, among: mask)
        try compare(found, expected, "with a mask of \(keep.count) ids")
    }
}

private func verifyNearest(
    in store: some VectorStore, to query: [Float], _ rows: [ChunkID: [Float]], _ moment: String
) async throws {
    for limit in [1, 5, rows.count, rows.count + 10] {
        let found = try await store.nearest(to: query, limit: limit)
        try compare(found, best(limit, for: query, in: rows), "with limit \(limit) \(moment)")
    }
}

private func compare(_ found: [ScoredID], _ expected: [ScoredID], _ moment: String) throws {
    try require(found.count == expected.count, "\(found.count) hits instead of \(expected.count) \(moment).")
    try require(Set(found.map(\.id)).count == found.count, "A row was found twice \(moment).")
    for (position, (hit, exact)) in zip(found, expected).enumerated() {
        try require(
            abs(hit.score - exact.score) < 1e-3,
            "Hit \(position) \(moment) scores \(hit.score); an exhaustive search finds \(exact.score) there.")
    }
    try require(
        zip(found, found.dropFirst()).allSatisfy { ScoredID.precedes($0, $1) }, "The hits are not in order \(moment).")
}

private func best(_ limit: Int, for query: [Float], in rows: [ChunkID: [Float]]) -> [ScoredID] {
    let scored = rows.map { ScoredID(id: $0.key, score: cosine(query[...], $0.value[...])) }
    return Array(scored.sorted(by: ScoredID.precedes).prefix(limit))
}

private func upsert(_ rows: [ChunkID: [Float]], into store: some VectorStore) async throws {
    let sorted = rows.sorted { $0.key < $1.key }
    guard let dimension = sorted.first?.value.count else { return }
    try await store.upsert(
        EmbeddingBatch(values: sorted.flatMap { unit($0.value) }, dimension: dimension), ids: sorted.map(\.key))
}

private func unit(_ row: [Float]) -> [Float] {
    let norm = dot(row[...], row[...]).squareRoot()
    return row.map { $0 / norm }
}

/// A row of numbers between -1 and 1, the same for the same seed (SplitMix64).
private func row(seed: Int, _ dimension: Int) -> [Float] {
    var state = UInt64(seed)
    return (0..<dimension).map { _ in
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Float(bits >> 40) / Float(1 << 23) - 1
    }
}
