import QuarryCore
import QuarryProviders

/// The vectors of one reply as received, before they are checked.
struct EmbeddingReply {
    /// Row after row.
    var values: [Float] = []
    /// Where each row ends in ``values``.
    private(set) var ends: [Int] = []
    /// The text of each row; nil if rows are in the order of the texts.
    private var indices: [Int?] = []
    /// Nil if the reply does not report it.
    var usage: BilledUsage?

    init() {}

    var isEmpty: Bool { ends.isEmpty }

    /// Ends the row of the numbers last appended to ``values``.
    mutating func endRow(index: Int? = nil) {
        ends.append(values.count)
        indices.append(index)
    }

    /// The vectors in the order of the texts.
    ///
    /// - `count`: The number of texts sent.
    /// - `dimension`: The required dimension; nil takes that of the first vector.
    /// - `normalizes`: Whether to scale each row to unit length.
    /// - `model`: The model's name for errors.
    /// - Throws: `ProviderError` with code `malformedReply` or `wrongDimension`.
    func batch(
        count: Int, dimension expected: Int?, normalizes: Bool, model: String, from place: @autoclosure () -> String
    ) throws -> EmbeddingBatch {
        guard ends.count == count else {
            throw ProviderError(.malformedReply, "\(place()) sent \(ends.count) vectors for \(count) texts.")
        }
        guard let dimension = expected ?? ends.first, dimension > 0 else {
            throw ProviderError(.malformedReply, "\(place()) sent an empty vector.")
        }
        let order = try order(count: count, from: place())
        var start = 0
        for (row, end) in ends.enumerated() {
            guard end - start == dimension else {
                throw ProviderError(
                    .wrongDimension,
                    "\(place()) made a vector of \(end - start) dimensions for text \(order?[row] ?? row) where \(dimension) are "
                        + "expected. Use the model that the index was built with, or index the documents into a new file."
                )
            }
            start = end
        }
        var ordered = values
        if let order {
            for (row, index) in order.enumerated() {
                let source = row * dimension..<(row + 1) * dimension
                ordered.replaceSubrange(index * dimension..<(index + 1) * dimension, with: values[source])
            }
        }
        for row in 0..<count {
            guard ordered.scaleRow(at: row * dimension, dimension: dimension, toUnitLength: normalizes) else {
                let values = ordered[row * dimension..<(row + 1) * dimension]
                let fault =
                    values.allSatisfy(\.isFinite)
                    ? "has only zeros" : "has a value that is not a finite number"
                var error = ProviderError(
                    .malformedReply,
                    "\(place()) sent a vector of \(model) for text \(row) that \(fault). \(EmbeddingClient.damageAdvice)"
                )
                error.position = row
                throw error
            }
        }
        return EmbeddingBatch(values: ordered, dimension: dimension)
    }

    /// The text of each row; nil if rows are already in the order of the texts.
    private func order(count: Int, from place: @autoclosure () -> String) throws -> [Int]? {
        var seen = [Bool](repeating: false, count: count)
        var order: [Int] = []
        order.reserveCapacity(count)
        var isInOrder = true
        for (row, named) in indices.enumerated() {
            let index = named ?? row
            guard seen.indices.contains(index), !seen[index] else {
                throw ProviderError(
                    .malformedReply, "\(place()) sent a vector with index \(index) twice, or with an index of no text.")
            }
            seen[index] = true
            order.append(index)
            isInOrder = isInOrder && index == row
        }
        return isInOrder ? nil : order
    }
}

extension [Float] {
    /// Scales one row to unit length, or only checks that it can be scaled.
    /// - Returns: False if it is zero or not finite.
    fileprivate mutating func scaleRow(at start: Int, dimension: Int, toUnitLength scales: Bool) -> Bool {
        withUnsafeMutableBufferPointer { values in
            let row = values[start..<start + dimension]
            // In double precision: the squares of large components would overflow a float.
            var sums = SIMD4<Double>()
            var index = row.startIndex
            while index + 4 <= row.endIndex {
                let part = SIMD4<Double>(
                    SIMD4<Float>(row[index], row[index + 1], row[index + 2], row[index + 3]))
                sums += part * part
                index += 4
            }
            var sum = sums.sum()
            while index < row.endIndex {
                sum += Double(row[index]) * Double(row[index])
                index += 1
            }
            guard sum.isFinite, sum > 0 else { return false }
            guard scales else { return true }
            let scale = 1 / sum.squareRoot()
            for index in row.indices { values[index] = Float(Double(values[index]) * scale) }
            return true
        }
    }
}
