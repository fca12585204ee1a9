import Foundation

/// A sample of a remote model: the beginning of its vector of a fixed text.
///
/// Another model under the same name makes other vectors of the same dimension. An index that keeps the probe of its
/// model notices that.
public struct EmbeddingProbe: Sendable, Hashable, LosslessStringConvertible {
    /// The fixed text, embedded as a question.
    static let text = "A quarry yields stone for walls, bridges and roads."

    /// At most 128 values, scaled so that the largest has the magnitude 127.
    private let values: [Int8]

    init(_ vector: some Collection<Float>) {
        let start = vector.prefix(128)
        let largest = start.reduce(0) { max($0, abs($1)) }
        values = start.map { largest > 0 ? Int8(($0 / largest * 127).rounded()) : 0 }
    }

    /// - Parameter description: The text of a probe, in base 64; nil for any other text.
    public init?(_ description: String) {
        guard let data = Data(base64Encoded: description), (1...128).contains(data.count) else { return nil }
        values = data.map { Int8(bitPattern: $0) }
    }

    public var description: String { Data(values.map { UInt8(bitPattern: $0) }).base64EncodedString() }

    /// The cosine of two probes, from -1 to 1; 0 for probes of different lengths.
    func cosine(with other: EmbeddingProbe) -> Double {
        guard values.count == other.values.count else { return 0 }
        func product(_ left: [Int8], _ right: [Int8]) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let norms = (product(values, values) * product(other.values, other.values)).squareRoot()
        return norms > 0 ? product(values, other.values) / norms : 0
    }
}
