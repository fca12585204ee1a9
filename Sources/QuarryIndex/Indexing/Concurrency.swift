/// Applies `transform` to elements, at most `width` at a time. The results are in the order of the elements.
///
/// - Throws: The first error of `transform`. The rest is cancelled.
func mapConcurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], width: Int, _ transform: @escaping @Sendable (Element) async throws -> Value
) async throws -> [Value] {
    func values(of elements: ArraySlice<Element>) async throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try await transform(element)) }
        return values
    }
    guard elements.count > 1 else { return try await values(of: elements[...]) }
    return try await withThrowingTaskGroup(of: (Int, [Value]).self) { group in
        // Small parts, so that a large element does not leave the other tasks idle.
        let size = max(1, min(16, elements.count / max(1, width)))
        let starts = Array(stride(from: 0, to: elements.count, by: size))
        var parts: [[Value]] = Array(repeating: [], count: starts.count)
        var next = 0
        func begin() {
            guard next < starts.count else { return }
            let (number, part) = (next, elements[starts[next]..<min(starts[next] + size, elements.count)])
            next += 1
            group.addTask { (number, try await values(of: part)) }
        }
        for _ in 0..<max(1, width) { begin() }
        while let (number, values) = try await group.next() {
            parts[number] = values
            begin()
        }
        return parts.flatMap { $0 }
    }
}
