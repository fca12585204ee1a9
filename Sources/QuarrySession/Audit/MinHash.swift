/// A sketch of a set of shingles: two sketches agree in about as many places as the sets have in common (Broder 1997).
package struct MinHash: Sendable, Hashable {
    /// The smallest value of each hash function over the set.
    package let values: [UInt32]

    package static let count = bands * rows
    /// Two sets of similarity *s* agree in all rows of some band with probability 1 − (1 − s⁴)¹⁶: 99 % for 0.7, 6 % for 0.25.
    package static let bands = 16
    package static let rows = 4

    /// - Complexity: O(shingles × ``count``).
    package init(of shingles: WordShingles) {
        var values = [UInt32](repeating: .max, count: Self.count)
        values.withUnsafeMutableBufferPointer { values in
            Self.functions.withUnsafeBufferPointer { functions in
                for hash in shingles.hashes {
                    var index = 0
                    while index < Self.count {
                        let function = functions[index]
                        let value = UInt32(truncatingIfNeeded: (hash &* function.factor &+ function.addend) >> 32)
                        if value < values[index] { values[index] = value }
                        index += 1
                    }
                }
            }
        }
        self.values = values
    }

    /// An estimate of the similarity of the two sets, with a standard error of at most 1/16.
    package func similarity(to other: MinHash) -> Double {
        Double(zip(values, other.values).count { $0 == $1 }) / Double(Self.count)
    }

    /// A hash of the values of one band.
    package func band(_ number: Int) -> UInt64 {
        values[number * Self.rows..<(number + 1) * Self.rows].reduce(UInt64(number)) { ($0 ^ UInt64($1)).mixed }
    }

    /// Multiply-shift functions with fixed factors, so that equal texts have equal sketches in every run.
    private static let functions: [(factor: UInt64, addend: UInt64)] = {
        var state: UInt64 = 0x5175_6172_7279
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return state.mixed
        }
        return (0..<count).map { _ in (next() | 1, next()) }
    }()
}
