/// Normalises vectors to length 1, in double precision.
enum UnitVector {
    /// - `what`: The owner of the vector, for the message.
    /// - Throws: ``VectorError/notAVector(what:reason:)`` for a vector that is zero, infinite or not a number.
    static func make(_ values: ArraySlice<Float>, of what: @autoclosure () -> String) throws -> [Float] {
        var sum = 0.0
        for value in values { sum += Double(value) * Double(value) }
        guard sum.isFinite else {
            throw VectorError.notAVector(what: what(), reason: "a value is infinite or not a number")
        }
        guard sum > 0 else { throw VectorError.notAVector(what: what(), reason: "all its values are zero") }
        let scale = 1 / sum.squareRoot()
        return values.map { Float(Double($0) * scale) }
    }

    /// The inner product, in double precision and in a fixed order: the same two vectors always give the same bits,
    /// regardless of their position in memory and of the BLAS kernels.
    @inline(__always)
    static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
        var lanes = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= count {
            let x = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD8<Float>.self)
            let y = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD8<Float>.self)
            lanes += SIMD8<Double>(x) * SIMD8<Double>(y)
            index += 8
        }
        var sum = lanes.sum()
        while index < count {
            sum += Double(a[index]) * Double(b[index])
            index += 1
        }
        return sum
    }
}
